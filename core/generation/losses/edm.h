// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/unet.h"

#include <torch/torch.h>

namespace likeness {

/// The denoiser D(x; sigma) = c_skip x + c_out F(c_in x; ln(sigma)/4) of EDM (Karras et al. 2022,
/// table 1): the best guess of the clean images behind `noisy`. `sigmas` holds one positive number
/// per image.
[[nodiscard]] torch::Tensor denoise(const UNet& network,
                                    double sigmaData,
                                    const torch::Tensor& noisy,
                                    const torch::Tensor& sigmas,
                                    const Pass& pass);

/// EDM's weighted squared error of each image, its mean over the pixels: with the weight (sigma^2 +
/// sigma_data^2) / (sigma sigma_data)^2 it is the squared error of F against its own target and
/// begins near 1 at every noise level.
[[nodiscard]] torch::Tensor denoisingLosses(const UNet& network,
                                            double sigmaData,
                                            const torch::Tensor& clean,
                                            const torch::Tensor& noise,
                                            const torch::Tensor& sigmas,
                                            const Pass& pass);

} // namespace likeness
