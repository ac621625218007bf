// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/trainingconditions.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace likeness {

namespace {

constexpr std::size_t kMeasuredCrops = 4096;
constexpr std::size_t kTableRows = 512;
constexpr double kLeftOut = 0.1; ///< share of the crops about which a thing is not told

/// A deviation below this share of the values' size is rounding.
constexpr double kLeastVariation = 1e-6;

[[noreturn]] void refuseMeta(const std::string& why) {
    throw Error(ErrorCode::format, "the packed training set", why, "pack the set anew");
}

Domain domainOf(const Json& json) {
    const auto word = json.find("domain");
    if (word == json.end())
        return Domain::rock;
    const auto domain =
        word->is_string() ? domainFrom(word->get<std::string>()) : std::optional<Domain>();
    if (!domain)
        refuseMeta("its domain is unknown");
    return *domain;
}

std::vector<ConditionClass> classesIn(const Json& meta) {
    const auto listed = meta.find("classes");
    if (listed == meta.end())
        return {{meta.contains("set") && meta["set"].is_string() ? meta["set"].get<std::string>()
                                                                 : std::string(),
                 domainOf(meta),
                 {}}};
    std::vector<ConditionClass> classes;
    if (!listed->is_array() || listed->empty() || listed->size() > 64)
        refuseMeta("its classes are no list of 1 to 64");
    for (const Json& known : *listed) {
        if (!known.is_object() || !known.contains("name") || !known["name"].is_string())
            refuseMeta("a class has no name");
        classes.push_back({known["name"].get<std::string>(), domainOf(known), {}});
    }
    return classes;
}

std::optional<double> voxelIn(const Json& value) {
    const Json& first = value.is_array() && !value.empty() ? value[0] : value;
    return first.is_number() ? std::optional(first.get<double>()) : std::nullopt;
}

/// One entry per image from a list of meta, or the same for all.
template <typename T, typename Read>
std::vector<T>
perImage(const PackedSet& set, const char* key, const T& otherwise, const Read& read) {
    std::vector<T> values(set.images.size(), otherwise);
    const auto listed = set.meta.find(key);
    if (listed == set.meta.end())
        return values;
    if (!listed->is_array() || listed->size() != values.size())
        refuseMeta(std::string("'") + key + "' has no entry for each image");
    std::transform(listed->begin(), listed->end(), values.begin(), read);
    return values;
}

std::string nameFor(ScalarKind kind, const std::vector<ConditionClass>& classes) {
    const bool same = std::ranges::all_of(classes, [&](const ConditionClass& known) {
        return known.domain == classes.front().domain;
    });
    return std::string(kind == ScalarKind::phaseFraction && same
                           ? fractionName(classes.front().domain)
                           : toString(kind));
}

void findThresholds(std::vector<ConditionClass>& classes,
                    const std::vector<int>& classOf,
                    const PackedSet& set) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
        std::vector<ImageSpan> spans;
        for (std::size_t image = 0; image < classOf.size(); ++image) {
            if (classOf[image] == static_cast<int>(i))
                spans.push_back(set.span(image));
        }
        if (spans.empty())
            throw Error(ErrorCode::config, "class '" + classes[i].name + "'",
                        "none of the images belongs to it", "leave it out");
        classes[i].phase = {otsuOf(spans), classes[i].domain != Domain::rock};
    }
}

void describe(ConditionScalar& scalar,
              std::size_t column,
              const std::vector<ConditionValues>& rows) {
    double sum = 0.0;
    double squares = 0.0;
    scalar.low = INFINITY;
    scalar.high = -INFINITY;
    for (const ConditionValues& row : rows) {
        if (!row.scalars[column])
            throw Error(ErrorCode::config, "condition '" + scalar.name + "'",
                        "it is not known for each image of the training set",
                        "leave it out or give the images their voxel size");
        const double value = *row.scalars[column];
        sum += value;
        scalar.low = std::min(scalar.low, value);
        scalar.high = std::max(scalar.high, value);
    }
    scalar.mean = sum / static_cast<double>(rows.size());
    for (const ConditionValues& row : rows)
        squares += (*row.scalars[column] - scalar.mean) * (*row.scalars[column] - scalar.mean);
    scalar.deviation = std::sqrt(squares / static_cast<double>(rows.size()));
    if (!(scalar.deviation > kLeastVariation * std::max(1e-3, std::abs(scalar.mean))))
        throw Error(ErrorCode::config, "condition '" + scalar.name + "'",
                    "it is the same in all training crops, so nothing can be learnt about it",
                    "leave it out or train on sets that differ in it");
}

/// As many rows as the table has, one of each so many that are alike: their distribution is that of
/// all, nearer than that of as many drawn ones.
std::vector<ConditionValues> evenly(std::vector<ConditionValues> rows) {
    const auto before = [](const ConditionValues& a, const ConditionValues& b) {
        return std::tie(a.classIndex, a.scalars) < std::tie(b.classIndex, b.scalars);
    };
    std::sort(rows.begin(), rows.end(), before);
    constexpr std::size_t kAlike = kMeasuredCrops / kTableRows;
    std::vector<ConditionValues> chosen;
    for (std::size_t i = kAlike / 2; i < rows.size(); i += kAlike)
        chosen.push_back(rows[i]);
    for (const ConditionValues& row : rows) { // a class of very few crops is there, too
        const auto isOfClass = [&](const ConditionValues& other) {
            return other.classIndex == row.classIndex;
        };
        if (std::none_of(chosen.begin(), chosen.end(), isOfClass))
            chosen.push_back(row);
    }
    return chosen;
}

} // namespace

