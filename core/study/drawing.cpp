// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/study/blinding.h"
#include "core/study/canonicaljson.h"

#include <algorithm>
#include <map>
#include <set>

namespace likeness {

namespace {

using Indices = std::vector<std::size_t>;

// Candidates of one set in the order of drawing: by keyed hash, specimens taking turns, equal
// pixels once.
Indices drawingOrder(const Indices& members,
                     const std::vector<StimulusCandidate>& candidates,
                     std::string_view secret,
                     std::uint64_t seed) {
    const std::string prefix = "draw " + std::to_string(seed) + " ";
    std::map<std::string, std::size_t> byHash;
    for (const std::size_t i : members)
        byHash.emplace(keyedHash(secret, prefix + candidates[i].pixelsSha256), i);
    std::vector<Indices> queues; // by specimen, in order of their first hash
    std::map<std::string, std::size_t> places;
    for (const auto& [hash, i] : byHash) {
        const auto place = places.emplace(candidates[i].specimen, queues.size()).first->second;
        queues.resize(places.size());
        queues[place].push_back(i);
    }
    Indices order;
    for (std::size_t turn = 0; order.size() < byHash.size(); ++turn) {
        for (const Indices& queue : queues) {
            if (turn < queue.size())
                order.push_back(queue[turn]);
        }
    }
    return order;
}

std::string countText(std::size_t n) {
    return std::to_string(n) + (n == 1 ? " different sample" : " different samples");
}

} // namespace

Drawn drawStimuli(const StudyDefinition& definition,
                  const std::vector<StimulusCandidate>& candidates,
                  std::string_view secret) {
    std::map<std::string, Indices> members;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        members[candidates[i].setName].push_back(i);
    const auto wanted = static_cast<std::size_t>(definition.samplesPerSet);
    Drawn drawn;
    std::string faults;
    for (const std::string& set : definition.sets) {
        const Indices order = drawingOrder(members[set], candidates, secret, definition.seed);
        if (order.size() < wanted)
            faults += (faults.empty() ? "" : "; ") + ("set '" + set + "' holds ") +
                      countText(order.size()) + ", not " + std::to_string(wanted);
        else
            drawn.indices.insert(drawn.indices.end(), order.begin(),
                                 order.begin() + static_cast<std::ptrdiff_t>(wanted));
    }
    const bool balanced = definition.protocol == Protocol::realOrSynthetic;
    const bool stated = definition.referenceSamples > 0;
    const std::size_t target = stated ? static_cast<std::size_t>(definition.referenceSamples)
                                      : wanted * (balanced ? definition.sets.size() : 1);
    const Indices order =
        drawingOrder(members[definition.referenceSet], candidates, secret, definition.seed);
    if (order.empty() || (stated && order.size() < target))
        faults += (faults.empty() ? "" : "; ") + ("set '" + definition.referenceSet + "' holds ") +
                  countText(order.size()) + ", not " + std::to_string(target);
    if (!faults.empty())
        throw Error(ErrorCode::config, "study '" + definition.name + "'", faults,
                    "add samples or ask for fewer");
    const std::size_t taken = std::min(target, order.size());
    drawn.indices.insert(drawn.indices.end(), order.begin(),
                         order.begin() + static_cast<std::ptrdiff_t>(taken));
    std::sort(drawn.indices.begin(), drawn.indices.end());
    if (taken < target)
        drawn.warnings.push_back("The reference set holds " + countText(taken) + " where " +
                                 std::to_string(target) +
                                 " would balance the study; raters will see more synthetic images "
                                 "than others.");
    return drawn;
}

} // namespace likeness
