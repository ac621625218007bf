// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/losses/signalspectrum.h"
#include "core/generation/networks/unet.h"

#include <torch/torch.h>

namespace likeness {

/// The denoiser D(x; sigma) = L(x; sigma) + c_out F(c_in x; ln(sigma)/4): the best guess of the
/// clean images behind `noisy`. L is the best linear guess that `spectrum` knows, c_out what it
/// leaves out; of a flat spectrum this is EDM's (Karras et al. 2022, table 1). `sigmas` holds one
/// positive number per image.
[[nodiscard]] torch::Tensor denoise(const UNet& network,
                                    const SignalSpectrum& spectrum,
                                    const torch::Tensor& noisy,
                                    const torch::Tensor& sigmas,
                                    const Pass& pass);

/// EDM's weighted squared error of each image, its mean over the pixels: with the weight 1 /
/// c_out^2 it is the squared error of F against its own target and begins near 1 at every noise
/// level.
[[nodiscard]] torch::Tensor denoisingLosses(const UNet& network,
                                            const SignalSpectrum& spectrum,
                                            const torch::Tensor& clean,
                                            const torch::Tensor& noise,
                                            const torch::Tensor& sigmas,
                                            const Pass& pass);

} // namespace likeness
