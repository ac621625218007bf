// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/json.h"
#include "core/generation/client/imagescalars.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A number that a network was told about each crop that it was trained on.
enum class ScalarKind { phaseFraction, orientationCos, orientationSin, meanGrey, voxelSize };

/// "phase_fraction", "orientation_cos", "orientation_sin", "mean_grey", "voxel_um": words of files.
[[nodiscard]] std::string_view toString(ScalarKind kind) noexcept;

struct ConditionScalar {
    ScalarKind kind = ScalarKind::phaseFraction;
    std::string name;  ///< what a person calls it: "porosity", "fibre_fraction", "root_density",
                       ///< "phase_fraction"; otherwise the word of its kind
    double mean = 0.0; ///< of the training crops
    double deviation = 1.0;
    double low = 0.0; ///< least and largest of the training crops
    double high = 0.0;

    /// How far from them a value may lie that is asked for: a quarter of the range beyond either
    /// end, and within 0 to 1 for a fraction, -1 to 1 for an orientation.
    [[nodiscard]] double leastAsked() const noexcept;
    [[nodiscard]] double mostAsked() const noexcept;

    friend bool operator==(const ConditionScalar&, const ConditionScalar&) = default;
};

/// A set among those that were trained together.
struct ConditionClass {
    std::string name;
    Domain domain = Domain::rock;
    PhaseRule phase; ///< by Otsu's threshold of all its training images

    friend bool operator==(const ConditionClass&, const ConditionClass&) = default;
};

/// What an image is to show: one value per scalar of the model's conditions, empty where nothing
/// is said, and the number of its class, -1 where nothing is said.
struct ConditionValues {
    std::vector<std::optional<double>> scalars;
    int classIndex = -1;

    friend bool operator==(const ConditionValues&, const ConditionValues&) = default;
};

/// What a model can be asked for.
struct Conditions {
    std::vector<ConditionScalar> scalars;
    std::vector<ConditionClass> classes; ///< of the training sets, at least one
    bool told = false;                   ///< whether the network is told the class
    std::vector<ConditionValues> table;  ///< of training crops, one of each so many alike

    [[nodiscard]] const ConditionScalar* find(std::string_view name) const noexcept;
    [[nodiscard]] int indexOf(std::string_view name) const noexcept;      ///< -1: not there
    [[nodiscard]] bool tells(const std::vector<ScalarKind>& kinds) const; ///< these, in this order
    [[nodiscard]] int classNamed(std::string_view className) const noexcept; ///< -1: not there

    friend bool operator==(const Conditions&, const Conditions&) = default;
};

/// A person's wish; what it leaves open is drawn.
struct ConditionWish {
    std::map<std::string, double> values; ///< by the scalars' names
    std::optional<std::string> className;
    std::optional<double> guidance; ///< weight of classifier-free guidance (Ho, Salimans 2022):
                                    ///< 1 as trained, above 1 more of what is asked, 0 ignores it

    [[nodiscard]] bool empty() const noexcept { return values.empty() && !className && !guidance; }
};

/// The words of `--condition`: "porosity" (or "fibre_fraction", "root_density", "phase_fraction":
/// all mean the domain's own), "orientation" (two scalars), "mean_grey", "voxel_um". Throws
/// Error(config) that lists them.
[[nodiscard]] std::vector<ScalarKind> scalarKindsFrom(const std::vector<std::string>& words);

/// What the phase's fraction is called: "porosity", "fibre_fraction", "root_density".
[[nodiscard]] std::string_view fractionName(Domain domain) noexcept;

/// Throws Error(config) for names that the model does not know, values too far outside those of the
/// training crops (it says which there were), and any wish to a model without conditions
/// (`conditions` null).
void checkWish(const Conditions* conditions, const ConditionWish& wish);

/// What image `seed` is to show: a training crop's values from the table, one of those nearest to
/// what the wish says, with what it says in their place. `whole` false (an image larger than the
/// crops, over which such values vary): nothing but what the wish says.
[[nodiscard]] ConditionValues drawConditions(const Conditions& conditions,
                                             const ConditionWish& wish,
                                             std::uint64_t seed,
                                             bool whole);

/// What an image shows, by the scalars' definitions; the voxel size cannot be seen.
[[nodiscard]] ConditionValues
measuredConditions(const Conditions& conditions, const ImageSpan& image, int classIndex);

/// {"porosity": 0.21, "class": "Bentheimer"}, without what is not said.
[[nodiscard]] Json toJson(const Conditions& conditions, const ConditionValues& values);

/// The inverse pair, for manifests. fromJson checks everything and throws Error(format) that names
/// `subject`.
[[nodiscard]] Json toJson(const Conditions& conditions);
[[nodiscard]] Conditions conditionsFromJson(const Json& json, const std::string& subject);

/// Of a checkpoint's manifest; empty for a model without conditions.
[[nodiscard]] std::optional<Conditions> conditionsIn(const Json& manifest,
                                                     const std::string& subject);

} // namespace likeness
