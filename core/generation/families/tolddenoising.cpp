// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/tolddenoising.h"

#include "core/generation/passreplay.h"

namespace likeness {

ToldDenoising::ToldDenoising(const Denoising& model,
                             const Conditions* conditions,
                             const ModelNetwork::Draw& draw)
    : m_model(model)
    , m_guidance(draw.guidance)
    , m_bfloat16(draw.bfloat16)
    , m_replay(draw.replay) {
    if (conditions != nullptr && !draw.conditions.empty())
        m_given = givenOf(*conditions, draw.conditions, draw.device);
}

torch::Tensor ToldDenoising::denoise(const torch::Tensor& noisy,
                                     double sigma,
                                     const std::function<void()>& check) const {
    const Given* given = m_given && m_guidance != 0.0 ? &*m_given : nullptr;
    const torch::Tensor sigmas = torch::full({noisy.size(0)}, sigma, noisy.options());
    if (m_replay == nullptr)
        return weighed(noisy, sigmas, given, &check);
    return m_replay->run({noisy, sigmas, given}, [this](const PassReplay::Inputs& inputs) {
        return weighed(inputs.noisy, inputs.sigmas, inputs.given, nullptr);
    });
}

torch::Tensor ToldDenoising::weighed(const torch::Tensor& noisy,
                                     const torch::Tensor& sigmas,
                                     const Given* given,
                                     const std::function<void()>* check) const {
    Pass untold;
    untold.bfloat16 = m_bfloat16;
    untold.check = check;
    untold.packed = &m_packed;
    if (given == nullptr)
        return m_model.guessed(noisy, sigmas, untold);
    Pass told = untold;
    told.given = given;
    const torch::Tensor wanted = m_model.guessed(noisy, sigmas, told);
    if (m_guidance == 1.0)
        return wanted;
    const torch::Tensor usual = m_model.guessed(noisy, sigmas, untold);
    return usual + (wanted - usual) * m_guidance;
}

} // namespace likeness
