// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/losses/edm.h"

namespace likeness {

torch::Tensor denoise(const UNet& network,
                      const SignalSpectrum& spectrum,
                      const torch::Tensor& noisy,
                      const torch::Tensor& sigmas,
                      const Pass& pass) {
    const torch::Tensor f =
        network.forward(noisy * spectrum.inverseDeviation(sigmas), torch::log(sigmas) * 0.25, pass);
    return spectrum.guessed(noisy, sigmas) + f * spectrum.leftOut(noisy, sigmas);
}

torch::Tensor denoisingLosses(const UNet& network,
                              const SignalSpectrum& spectrum,
                              const torch::Tensor& clean,
                              const torch::Tensor& noise,
                              const torch::Tensor& sigmas,
                              const Pass& pass) {
    const torch::Tensor noisy = clean + noise * sigmas.view({-1, 1, 1, 1});
    const torch::Tensor target =
        (clean - spectrum.guessed(noisy, sigmas)) / spectrum.leftOut(noisy, sigmas);
    const torch::Tensor f =
        network.forward(noisy * spectrum.inverseDeviation(sigmas), torch::log(sigmas) * 0.25, pass);
    const torch::Tensor error = f - target;
    return (error * error).mean({1, 2, 3});
}

} // namespace likeness
