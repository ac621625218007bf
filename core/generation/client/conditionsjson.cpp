// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/generation/client/conditions.h"
#include "core/generation/client/strictjson.h"

#include <array>
#include <cmath>

namespace likeness {

namespace {

constexpr std::size_t kMaximumScalars = 8;
constexpr std::size_t kMaximumClasses = 64;
constexpr std::size_t kMaximumRows = 4096;
constexpr std::size_t kMaximumName = 200;

[[noreturn]] void refuse(const std::string& subject, const std::string& why) {
    throw Error(ErrorCode::format, subject, "its conditions are damaged, " + why,
                "get the file anew from where it was made");
}

double number(const Json& json, const char* key, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number() || !std::isfinite(found->get<double>()))
        refuse(subject, std::string("'") + key + "' is no number");
    return found->get<double>();
}

const Json& list(const Json& json, const char* key, std::size_t most, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array() || found->size() > most)
        refuse(subject, std::string("'") + key + "' is no list of at most " + std::to_string(most));
    for (const Json& item : *found) {
        if (!item.is_object() && !item.is_array())
            refuse(subject, std::string("'") + key + "' holds something else");
    }
    return *found;
}

std::string name(const Json& json, const std::string& subject) {
    std::string text = requiredText(json, "name", subject);
    if (text.size() > kMaximumName)
        refuse(subject, "a name is too long");
    return text;
}

ConditionScalar scalarFrom(const Json& json, const std::string& subject) {
    ConditionScalar scalar;
    scalar.name = name(json, subject);
    const std::string word = requiredText(json, "kind", subject);
    constexpr std::array kKinds{ScalarKind::phaseFraction, ScalarKind::orientationCos,
                                ScalarKind::orientationSin, ScalarKind::meanGrey,
                                ScalarKind::voxelSize};
    bool known = false;
    for (const ScalarKind kind : kKinds) {
        if (toString(kind) == word) {
            scalar.kind = kind;
            known = true;
        }
    }
    if (!known)
        refuse(subject, "the kind '" + word + "' is unknown");
    scalar.mean = number(json, "mean", subject);
    scalar.deviation = number(json, "deviation", subject);
    scalar.low = number(json, "low", subject);
    scalar.high = number(json, "high", subject);
    if (!(scalar.deviation > 0.0) || scalar.low > scalar.high)
        refuse(subject, "the range of '" + scalar.name + "' is none");
    return scalar;
}

ConditionClass classFrom(const Json& json, const std::string& subject) {
    ConditionClass made;
    made.name = name(json, subject);
    const auto domain = domainFrom(requiredText(json, "domain", subject));
    if (!domain)
        refuse(subject, "a domain is unknown");
    made.domain = *domain;
    made.phase.threshold = number(json, "threshold", subject);
    const std::string phase = requiredText(json, "phase", subject);
    if (phase != "bright" && phase != "dark")
        refuse(subject, "a phase is neither bright nor dark");
    made.phase.bright = phase == "bright";
    return made;
}

ConditionValues
rowFrom(const Json& json, const Conditions& conditions, const std::string& subject) {
    ConditionValues row;
    if (!json.is_array() || json.size() != conditions.scalars.size() + 1 ||
        !json[0].is_number_integer())
        refuse(subject, "a row of the table has another length");
    for (const Json& value : json) {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            refuse(subject, "a row of the table holds something else than numbers");
    }
    const auto index = json[0].get<std::int64_t>();
    if (index < 0 || index >= static_cast<std::int64_t>(conditions.classes.size()))
        refuse(subject, "a row of the table names no class");
    row.classIndex = static_cast<int>(index);
    for (std::size_t i = 1; i < json.size(); ++i)
        row.scalars.emplace_back(json[i].get<double>());
    return row;
}

} // namespace

Json toJson(const Conditions& conditions, const ConditionValues& values) {
    Json json = Json::object();
    for (std::size_t i = 0; i < values.scalars.size() && i < conditions.scalars.size(); ++i) {
        if (values.scalars[i])
            json[conditions.scalars[i].name] = *values.scalars[i];
    }
    if (conditions.told && values.classIndex >= 0)
        json["class"] = conditions.classes.at(static_cast<std::size_t>(values.classIndex)).name;
    return json;
}

Json toJson(const Conditions& conditions) {
    Json scalars = Json::array();
    for (const ConditionScalar& scalar : conditions.scalars)
        scalars.push_back({{"name", scalar.name},
                           {"kind", toString(scalar.kind)},
                           {"mean", scalar.mean},
                           {"deviation", scalar.deviation},
                           {"low", scalar.low},
                           {"high", scalar.high}});
    Json classes = Json::array();
    for (const ConditionClass& known : conditions.classes)
        classes.push_back({{"name", known.name},
                           {"domain", toString(known.domain)},
                           {"threshold", known.phase.threshold},
                           {"phase", known.phase.bright ? "bright" : "dark"}});
    Json table = Json::array();
    for (const ConditionValues& values : conditions.table) {
        Json row = Json::array({values.classIndex});
        for (const auto& value : values.scalars)
            row.push_back(value.value_or(0.0));
        table.push_back(std::move(row));
    }
    return {
        {"scalars", scalars}, {"classes", classes}, {"told", conditions.told}, {"table", table}};
}

Conditions conditionsFromJson(const Json& json, const std::string& subject) {
    if (!json.is_object())
        refuse(subject, "they are no object");
    Conditions conditions;
    for (const Json& scalar : list(json, "scalars", kMaximumScalars, subject))
        conditions.scalars.push_back(scalarFrom(scalar, subject));
    for (const Json& known : list(json, "classes", kMaximumClasses, subject))
        conditions.classes.push_back(classFrom(known, subject));
    if (conditions.classes.empty())
        refuse(subject, "there is no class");
    const auto told = json.find("told");
    if (told == json.end() || !told->is_boolean())
        refuse(subject, "'told' is neither true nor false");
    conditions.told = told->get<bool>();
    if (conditions.scalars.empty() && !conditions.told)
        refuse(subject, "there are none");
    for (const Json& row : list(json, "table", kMaximumRows, subject))
        conditions.table.push_back(rowFrom(row, conditions, subject));
    return conditions;
}

std::optional<Conditions> conditionsIn(const Json& manifest, const std::string& subject) {
    const auto found = manifest.find("conditions");
    if (found == manifest.end())
        return std::nullopt;
    return conditionsFromJson(*found, subject);
}

} // namespace likeness
