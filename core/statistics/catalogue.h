// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

struct StatisticInfo {
    std::string name;
    std::string summary;
    std::string inputs; ///< accepted objects, in words
};

/// Statistics that evaluateStatistic answers, in the order of the list people see.
[[nodiscard]] std::vector<StatisticInfo> availableStatistics();

struct StatisticOptions {
    std::filesystem::path folder; ///< where a relative "csv" of the inputs lies
    double level = 0.95;          ///< of intervals whose name does not fix it
    int bootstrap = 1000;         ///< resamples where a bootstrap is used
    std::uint64_t seed = 0;
};

/// One statistic on one inputs object: {statistic, inputs{n, ...}, values{}, intervals{}, notes[]}.
/// An undefined value is null and notes[] say why. Throws Error: unsupported for a name that is
/// known or unknown but not available (listing what is), config for inputs it cannot use.
[[nodiscard]] Json
evaluateStatistic(std::string_view name, const Json& inputs, const StatisticOptions& options = {});

/// The inputs object for a table of numbers in CSV (comma or semicolon, one optional line of
/// column names; empty, "NA" and "nan" are missing). Throws Error(format) and Error(unsupported).
[[nodiscard]] Json statisticInputsFromCsv(std::string_view name, std::string_view csv);

} // namespace likeness
