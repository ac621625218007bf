// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/conditions.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace likeness {

namespace {

constexpr std::size_t kNearest = 16; ///< rows of the table that a wish is completed from
constexpr double kBeyond = 0.25;     ///< of the range, past either of its ends

constexpr std::array kFractionNames{"porosity", "fibre_fraction", "root_density", "phase_fraction"};

std::string shortText(double value) {
    char text[48];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

std::vector<std::string> namesOf(const Conditions& conditions) {
    std::vector<std::string> names;
    for (const ConditionScalar& scalar : conditions.scalars)
        names.push_back(scalar.name);
    return names;
}

void checkValue(const Conditions& conditions, const std::string& name, double value) {
    const ConditionScalar* scalar = conditions.find(name);
    if (scalar == nullptr)
        throw Error(ErrorCode::config, "'" + name + "'", "this model was not trained with it",
                    conditions.scalars.empty() ? "leave it out"
                                               : "use " + listed(namesOf(conditions)));
    if (!(value >= scalar->leastAsked() && value <= scalar->mostAsked()))
        throw Error(ErrorCode::config, name + " " + shortText(value),
                    "the training crops had " + shortText(scalar->low) + " to " +
                        shortText(scalar->high) + ", and nothing is known far outside",
                    "ask for " + shortText(scalar->leastAsked()) + " to " +
                        shortText(scalar->mostAsked()));
}

void checkClass(const Conditions& conditions, const std::string& name) {
    if (!conditions.told)
        throw Error(ErrorCode::config, "class '" + name + "'",
                    "this model was trained on one set and knows no classes",
                    "leave the class out or train on several sets");
    if (conditions.classNamed(name) >= 0)
        return;
    std::vector<std::string> names;
    for (const ConditionClass& known : conditions.classes)
        names.push_back(known.name);
    throw Error(ErrorCode::config, "class '" + name + "'", "this model does not know it",
                "use " + listed(names));
}

/// The table's rows that a wish allows, the nearest of them if it names values.
std::vector<std::size_t> rowsFor(const Conditions& conditions, const ConditionWish& wish) {
    const int wanted = wish.className ? conditions.classNamed(*wish.className) : -1;
    std::vector<std::pair<double, std::size_t>> rows;
    for (std::size_t i = 0; i < conditions.table.size(); ++i) {
        const ConditionValues& row = conditions.table[i];
        if (wanted >= 0 && row.classIndex != wanted)
            continue;
        double distance = 0.0;
        for (const auto& [name, value] : wish.values) {
            const auto at = static_cast<std::size_t>(conditions.indexOf(name));
            const double off =
                (row.scalars[at].value_or(value) - value) / conditions.scalars[at].deviation;
            distance += off * off;
        }
        rows.emplace_back(distance, i);
    }
    if (!wish.values.empty()) {
        std::ranges::sort(rows);
        rows.resize(std::min(rows.size(), kNearest));
    }
    std::vector<std::size_t> indices;
    for (const auto& [distance, i] : rows)
        indices.push_back(i);
    return indices;
}

/// Mean over the slices of an image.
template <typename Measure>
double overSlices(const ImageSpan& image, Measure&& measure) {
    double sum = 0.0;
    for (std::int64_t z = 0; z < image.depth; ++z) {
        const std::vector<float> grey = greyPlane(image, z);
        sum += measure(GreyPlane{grey, image.width, image.height});
    }
    return sum / static_cast<double>(image.depth);
}

std::optional<double> measured(ScalarKind kind, const ImageSpan& image, const PhaseRule* phase) {
    switch (kind) {
    case ScalarKind::phaseFraction:
        if (phase == nullptr)
            return std::nullopt;
        return overSlices(image, [&](const GreyPlane& p) { return phaseFraction(p, *phase); });
    case ScalarKind::orientationCos:
        return overSlices(image, [](const GreyPlane& p) { return orientationOf(p).cos; });
    case ScalarKind::orientationSin:
        return overSlices(image, [](const GreyPlane& p) { return orientationOf(p).sin; });
    case ScalarKind::meanGrey:
        return overSlices(image, [](const GreyPlane& p) { return meanOf(p); });
    case ScalarKind::voxelSize:
        break;
    }
    return std::nullopt;
}

} // namespace

std::string_view toString(ScalarKind kind) noexcept {
    switch (kind) {
    case ScalarKind::phaseFraction:
        return "phase_fraction";
    case ScalarKind::orientationCos:
        return "orientation_cos";
    case ScalarKind::orientationSin:
        return "orientation_sin";
    case ScalarKind::meanGrey:
        return "mean_grey";
    case ScalarKind::voxelSize:
        break;
    }
    return "voxel_um";
}

double ConditionScalar::leastAsked() const noexcept {
    const double least = low - kBeyond * (high - low);
    return kind == ScalarKind::phaseFraction ? std::max(0.0, least)
           : kind == ScalarKind::orientationCos || kind == ScalarKind::orientationSin
               ? std::max(-1.0, least)
               : least;
}

double ConditionScalar::mostAsked() const noexcept {
    const double most = high + kBeyond * (high - low);
    return kind == ScalarKind::meanGrey || kind == ScalarKind::voxelSize ? most
                                                                         : std::min(1.0, most);
}

const ConditionScalar* Conditions::find(std::string_view name) const noexcept {
    const int index = indexOf(name);
    return index < 0 ? nullptr : &scalars[static_cast<std::size_t>(index)];
}

int Conditions::indexOf(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < scalars.size(); ++i) {
        if (scalars[i].name == name)
            return static_cast<int>(i);
    }
    return -1;
}

