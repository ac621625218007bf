// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/metricvalue.h"

#include <chrono>
#include <string>
#include <string_view>

namespace likeness {

/// What stands for the interval of a mean over pairs where bootstrapMean() gives none.
inline constexpr std::string_view kNoPairInterval = "none: fewer than 5 pairs or no resamples";

/// Starts an answer with what the catalogue knows of the metric.
[[nodiscard]] inline MetricValue startValue(const MetricInfo& info) {
    MetricValue value;
    value.name = info.name;
    value.unit = info.unit;
    value.conventions["definition"] = info.definition;
    return value;
}

/// Runs `compute(value)` and times it. A failure of the metric on this input becomes the reason why
/// there is no number; a stop request goes through.
template <typename Compute>
void measureInto(MetricValue& value, Compute&& compute) {
    const auto start = std::chrono::steady_clock::now();
    try {
        compute(value);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        value.value.reset();
        value.lo.reset();
        value.hi.reset();
        value.reasonIfNull = error.what();
    }
    value.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline void warn(MetricValue& value, const std::string& text) {
    value.conventions["warnings"].push_back(text);
}

} // namespace likeness
