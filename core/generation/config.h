// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// What the training of every family has: the size of a step and how its rate runs. The keys lie
/// beside the family's own ones in "training".
struct Schedule {
    int batch = 16;
    double learningRate = 2e-3;
    int warmUpSteps = 50;
    double decayFraction = 0.4; ///< share of the run in which the rate falls linearly to zero
    double emaMaximum =
        0.995;             ///< decay of the running mean of the weights is min(this, (1+t)/(10+t))
    double clipNorm = 1.0; ///< largest norm of a gradient

    friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// A model family with all its settings: "network" and "training" objects, and more where the
/// family has them.
struct Preset {
    std::string model = "diffusion";
    std::string name;
    Json settings = Json::object();
};

/// "diffusion" and the others that this program trains and samples.
[[nodiscard]] const std::vector<std::string>& modelNames();

/// The presets "demo", "workstation" and "large" of each model. Throws Error(config) that lists
/// what there is.
[[nodiscard]] Preset presetNamed(std::string_view model, std::string_view name);

/// Size of training crops for those who do not choose one.
[[nodiscard]] int usualSize(std::string_view model, std::string_view preset);

/// The settings of `model`, complete and within their ranges; keys that it does not know are left
/// out. Throws Error(format) that names `subject`, Error(config) for an unknown model.
[[nodiscard]] Json
checkedSettings(std::string_view model, const Json& settings, const std::string& subject);

/// The inverse pair. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const Schedule& schedule);
[[nodiscard]] Schedule scheduleFromJson(const Json& json, const std::string& subject);

/// Member `key` as a number in [low, high]. Throws Error(format) that names `subject`.
[[nodiscard]] double boundedNumber(
    const Json& json, const char* key, double low, double high, const std::string& subject);
[[nodiscard]] int
boundedInt(const Json& json, const char* key, int low, int high, const std::string& subject);

/// Member `key` as 1 to 8 multiples of 8 between 8 and 2048: channels per level.
[[nodiscard]] std::vector<std::int64_t>
widthsFrom(const Json& json, const char* key, const std::string& subject);

/// Member `key` as an object. Throws Error(format) that names `subject`.
[[nodiscard]] const Json&
requiredSection(const Json& json, const char* key, const std::string& subject);

} // namespace likeness
