// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/planner.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

namespace likeness::planner {

namespace {

// Shares `total` over parts in proportion to `weights` (largest remainder); the order of `ties`
// decides between equal remainders. No part gets more than its weight.
std::vector<int>
shareOut(int total, const std::vector<int>& weights, const std::vector<std::size_t>& ties) {
    const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    std::vector<int> parts(weights.size(), 0);
    if (sum == 0)
        return parts;
    std::vector<std::int64_t> remainders(weights.size(), 0);
    int left = total;
    for (std::size_t c = 0; c < weights.size(); ++c) {
        const std::int64_t product = std::int64_t{total} * weights[c];
        parts[c] = static_cast<int>(product / sum);
        remainders[c] = product % sum;
        left -= parts[c];
    }
    std::vector<std::size_t> order(ties);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; i < order.size() && left > 0; ++i) {
        if (remainders[order[i]] > 0) {
            ++parts[order[i]];
            --left;
        }
    }
    return parts;
}

std::vector<std::size_t> rotated(std::size_t n, std::size_t by) {
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i)
        order[i] = (i + by) % n;
    return order;
}

// Whether the classes left can follow a run of `run` trials of class `last`.
bool canFinish(const std::vector<int>& left, int last, int run, int maxRun) {
    const int total = std::accumulate(left.begin(), left.end(), 0);
    for (std::size_t c = 0; c < left.size(); ++c) {
        const std::int64_t room = std::int64_t{maxRun} * (total - left[c] + 1);
        const int used = static_cast<int>(c) == last ? run : 0;
        if (left[c] > room - used)
            return false;
    }
    return true;
}

struct Run {
    int last = -1;
    int length = 0;
};

bool appendBlock(
    std::vector<int> left, int maxRun, Run& run, std::vector<int>& sequence, Random& random) {
    int total = std::accumulate(left.begin(), left.end(), 0);
    for (; total > 0; --total) {
        std::vector<int> weights(left.size(), 0);
        int sum = 0;
        for (std::size_t c = 0; c < left.size(); ++c) {
            const bool same = static_cast<int>(c) == run.last;
            if (left[c] == 0 || (same && run.length >= maxRun))
                continue;
            --left[c];
            if (canFinish(left, static_cast<int>(c), same ? run.length + 1 : 1, maxRun))
                weights[c] = left[c] + 1;
            ++left[c];
            sum += weights[c];
        }
        if (sum == 0)
            return false;
        auto pick = static_cast<int>(random.below(static_cast<std::uint64_t>(sum)));
        std::size_t chosen = 0;
        while (pick >= weights[chosen])
            pick -= weights[chosen++];
        run = {static_cast<int>(chosen), static_cast<int>(chosen) == run.last ? run.length + 1 : 1};
        --left[chosen];
        sequence.push_back(run.last);
    }
    return true;
}

using Slots = std::vector<std::size_t>; // positions of one class that are still free, ascending

// A pair of free positions at least `lag` apart, every such pair equally likely.
std::optional<std::pair<std::size_t, std::size_t>>
drawPair(const Slots& free, int lag, Random& random) {
    std::vector<std::size_t> partners(free.size(), 0);
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < free.size(); ++i) {
        const auto first =
            std::lower_bound(free.begin(), free.end(), free[i] + static_cast<std::size_t>(lag));
        partners[i] = static_cast<std::size_t>(free.end() - first);
        pairs += partners[i];
    }
    if (pairs == 0)
        return std::nullopt;
    auto pick = static_cast<std::size_t>(random.below(pairs));
    std::size_t i = 0;
    while (pick >= partners[i])
        pick -= partners[i++];
    return std::pair{i, free.size() - partners[i] + pick};
}

bool placeClass(const Demand& demand,
                std::size_t classNumber,
                std::vector<std::size_t> members,
                Slots free,
                std::vector<Token>& tokens,
                Random& random) {
    std::vector<std::size_t> repeated = demand.repeated[classNumber];
    random.shuffle(std::span(repeated));
    for (const std::size_t stimulus : repeated) {
        const auto pair = drawPair(free, demand.lag, random);
        if (!pair)
            return false;
        tokens[free[pair->first]] = {stimulus, false};
        tokens[free[pair->second]] = {stimulus, true};
        free.erase(free.begin() + static_cast<std::ptrdiff_t>(pair->second));
        free.erase(free.begin() + static_cast<std::ptrdiff_t>(pair->first));
        std::erase(members, stimulus);
    }
    random.shuffle(std::span(members));
    for (std::size_t i = 0; i < members.size(); ++i)
        tokens[free[i]] = {members[i], false};
    return true;
}

// Neighbours of one specimen around position p (0, 1 or 2).
int clashesAt(const Deck& deck, const std::vector<Token>& tokens, std::size_t p) {
    const auto specimen = [&](std::size_t i) { return deck.specimenOf[tokens[i].stimulus]; };
    const int own = specimen(p);
    if (own < 0)
        return 0;
    return (p > 0 && specimen(p - 1) == own ? 1 : 0) +
           (p + 1 < tokens.size() && specimen(p + 1) == own ? 1 : 0);
}

// Swaps two showings unless that makes more neighbours of one specimen.
void exchange(const Deck& deck, std::vector<Token>& tokens, std::size_t p, std::size_t q) {
    const int before = clashesAt(deck, tokens, p) + clashesAt(deck, tokens, q);
    std::swap(tokens[p], tokens[q]);
    if (clashesAt(deck, tokens, p) + clashesAt(deck, tokens, q) > before)
        std::swap(tokens[p], tokens[q]);
}

} // namespace

