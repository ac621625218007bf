// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

enum class MetricKind {
    pair,    ///< an image against its own source
    set,     ///< two sets of images
    features ///< two feature matrices
};

enum class Better { lower, higher, closerToReal };

/// What a metric needs beyond pixels; anything but `nothing` is answered without a number and with
/// a reason.
enum class MetricRequirement { nothing, inceptionWeights, lpipsWeights, clipWeights, localEncoder };

struct MetricInfo {
    std::string_view name; ///< as in JSON, tables and the database
    MetricKind kind = MetricKind::pair;
    Better better = Better::lower;
    std::string_view unit;
    std::string_view definition; ///< one sentence
    std::string_view reference;  ///< paper
    MetricRequirement requirement = MetricRequirement::nothing;
};

/// Every metric Likeness knows. A name may stand twice, for sets of images and for feature
/// matrices.
[[nodiscard]] std::span<const MetricInfo> metricCatalogue() noexcept;

/// The entry of a name, the one of the wanted kind first; null if the name is unknown.
[[nodiscard]] const MetricInfo* findMetric(std::string_view name, MetricKind preferred) noexcept;

/// Why a metric with this requirement has no number here; empty for `nothing`.
[[nodiscard]] std::string_view reasonFor(MetricRequirement requirement) noexcept;

/// The entries a request means: `only` in its order, or all computable ones of the kind when empty.
/// Throws Error(config) that lists the known names when one is unknown.
[[nodiscard]] std::vector<const MetricInfo*> selectMetrics(std::span<const std::string> only,
                                                           MetricKind kind);

[[nodiscard]] std::string_view toString(MetricKind kind) noexcept;
[[nodiscard]] std::string_view toString(Better better) noexcept;

} // namespace likeness
