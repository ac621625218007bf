// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/conditions.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

/// The number that `recipe` holds under a section and a name.
std::optional<double> number(const Json& recipe, const char* section, const std::string& name) {
    const auto part = recipe.find(section);
    if (part == recipe.end() || !part->is_object())
        return std::nullopt;
    const auto value = part->find(name);
    if (value == part->end() || !value->is_number())
        return std::nullopt;
    return value->get<double>();
}

ConditionAgreement& named(std::vector<ConditionAgreement>& all, const std::string& name) {
    for (ConditionAgreement& agreement : all) {
        if (agreement.name == name)
            return agreement;
    }
    all.emplace_back();
    all.back().name = name;
    return all.back();
}

void summarise(ConditionAgreement& agreement) {
    const auto n = static_cast<double>(agreement.pairs.size());
    double asked = 0.0;
    double got = 0.0;
    double squares = 0.0;
    for (const AskedAndGot& pair : agreement.pairs) {
        asked += pair.asked / n;
        got += pair.got / n;
        squares += (pair.got - pair.asked) * (pair.got - pair.asked) / n;
    }
    agreement.bias = got - asked;
    agreement.rmse = std::sqrt(squares);
    double xx = 0.0;
    double yy = 0.0;
    double xy = 0.0;
    for (const AskedAndGot& pair : agreement.pairs) {
        xx += (pair.asked - asked) * (pair.asked - asked);
        yy += (pair.got - got) * (pair.got - got);
        xy += (pair.asked - asked) * (pair.got - got);
    }
    // Equal numbers leave rounding behind.
    const auto varies = [n](double sum, double mean) {
        return sum > 1e-18 * n * std::max(1.0, mean * mean);
    };
    if (agreement.pairs.size() < 3 || !varies(xx, asked))
        return;
    agreement.slope = xy / xx;
    agreement.intercept = got - *agreement.slope * asked;
    if (varies(yy, got))
        agreement.correlation = xy / std::sqrt(xx * yy);
}

} // namespace

std::optional<Conditions> conditionsOf(const CheckpointRecord& checkpoint) {
    return conditionsIn(checkpoint.metadata, "checkpoint " + checkpoint.name);
}

std::vector<ConditionAgreement> askedAgainstGot(Project& project, const std::string& setName) {
    std::vector<ConditionAgreement> agreements;
    for (const SampleRecord& sample : project.samples(project.set(setName).id)) {
        const auto asked = sample.recipe.find("asked");
        if (asked == sample.recipe.end() || !asked->is_object())
            continue;
        for (const auto& [name, value] : asked->items()) {
            const auto got = number(sample.recipe, "got", name);
            if (value.is_number() && got)
                named(agreements, name).pairs.push_back({sample.id, value.get<double>(), *got});
        }
    }
    for (ConditionAgreement& agreement : agreements)
        summarise(agreement);
    return agreements;
}

Json toJson(const std::vector<ConditionAgreement>& agreements) {
    Json list = Json::array();
    for (const ConditionAgreement& agreement : agreements) {
        Json pairs = Json::array();
        for (const AskedAndGot& pair : agreement.pairs)
            pairs.push_back({{"sample", pair.sampleId}, {"asked", pair.asked}, {"got", pair.got}});
        list.push_back({{"name", agreement.name},
                        {"n", agreement.pairs.size()},
                        {"slope", orNull(agreement.slope)},
                        {"intercept", orNull(agreement.intercept)},
                        {"correlation", orNull(agreement.correlation)},
                        {"bias", agreement.bias},
                        {"rmse", agreement.rmse},
                        {"pairs", pairs}});
    }
    return list;
}

} // namespace likeness
