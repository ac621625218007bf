// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/tolddenoising.h"

namespace likeness {

ToldDenoising::ToldDenoising(const Denoising& model,
                             const Conditions* conditions,
                             const ModelNetwork::Draw& draw)
    : m_model(model)
    , m_guidance(draw.guidance) {
    if (conditions != nullptr && !draw.conditions.empty())
        m_given = givenOf(*conditions, draw.conditions, draw.device);
}

torch::Tensor ToldDenoising::denoise(const torch::Tensor& noisy,
                                     double sigma,
                                     const std::function<void()>& check) const {
    Pass untold;
    untold.check = &check;
    untold.packed = &m_packed;
    if (!m_given || m_guidance == 0.0)
        return m_model.guessed(noisy, sigma, untold);
    Pass told = untold;
    told.given = &*m_given;
    const torch::Tensor wanted = m_model.guessed(noisy, sigma, told);
    if (m_guidance == 1.0)
        return wanted;
    const torch::Tensor usual = m_model.guessed(noisy, sigma, untold);
    return usual + (wanted - usual) * m_guidance;
}

} // namespace likeness
