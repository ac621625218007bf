// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/plan.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"
#include "core/study/planner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace likeness {

namespace {

constexpr int kAttempts = 400;
constexpr int kSpecimenAttempts = 12;
constexpr std::size_t kMaximumStimuli = 20000;

void checkArguments(const std::vector<PlanStimulus>& stimuli, const PlanRules& rules, int slot) {
    const auto refuse = [](const std::string& why, const std::string& remedy) {
        throw Error(ErrorCode::config, "plan", why, remedy);
    };
    if (stimuli.empty() || stimuli.size() > kMaximumStimuli)
        refuse("a study has 1 to 20000 stimuli, not " + std::to_string(stimuli.size()),
               "draw another number of samples");
    if (slot < 1 || slot > 1000)
        refuse("rater slots run from 1 to 1000", "ask for another slot");
    if (rules.maxRun < 1 || rules.blockSize < 1 || !(rules.repeats >= 0.0) || rules.repeats > 0.5)
        refuse("its rules are out of range", "correct max_run, block_size and repeats");
    std::set<std::string> ids;
    for (const PlanStimulus& s : stimuli) {
        if (s.id.empty() || !ids.insert(s.id).second)
            refuse("a stimulus id is empty or used twice", "give every stimulus an id of its own");
    }
}

void checkRuns(const std::vector<int>& totals, int trials, int maxRun) {
    const int largest = *std::max_element(totals.begin(), totals.end());
    if (std::int64_t{largest} <= (std::int64_t{trials} - largest + 1) * maxRun)
        return;
    throw Error(ErrorCode::config, "plan, rule max_run",
                std::to_string(largest) + " of " + std::to_string(trials) +
                    " trials are of one class, which cannot be kept to runs of " +
                    std::to_string(maxRun),
                "raise max_run or draw the classes in more equal numbers");
}

// A class order; the balance over blocks gives way before the limit of runs does.
std::vector<int> classOrder(const std::vector<int>& totals,
                            const planner::Demand& demand,
                            const PlanRules& rules,
                            Random& random) {
    const std::vector<int> blocks = planner::blockSizes(demand.trials, rules.blockSize);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (auto order = planner::drawClasses(totals, blocks, rules.maxRun, random))
            return *order;
    }
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (auto order = planner::drawClasses(totals, {demand.trials}, rules.maxRun, random))
            return *order;
    }
    throw Error(ErrorCode::config, "plan, rule max_run",
                "no order was found with runs of at most " + std::to_string(rules.maxRun),
                "raise max_run or draw the classes in more equal numbers");
}

struct Order {
    std::vector<planner::Token> tokens;
    int clashes = 0;
};

std::optional<Order> tryOrder(const planner::Deck& deck,
                              const planner::Demand& demand,
                              const PlanRules& rules,
                              Random& random) {
    std::vector<int> totals;
    for (std::size_t c = 0; c < deck.members.size(); ++c)
        totals.push_back(static_cast<int>(deck.members[c].size() + demand.repeated[c].size()));
    checkRuns(totals, demand.trials, rules.maxRun);
    const std::vector<int> classes = classOrder(totals, demand, rules, random);
    auto tokens = planner::assignStimuli(deck, demand, classes, random);
    if (!tokens)
        return std::nullopt;
    const int clashes = planner::separateSpecimens(deck, classes, *tokens, random);
    return Order{std::move(*tokens), clashes};
}

std::vector<planner::Token> bestOrder(const planner::Deck& deck,
                                      const planner::Demand& demand,
                                      const PlanRules& rules,
                                      Random& random) {
    std::optional<Order> best;
    int found = 0;
    for (int attempt = 0; attempt < kAttempts && found < kSpecimenAttempts; ++attempt) {
        auto order = tryOrder(deck, demand, rules, random);
        if (!order)
            continue;
        ++found;
        if (!best || order->clashes < best->clashes)
            best = std::move(order);
        if (best->clashes == 0)
            break;
    }
    if (best)
        return best->tokens;
    throw Error(ErrorCode::config, "plan, rule repeats",
                std::to_string(demand.trials) + " trials leave no room for repeats at a lag of " +
                    std::to_string(demand.lag),
                "ask for fewer repeats or draw more samples");
}

std::vector<PlanItem>
itemsOf(const planner::Deck& deck, const std::vector<planner::Token>& tokens, int blockSize) {
    const std::vector<int> blocks = planner::blockSizes(static_cast<int>(tokens.size()), blockSize);
    std::vector<PlanItem> items;
    std::map<std::size_t, int> first;
    std::size_t block = 0;
    int inBlock = 0;
    for (const planner::Token& token : tokens) {
        if (inBlock == blocks[block]) {
            ++block;
            inBlock = 0;
        }
        ++inBlock;
        PlanItem item;
        item.seq = static_cast<int>(items.size()) + 1;
        item.block = static_cast<int>(block) + 1;
        item.stimulusId = deck.ids[token.stimulus];
        if (token.second) {
            item.kind = TrialKind::repeat;
            item.repeatOf = first.at(token.stimulus);
        } else {
            first[token.stimulus] = item.seq;
        }
        items.push_back(std::move(item));
    }
    return items;
}

