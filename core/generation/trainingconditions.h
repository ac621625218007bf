// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/conditions.h"
#include "core/generation/client/packedset.h"
#include "core/generation/crops.h"
#include "core/generation/greymap.h"

#include <cstdint>
#include <string>
#include <vector>

namespace likeness {

/// The classes and voxel sizes of a packed set's images, from its meta: "classes" [{"name",
/// "domain"}] with "class_of" [number per image], or "set" and "domain" for one class;
/// "voxel_um_of" [number or null per image] or "voxel_um". Throws Error(format).
struct ImageFacts {
    std::vector<ConditionClass> classes; ///< without their phases' thresholds
    std::vector<int> classOf;            ///< by image
    std::vector<std::optional<double>> voxelOf;

    explicit ImageFacts(const PackedSet& set);
};

/// The meta of a set that is made of these images of `set`, in this order: what it says of each
/// image goes with them.
[[nodiscard]] Json metaOf(const PackedSet& set, const std::vector<std::size_t>& images);

/// What a network is told about the crops that it is trained on.
class TrainingConditions {
public:
    /// `set` is the one that `crops` were drawn from.
    TrainingConditions(const PackedSet& set, const GreyMap& map, Conditions conditions);

    /// Of a crop in network units.
    [[nodiscard]] ConditionValues of(const float* crop, std::int64_t size, std::size_t image) const;

    /// The same with some of it left out, each thing and all together one time in ten, so that the
    /// network also learns what is likely without being told (Ho, Salimans 2022).
    [[nodiscard]] ConditionValues thinned(ConditionValues values, std::uint64_t seed) const;

    [[nodiscard]] const Conditions& conditions() const noexcept { return m_conditions; }

private:
    Conditions m_conditions;
    ImageFacts m_facts;
    GreyMap m_map;
    std::int64_t m_channels;
};

/// What a network is to be told: the phases by Otsu's threshold of each class, mean, deviation and
/// range of each scalar over 4096 crops, and one of each eight alike as the table. `kinds` may be
/// empty if there are several classes. Throws Error(config) for a scalar that is the same in all
/// crops or not known of each image, Error(numeric) for a class of one grey value.
[[nodiscard]] Conditions conditionsOn(const PackedSet& set,
                                      const GreyMap& map,
                                      const CropSource& crops,
                                      const std::vector<ScalarKind>& kinds,
                                      std::uint64_t seed);

} // namespace likeness
