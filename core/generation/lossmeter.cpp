// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/lossmeter.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr double kDecay = 0.99; ///< per step: a memory of about 100 steps
constexpr std::array kBounds{0.05F, 0.3F, 1.5F};
constexpr std::array kNames{"sigma_below_0.05", "sigma_0.05_to_0.3", "sigma_0.3_to_1.5",
                            "sigma_above_1.5"};

} // namespace

void LossMeter::add(std::span<const float> sigmas, std::span<const float> losses) {
    for (std::size_t band = 0; band < kBands; ++band) {
        m_sums[band] *= kDecay;
        m_weights[band] *= kDecay;
    }
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
        const auto band = static_cast<std::size_t>(
            std::upper_bound(kBounds.begin(), kBounds.end(), sigmas[i]) - kBounds.begin());
        m_sums[band] += static_cast<double>(losses[i]);
        m_weights[band] += 1.0;
    }
}

Json LossMeter::means() const {
    Json json = Json::object();
    double sum = 0.0;
    double weight = 0.0;
    for (std::size_t band = 0; band < kBands; ++band) {
        json[kNames[band]] =
            m_weights[band] > 0.0 ? Json(m_sums[band] / m_weights[band]) : Json(nullptr);
        sum += m_sums[band];
        weight += m_weights[band];
    }
    json["all"] = weight > 0.0 ? Json(sum / weight) : Json(nullptr);
    return json;
}

Json LossMeter::save() const {
    return {{"sums", m_sums}, {"weights", m_weights}};
}

void LossMeter::load(const Json& saved) {
    m_sums = saved.value("sums", m_sums);
    m_weights = saved.value("weights", m_weights);
}

} // namespace likeness
