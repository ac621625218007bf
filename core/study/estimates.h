// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/results.h"
#include "core/study/scoring.h"

#include <cstdint>
#include <optional>
#include <vector>

/// The single numbers of score(); nobody else includes this.
namespace likeness::scoring {

/// An answer with the truth of its stimulus.
struct Scored {
    const RatedAnswer* answer = nullptr;
    const KeyEntry* truth = nullptr;
};

struct Bootstrap {
    int resamples = 2000;
    std::uint64_t seed = 0;
};

[[nodiscard]] bool isPrimary(const Scored& s) noexcept;
[[nodiscard]] bool saysReal(const Scored& s) noexcept; ///< level 4 or more

[[nodiscard]] Estimate judgedReal(const std::vector<Scored>& answers, Protocol protocol);
[[nodiscard]] Estimate judgedRealOverRaters(const std::vector<Scored>& answers,
                                            Protocol protocol,
                                            const Bootstrap& bootstrap);
[[nodiscard]] Estimate meanRating(const std::vector<Scored>& answers);
[[nodiscard]] Estimate meanRatingOverRaters(const std::vector<Scored>& answers,
                                            const Bootstrap& bootstrap);
[[nodiscard]] Estimate alpha(const std::vector<Scored>& answers, const Bootstrap& bootstrap);

struct Detection {
    Estimate dPrime;
    Estimate criterion;
};

[[nodiscard]] Detection detection(const std::vector<Scored>& reference,
                                  const std::vector<Scored>& synthetic,
                                  Protocol protocol);
[[nodiscard]] Estimate confidenceArea(const std::vector<Scored>& reference,
                                      const std::vector<Scored>& synthetic,
                                      Protocol protocol);
[[nodiscard]] Estimate meanOfRaters(const std::vector<RaterRow>& raters, Protocol protocol);

[[nodiscard]] Estimate repeatKappa(const std::vector<Scored>& all, int levels);
[[nodiscard]] Estimate repeatExact(const std::vector<Scored>& all);

[[nodiscard]] std::optional<double> medianSeconds(const std::vector<Scored>& answers);

} // namespace likeness::scoring
