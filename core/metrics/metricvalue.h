// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace likeness {

/// One answer of the metric engine. Either `value` is set, or `reasonIfNull` says in one sentence
/// why there is no number; never both absent. `conventions` holds everything two values must agree
/// on before they may be compared (data range, window, encoder, neighbours, threshold, seed,
/// numbers of samples, warnings).
struct MetricValue {
    std::string name;
    std::optional<double> value;
    std::optional<double>
        lo; ///< 95 % interval; absent where none is defined, the reason then in conventions
    std::optional<double> hi;
    std::int64_t n = 0;  ///< pairs, or synthetic samples (the real count is conventions["n_real"])
    std::string unit;    ///< "dB", "grey level^2", "1" ...
    std::string encoder; ///< feature map of set metrics, "handcrafted-v1"; empty for pixels
    std::string reasonIfNull;
    double seconds = 0.0;
    Json conventions = Json::object();
};

/// Keys name, value, lo, hi, n, unit, encoder, reason_if_null, seconds, conventions.
[[nodiscard]] Json toJson(const MetricValue& value);

} // namespace likeness
