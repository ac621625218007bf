// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/conditions.h"
#include "db/project.h"
#include "db/records.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What a stored checkpoint can be asked for (names, ranges, classes); empty: nothing. Throws
/// Error(format).
[[nodiscard]] std::optional<Conditions> conditionsOf(const CheckpointRecord& checkpoint);

/// One sample of a generated set: what the network was told and what its image shows by the same
/// definition.
struct AskedAndGot {
    std::string sampleId;
    double asked = 0.0;
    double got = 0.0;
};

/// The pairs of one scalar over a set, for a plot, and how well they agree. The line is the least
/// squares one of got on asked; it and the correlation have no value where all asked values are
/// equal or there are fewer than three.
struct ConditionAgreement {
    std::string name; ///< "porosity", "orientation_cos", "mean_grey" ...
    std::vector<AskedAndGot> pairs;
    std::optional<double> slope;
    std::optional<double> intercept;
    std::optional<double> correlation;
    double bias = 0.0; ///< mean of got - asked
    double rmse = 0.0;
};

/// From the recipes of the set's samples: {"asked": {name: value}, "got": {name: value},
/// "guidance": w}. Empty if no sample was made with conditions. Throws Error(notFound).
[[nodiscard]] std::vector<ConditionAgreement> askedAgainstGot(Project& project,
                                                              const std::string& setName);

/// [{name, n, slope, intercept, correlation, bias, rmse, pairs: [{sample, asked, got}]}]
[[nodiscard]] Json toJson(const std::vector<ConditionAgreement>& agreements);

} // namespace likeness
