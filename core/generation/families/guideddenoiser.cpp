// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/guideddenoiser.h"

#include "core/generation/losses/edm.h"

namespace likeness {

GuidedDenoiser::GuidedDenoiser(Network network,
                               const std::optional<Conditions>& conditions,
                               const ModelNetwork::Draw& draw)
    : m_network(network)
    , m_guidance(draw.guidance) {
    if (conditions && !draw.conditions.empty())
        m_given = givenOf(*conditions, draw.conditions, draw.device);
}

torch::Tensor
GuidedDenoiser::guess(const torch::Tensor& noisy, double sigma, const Given* given) const {
    Pass pass;
    pass.given = given;
    const torch::Tensor sigmas = torch::full({noisy.size(0)}, sigma, noisy.options());
    return denoise(m_network.unet, m_network.sigmaData, noisy, sigmas, pass);
}

torch::Tensor GuidedDenoiser::operator()(const torch::Tensor& noisy, double sigma) const {
    if (!m_given || m_guidance == 0.0)
        return guess(noisy, sigma, nullptr);
    const torch::Tensor told = guess(noisy, sigma, &*m_given);
    if (m_guidance == 1.0)
        return told;
    const torch::Tensor untold = guess(noisy, sigma, nullptr);
    return untold + (told - untold) * m_guidance;
}

} // namespace likeness