Deck makeDeck(std::vector<PlanStimulus> stimuli, const PlanRules& rules) {
    std::sort(stimuli.begin(), stimuli.end(),
              [](const PlanStimulus& a, const PlanStimulus& b) { return a.id < b.id; });
    Deck deck;
    std::map<std::string, int> classes;
    std::map<std::string, int> specimens;
    std::map<int, std::size_t> sizes;
    for (const PlanStimulus& s : stimuli) {
        const auto number = classes.emplace(s.stimulusClass, static_cast<int>(classes.size()));
        deck.ids.push_back(s.id);
        deck.classOf.push_back(number.first->second);
        deck.members.resize(classes.size());
        deck.members[static_cast<std::size_t>(number.first->second)].push_back(deck.ids.size() - 1);
        const auto specimen =
            specimens.emplace(s.specimen, static_cast<int>(specimens.size())).first->second;
        deck.specimenOf.push_back(s.specimen.empty() ? -1 : specimen);
        ++sizes[deck.specimenOf.back()];
    }
    const auto trials =
        stimuli.size() +
        static_cast<std::size_t>(repeatCount(static_cast<int>(stimuli.size()), rules.repeats));
    for (int& specimen : deck.specimenOf) {
        if (specimen >= 0 && sizes[specimen] * 4 > trials)
            specimen = -1;
    }
    return deck;
}

Demand makeDemand(const Deck& deck, const PlanRules& rules, std::uint64_t seed, int slot) {
    const int stimuli = static_cast<int>(deck.ids.size());
    const int repeats = repeatCount(stimuli, rules.repeats);
    std::vector<int> weights;
    std::vector<std::vector<std::size_t>> rota = deck.members;
    Random random(seed, "plan.repeats");
    for (auto& members : rota) {
        weights.push_back(static_cast<int>(members.size()));
        random.shuffle(std::span(members));
    }
    // Earlier slots decide where this one goes on in the rota.
    std::vector<std::size_t> start(rota.size(), 0);
    std::vector<int> quota;
    for (int s = 1; s <= slot; ++s) {
        for (std::size_t c = 0; c < quota.size(); ++c)
            start[c] += static_cast<std::size_t>(quota[c]);
        quota = shareOut(repeats, weights, rotated(rota.size(), static_cast<std::size_t>(s)));
    }
    Demand demand;
    demand.trials = stimuli + repeats;
    demand.lag = minimumLag(demand.trials);
    for (std::size_t c = 0; c < rota.size(); ++c) {
        auto& chosen = demand.repeated.emplace_back();
        for (int i = 0; i < quota[c]; ++i)
            chosen.push_back(rota[c][(start[c] + static_cast<std::size_t>(i)) % rota[c].size()]);
    }
    return demand;
}

std::vector<int> blockSizes(int trials, int blockSize) {
    const int blocks = (trials + blockSize - 1) / blockSize;
    std::vector<int> sizes;
    for (int b = 0; b < blocks; ++b)
        sizes.push_back(trials / blocks + (b < trials % blocks ? 1 : 0));
    return sizes;
}

std::optional<std::vector<int>> drawClasses(const std::vector<int>& totals,
                                            const std::vector<int>& blocks,
                                            int maxRun,
                                            Random& random) {
    std::vector<int> left = totals;
    std::vector<int> sequence;
    Run run;
    for (const int size : blocks) {
        std::vector<std::size_t> ties = rotated(left.size(), 0);
        random.shuffle(std::span(ties));
        const std::vector<int> share = shareOut(size, left, ties);
        if (!appendBlock(share, maxRun, run, sequence, random))
            return std::nullopt;
        for (std::size_t c = 0; c < left.size(); ++c)
            left[c] -= share[c];
    }
    return sequence;
}

std::optional<std::vector<Token>> assignStimuli(const Deck& deck,
                                                const Demand& demand,
                                                const std::vector<int>& classes,
                                                Random& random) {
    std::vector<Slots> free(deck.members.size());
    for (std::size_t p = 0; p < classes.size(); ++p)
        free[static_cast<std::size_t>(classes[p])].push_back(p);
    std::vector<Token> tokens(classes.size());
    for (std::size_t c = 0; c < deck.members.size(); ++c) {
        if (!placeClass(demand, c, deck.members[c], free[c], tokens, random))
            return std::nullopt;
    }
    return tokens;
}

int separateSpecimens(const Deck& deck,
                      const std::vector<int>& classes,
                      std::vector<Token>& tokens,
                      Random& random) {
    std::vector<int> showings(deck.ids.size(), 0);
    for (const Token& token : tokens)
        ++showings[token.stimulus];
    std::vector<std::vector<std::size_t>> movable(deck.members.size());
    for (std::size_t p = 0; p < tokens.size(); ++p) {
        if (showings[tokens[p].stimulus] == 1)
            movable[static_cast<std::size_t>(classes[p])].push_back(p);
    }
    constexpr int kPasses = 20;
    constexpr int kPartners = 20;
    int clashes = 0;
    for (int pass = 0; pass <= kPasses; ++pass) {
        clashes = 0;
        for (std::size_t p = 0; p < tokens.size(); ++p) {
            const auto& partners = movable[static_cast<std::size_t>(classes[p])];
            const bool fixed = showings[tokens[p].stimulus] != 1 || partners.size() < 2;
            for (int k = 0; k < kPartners && !fixed && clashesAt(deck, tokens, p) > 0; ++k)
                exchange(deck, tokens, p, partners[random.below(partners.size())]);
        }
        // Only now: an exchange may have moved a clash to a position passed before.
        for (std::size_t p = 0; p < tokens.size(); ++p)
            clashes += clashesAt(deck, tokens, p) > 0 ? 1 : 0;
        if (clashes == 0)
            break;
    }
    return clashes;
}

} // namespace likeness::planner
