// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/losses/edm.h"

namespace likeness {

namespace {

struct Preconditioning {
    torch::Tensor skip;
    torch::Tensor out;
    torch::Tensor in;
    torch::Tensor level;
};

Preconditioning preconditioning(const torch::Tensor& sigmas, double sigmaData) {
    const torch::Tensor sigma = sigmas.view({-1, 1, 1, 1});
    const torch::Tensor total = sigma * sigma + sigmaData * sigmaData;
    return {sigmaData * sigmaData / total, sigma * sigmaData / torch::sqrt(total),
            torch::rsqrt(total), torch::log(sigmas) * 0.25};
}

} // namespace

torch::Tensor denoise(const UNet& network,
                      double sigmaData,
                      const torch::Tensor& noisy,
                      const torch::Tensor& sigmas,
                      const Pass& pass) {
    const Preconditioning c = preconditioning(sigmas, sigmaData);
    const torch::Tensor f = network.forward(noisy * c.in, c.level, pass);
    return noisy * c.skip + f * c.out;
}

torch::Tensor denoisingLosses(const UNet& network,
                              double sigmaData,
                              const torch::Tensor& clean,
                              const torch::Tensor& noise,
                              const torch::Tensor& sigmas,
                              const Pass& pass) {
    const Preconditioning c = preconditioning(sigmas, sigmaData);
    const torch::Tensor noisy = clean + noise * sigmas.view({-1, 1, 1, 1});
    const torch::Tensor target = (clean - noisy * c.skip) / c.out;
    const torch::Tensor error = network.forward(noisy * c.in, c.level, pass) - target;
    return (error * error).mean({1, 2, 3});
}

} // namespace likeness
