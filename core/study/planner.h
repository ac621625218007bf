// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/study/plan.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// The steps of makePlan; nobody else includes this.
namespace likeness::planner {

/// Stimuli sorted by id; classes and specimens as numbers in order of first appearance, so that
/// their names cannot matter. Specimen -1: unknown, or too frequent to be kept apart.
struct Deck {
    std::vector<std::string> ids;
    std::vector<int> classOf;
    std::vector<int> specimenOf;
    std::vector<std::vector<std::size_t>> members; ///< by class
};

/// What one slot has to show.
struct Demand {
    std::vector<std::vector<std::size_t>> repeated; ///< stimuli shown twice, by class
    int trials = 0;
    int lag = 0;
};

/// One trial: a stimulus and whether it is its second showing.
struct Token {
    std::size_t stimulus = 0;
    bool second = false;
};

[[nodiscard]] Deck makeDeck(std::vector<PlanStimulus> stimuli, const PlanRules& rules);
[[nodiscard]] Demand
makeDemand(const Deck& deck, const PlanRules& rules, std::uint64_t seed, int slot);

/// Sizes of blocks, as even as possible.
[[nodiscard]] std::vector<int> blockSizes(int trials, int blockSize);

/// A random order of classes with no run beyond the limit; empty when this draw met a dead end.
[[nodiscard]] std::optional<std::vector<int>> drawClasses(const std::vector<int>& totals,
                                                          const std::vector<int>& blocks,
                                                          int maxRun,
                                                          Random& random);

/// Puts stimuli on the class order; empty when the repeats found no room at their lag.
[[nodiscard]] std::optional<std::vector<Token>> assignStimuli(const Deck& deck,
                                                              const Demand& demand,
                                                              const std::vector<int>& classes,
                                                              Random& random);

/// Exchanges single showings of one class until no neighbours share a specimen or no exchange
/// helps; returns the number of trials that still have such a neighbour.
int separateSpecimens(const Deck& deck,
                      const std::vector<int>& classes,
                      std::vector<Token>& tokens,
                      Random& random);

} // namespace likeness::planner
