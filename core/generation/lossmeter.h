// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <array>
#include <span>

namespace likeness {

/// Running means of the loss, apart for four bands of noise levels, because the mean over all of
/// them hardly moves.
class LossMeter {
public:
    void add(std::span<const float> sigmas, std::span<const float> losses);

    /// {"sigma_below_0.05", "sigma_0.05_to_0.3", "sigma_0.3_to_1.5", "sigma_above_1.5", "all"}; a
    /// band without values yet is null.
    [[nodiscard]] Json means() const;

    /// For the state of a run.
    [[nodiscard]] Json save() const;
    void load(const Json& saved);

private:
    static constexpr std::size_t kBands = 4;

    std::array<double, kBands> m_sums{};
    std::array<double, kBands> m_weights{};
};

} // namespace likeness