[[noreturn]] void notAPlan(const std::string& why) {
    throw Error(ErrorCode::format, "plan", why, "ask the lead for an intact package");
}

int wholeNumber(const Json& object, const char* field, int low, int high) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_number_integer() || found->get<std::int64_t>() < low ||
        found->get<std::int64_t>() > high)
        notAPlan(std::string("'") + field + "' is missing or out of range");
    return static_cast<int>(found->get<std::int64_t>());
}

std::string shortText(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string() ||
        found->get_ref<const std::string&>().empty() ||
        found->get_ref<const std::string&>().size() > 200)
        notAPlan(std::string("'") + field + "' is missing or no short text");
    return found->get<std::string>();
}

PlanItem itemFromJson(const Json& object, const std::vector<PlanItem>& before) {
    if (!object.is_object())
        notAPlan("an item is not an object");
    const int next = static_cast<int>(before.size()) + 1;
    PlanItem item;
    item.seq = wholeNumber(object, "seq", next, next);
    const int block = before.empty() ? 1 : before.back().block;
    item.block = wholeNumber(object, "block", block, before.empty() ? 1 : block + 1);
    item.stimulusId = shortText(object, "stimulus");
    const std::string kind = shortText(object, "kind");
    if (kind == toString(TrialKind::repeat)) {
        item.kind = TrialKind::repeat;
        item.repeatOf = wholeNumber(object, "repeat_of", 1, next - 1);
        const PlanItem& first = before[static_cast<std::size_t>(*item.repeatOf) - 1];
        if (first.stimulusId != item.stimulusId || first.kind != TrialKind::main)
            notAPlan("a repeat does not follow its first showing");
    } else if (kind != toString(TrialKind::main)) {
        notAPlan("a trial is of unknown kind");
    }
    return item;
}

} // namespace

std::string_view toString(TrialKind kind) noexcept {
    return kind == TrialKind::main ? "main" : "repeat";
}

int minimumLag(int trials) noexcept {
    return std::max(2, std::min(20, trials / 2));
}

int repeatCount(int stimuli, double share) noexcept {
    if (stimuli < 4 || !(share > 0.0))
        return 0;
    return std::max(1, static_cast<int>(std::floor(share * stimuli + 0.5)));
}

Plan makePlan(const std::vector<PlanStimulus>& stimuli,
              const PlanRules& rules,
              std::uint64_t seed,
              int slot) {
    checkArguments(stimuli, rules, slot);
    const planner::Deck deck = planner::makeDeck(stimuli, rules);
    const planner::Demand demand = planner::makeDemand(deck, rules, seed, slot);
    Random random(derivedSeed(seed, static_cast<std::uint64_t>(slot)), "plan.order");
    Plan plan;
    plan.slot = slot;
    plan.seed = seed;
    plan.seedCommitment =
        sha256Hex("likeness plan seed " + std::to_string(seed) + " slot " + std::to_string(slot));
    plan.items = itemsOf(deck, bestOrder(deck, demand, rules, random), rules.blockSize);
    plan.sha256 = canonicalSha256(planToJson(plan));
    return plan;
}

Json planToJson(const Plan& plan) {
    Json items = Json::array();
    for (const PlanItem& item : plan.items) {
        Json object = {{"seq", item.seq},
                       {"block", item.block},
                       {"kind", toString(item.kind)},
                       {"stimulus", item.stimulusId}};
        if (item.repeatOf)
            object["repeat_of"] = *item.repeatOf;
        items.push_back(std::move(object));
    }
    return {{"slot", plan.slot},
            {"algorithm", Plan::kAlgorithm},
            {"random", Random::kName},
            {"seed_commitment", plan.seedCommitment},
            {"items", std::move(items)}};
}

Plan planFromJson(const Json& document) {
    if (!document.is_object() || !document.contains("items") || !document["items"].is_array() ||
        document["items"].empty())
        notAPlan("it holds no items");
    if (shortText(document, "algorithm") != Plan::kAlgorithm ||
        shortText(document, "random") != Random::kName)
        notAPlan("it was made by an algorithm that this version does not know");
    Plan plan;
    plan.slot = wholeNumber(document, "slot", 1, 1000);
    plan.seedCommitment = shortText(document, "seed_commitment");
    for (const Json& object : document["items"])
        plan.items.push_back(itemFromJson(object, plan.items));
    plan.sha256 = canonicalSha256(planToJson(plan));
    return plan;
}

} // namespace likeness
