// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metricvalue.h"

namespace likeness {

namespace {

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

} // namespace

Json toJson(const MetricValue& value) {
    return {{"name", value.name},
            {"value", orNull(value.value)},
            {"lo", orNull(value.lo)},
            {"hi", orNull(value.hi)},
            {"n", value.n},
            {"unit", value.unit},
            {"encoder", value.encoder},
            {"reason_if_null", value.value ? Json(nullptr) : Json(value.reasonIfNull)},
            {"seconds", value.seconds},
            {"conventions", value.conventions}};
}

} // namespace likeness
