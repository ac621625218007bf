// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/networks/unet.h"

#include <optional>

namespace likeness {

/// The clean guess of a UNet that is told what its images are to show. With a guidance of 1 that
/// is all; otherwise the guess is the one without being told plus `guidance` times the difference
/// (classifier-free guidance, Ho and Salimans 2022).
class GuidedDenoiser {
public:
    struct Network {
        const UNet& unet;
        double sigmaData = 0.5;
    };

    /// `network` and what it refers to must outlive it.
    GuidedDenoiser(Network network,
                   const std::optional<Conditions>& conditions,
                   const ModelNetwork::Draw& draw);

    [[nodiscard]] torch::Tensor operator()(const torch::Tensor& noisy, double sigma) const;

private:
    [[nodiscard]] torch::Tensor
    guess(const torch::Tensor& noisy, double sigma, const Given* given) const;

    Network m_network;
    std::optional<Given> m_given;
    double m_guidance;
};

} // namespace likeness
