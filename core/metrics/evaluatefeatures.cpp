// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/numbertable.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/featuremetrics.h"
#include "core/metrics/metricclock.h"

#include <string>

namespace likeness {

std::vector<MetricValue> evaluateFeatures(const FeatureMatrix& real,
                                          const FeatureMatrix& synthetic,
                                          const MetricOptions& options,
                                          JobContext& job) {
    const auto wanted = selectMetrics(options.only, MetricKind::features);
    requireComparable(real, synthetic);
    FeaturePair features{real, synthetic, nullptr};
    std::vector<MetricValue> values;
    for (const MetricInfo* info : wanted) {
        job.throwIfStopped();
        job.report(static_cast<double>(values.size()) / static_cast<double>(wanted.size()),
                   "Measuring features", std::string(info->name));
        MetricValue value = startValue(*info);
        value.n = synthetic.rows;
        value.encoder = "features";
        if (info->requirement != MetricRequirement::nothing)
            value.reasonIfNull = reasonFor(info->requirement);
        else if (info->kind != MetricKind::features)
            value.reasonIfNull = "It is measured on images; feature matrices were given.";
        else
            measureInto(value, [&](MetricValue& v) {
                featureMetric(v, info->name, features, SampleFloor{}, options, job);
            });
        values.push_back(std::move(value));
    }
    job.report(1.0, "Measuring features");
    return values;
}

FeatureMatrix featuresFrom(const NumberTable& table) {
    FeatureMatrix out(static_cast<std::int64_t>(table.rows),
                      static_cast<std::int64_t>(table.columns));
    out.values = table.values;
    return out;
}

} // namespace likeness