ImageFacts::ImageFacts(const PackedSet& set)
    : classes(classesIn(set.meta)) {
    const auto count = static_cast<std::int64_t>(classes.size());
    classOf = perImage<int>(set, "class_of", 0, [&](const Json& value) {
        if (!value.is_number_integer() || value < 0 || value.get<std::int64_t>() >= count)
            refuseMeta("an image belongs to no class");
        return static_cast<int>(value.get<std::int64_t>());
    });
    voxelOf = perImage<std::optional<double>>(
        set, "voxel_um_of",
        set.meta.contains("voxel_um") ? voxelIn(set.meta["voxel_um"]) : std::nullopt, voxelIn);
}

Json metaOf(const PackedSet& set, const std::vector<std::size_t>& images) {
    Json meta = set.meta;
    for (const char* key : {"class_of", "voxel_um_of"}) {
        const auto listed = set.meta.find(key);
        if (listed == set.meta.end() || !listed->is_array() ||
            listed->size() != set.images.size()) // ImageFacts refuses it
            continue;
        Json& kept = meta[key] = Json::array();
        for (const std::size_t image : images)
            kept.push_back((*listed)[image]);
    }
    return meta;
}

TrainingConditions::TrainingConditions(const PackedSet& set,
                                       const GreyMap& map,
                                       Conditions conditions)
    : m_conditions(std::move(conditions))
    , m_facts(set)
    , m_map(map)
    , m_channels(set.channels) {
    if (m_facts.classes.size() != m_conditions.classes.size())
        throw Error(ErrorCode::conflict, "the training set",
                    "it has other classes than the model's", "use the same sets");
}

ConditionValues
TrainingConditions::of(const float* crop, std::int64_t size, std::size_t image) const {
    // Thresholds go to the crop's units the way its pixels went, so that none changes sides.
    const auto pixels = static_cast<std::size_t>(size * size);
    std::vector<float> luma;
    GreyPlane plane{{crop, pixels}, size, size};
    if (m_channels == 3) {
        luma.resize(pixels);
        for (std::size_t i = 0; i < pixels; ++i)
            luma[i] = 0.299F * crop[i] + 0.587F * crop[pixels + i] + 0.114F * crop[2 * pixels + i];
        plane.values = luma;
    }
    ConditionValues values;
    values.classIndex = m_facts.classOf.at(image);
    PhaseRule phase = m_conditions.classes[static_cast<std::size_t>(values.classIndex)].phase;
    phase.threshold = static_cast<double>(m_map.forward(phase.threshold));
    const Orientation orientation = orientationOf(plane);
    for (const ConditionScalar& scalar : m_conditions.scalars) {
        switch (scalar.kind) {
        case ScalarKind::phaseFraction:
            values.scalars.emplace_back(phaseFraction(plane, phase));
            break;
        case ScalarKind::orientationCos:
            values.scalars.emplace_back(orientation.cos);
            break;
        case ScalarKind::orientationSin:
            values.scalars.emplace_back(orientation.sin);
            break;
        case ScalarKind::meanGrey:
            values.scalars.emplace_back(meanOf(plane) * m_map.scale + m_map.centre);
            break;
        case ScalarKind::voxelSize:
            values.scalars.push_back(m_facts.voxelOf.at(image));
            break;
        }
    }
    return values;
}

ConditionValues TrainingConditions::thinned(ConditionValues values, std::uint64_t seed) const {
    Random random(seed, "generation.thinning");
    const bool all = random.uniform() < kLeftOut;
    if (random.uniform() < kLeftOut || all)
        values.classIndex = -1;
    bool out = false;
    for (std::size_t i = 0; i < values.scalars.size(); ++i) {
        // The two parts of an orientation come and go together.
        if (m_conditions.scalars[i].kind != ScalarKind::orientationSin)
            out = random.uniform() < kLeftOut;
        if (out || all)
            values.scalars[i].reset();
    }
    return values;
}

Conditions conditionsOn(const PackedSet& set,
                        const GreyMap& map,
                        const CropSource& crops,
                        const std::vector<ScalarKind>& kinds,
                        std::uint64_t seed) {
    const ImageFacts facts(set);
    Conditions conditions;
    conditions.classes = facts.classes;
    conditions.told = facts.classes.size() > 1;
    if (std::ranges::find(kinds, ScalarKind::phaseFraction) != kinds.end())
        findThresholds(conditions.classes, facts.classOf, set);
    for (const ScalarKind kind : kinds) {
        ConditionScalar scalar;
        scalar.kind = kind;
        scalar.name = nameFor(kind, facts.classes);
        conditions.scalars.push_back(scalar);
    }
    const TrainingConditions measure(set, map, conditions);
    const auto size = static_cast<std::int64_t>(
        std::llround(std::sqrt(static_cast<double>(crops.valuesPerCrop() / set.channels))));
    std::vector<float> crop(static_cast<std::size_t>(crops.valuesPerCrop()));
    std::vector<ConditionValues> rows;
    for (std::size_t i = 0; i < kMeasuredCrops; ++i) {
        const std::size_t image =
            crops.draw(derivedSeed(derivedSeed(seed, kMeasuredCrops), i), crop.data());
        rows.push_back(measure.of(crop.data(), size, image));
    }
    for (std::size_t i = 0; i < conditions.scalars.size(); ++i)
        describe(conditions.scalars[i], i, rows);
    conditions.table = evenly(std::move(rows));
    return conditions;
}

} // namespace likeness