bool Conditions::tells(const std::vector<ScalarKind>& kinds) const {
    return std::ranges::equal(scalars, kinds, {}, &ConditionScalar::kind);
}

int Conditions::classNamed(std::string_view className) const noexcept {
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i].name == className)
            return static_cast<int>(i);
    }
    return -1;
}

std::string_view fractionName(Domain domain) noexcept {
    return kFractionNames[static_cast<std::size_t>(domain)];
}

std::vector<ScalarKind> scalarKindsFrom(const std::vector<std::string>& words) {
    std::vector<ScalarKind> kinds;
    const auto add = [&](ScalarKind kind) {
        if (std::ranges::find(kinds, kind) == kinds.end())
            kinds.push_back(kind);
    };
    for (const std::string& word : words) {
        if (std::ranges::find(kFractionNames, word) != kFractionNames.end()) {
            add(ScalarKind::phaseFraction);
        } else if (word == "orientation") {
            add(ScalarKind::orientationCos);
            add(ScalarKind::orientationSin);
        } else if (word == toString(ScalarKind::meanGrey)) {
            add(ScalarKind::meanGrey);
        } else if (word == toString(ScalarKind::voxelSize)) {
            add(ScalarKind::voxelSize);
        } else {
            throw Error(ErrorCode::config, "condition '" + word + "'", "there is no such condition",
                        "use porosity, fibre_fraction, root_density, orientation, mean_grey or "
                        "voxel_um");
        }
    }
    return kinds;
}

void checkWish(const Conditions* conditions, const ConditionWish& wish) {
    if (wish.empty())
        return;
    if (conditions == nullptr)
        throw Error(ErrorCode::config, "the conditions that are asked for",
                    "this model was trained without conditions",
                    "leave them out or train with conditions");
    for (const auto& [name, value] : wish.values)
        checkValue(*conditions, name, value);
    if (wish.className)
        checkClass(*conditions, *wish.className);
    if (wish.guidance && !(*wish.guidance >= 0.0 && *wish.guidance <= 20.0))
        throw Error(ErrorCode::config, "guidance " + shortText(*wish.guidance),
                    "it is not between 0 and 20", "use 1, or up to 4 for more of what is asked");
}

ConditionValues drawConditions(const Conditions& conditions,
                               const ConditionWish& wish,
                               std::uint64_t seed,
                               bool whole) {
    ConditionValues drawn;
    drawn.scalars.resize(conditions.scalars.size());
    const std::vector<std::size_t> rows = rowsFor(conditions, wish);
    if (!rows.empty()) {
        Random random(seed, "generation.conditions");
        const ConditionValues& row =
            conditions.table[rows[static_cast<std::size_t>(random.below(rows.size()))]];
        drawn.classIndex = row.classIndex;
        if (whole)
            drawn.scalars = row.scalars;
    }
    if (wish.className)
        drawn.classIndex = conditions.classNamed(*wish.className);
    for (const auto& [name, value] : wish.values)
        drawn.scalars[static_cast<std::size_t>(conditions.indexOf(name))] = value;
    return drawn;
}

ConditionValues
measuredConditions(const Conditions& conditions, const ImageSpan& image, int classIndex) {
    ConditionValues values;
    values.classIndex = conditions.classes.size() == 1 ? 0 : classIndex;
    const PhaseRule* phase =
        values.classIndex < 0
            ? nullptr
            : &conditions.classes.at(static_cast<std::size_t>(values.classIndex)).phase;
    for (const ConditionScalar& scalar : conditions.scalars)
        values.scalars.push_back(measured(scalar.kind, image, phase));
    return values;
}

} // namespace likeness
