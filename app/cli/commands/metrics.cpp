// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/sets.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/imaging/numbertable.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "db/project.h"
#include "db/workflow/measuring.h"

#include <limits>

namespace likeness::cli {

namespace {

MetricOptions metricOptions(const Arguments& arguments) {
    MetricOptions options;
    for (const std::string& list : arguments.all("--only")) {
        for (const std::string& name : commaList(list))
            options.only.push_back(name);
    }
    options.dataRange = arguments.real("--data-range", std::numeric_limits<double>::min(), 1e30);
    options.bootstrap = static_cast<int>(
        arguments.integer("--bootstrap", 0, 1'000'000).value_or(options.bootstrap));
    options.k = static_cast<int>(arguments.integer("--k", 1, 1'000'000).value_or(options.k));
    options.seed = arguments.seed();
    return options;
}

/// The two inputs: of --real and --synthetic, or, for matrices, the two plain words.
std::pair<std::string, std::string> inputsOf(const Arguments& arguments) {
    if (arguments.has("--features") && arguments.words().size() == 2)
        return {arguments.words()[0], arguments.words()[1]};
    arguments.atMost(0);
    return {arguments.required("--real"), arguments.required("--synthetic")};
}

std::vector<MetricValue>
measureFiles(const Arguments& arguments, const MetricOptions& options, JobContext& job) {
    const auto [real, synthetic] = inputsOf(arguments);
    JobContext computing = job.part(0.2, 1.0);
    if (arguments.has("--features"))
        return evaluateFeatures(featuresFrom(readNumberTable(real)),
                                featuresFrom(readNumberTable(synthetic)), options, computing);
    const ReadOptions reading = readOptions(arguments);
    JobContext first = job.part(0.0, 0.1);
    const std::vector<Volume> a = loadSet(real, reading, first).images;
    JobContext second = job.part(0.1, 0.2);
    const std::vector<Volume> b = loadSet(synthetic, reading, second).images;
    return arguments.has("--paired") ? evaluatePairs(a, b, options, computing)
                                     : evaluateSets(a, b, options, computing);
}

OrderedJson orNull(const std::optional<double>& value) {
    return value ? OrderedJson(*value) : OrderedJson();
}

/// A stored value under the keys of a fresh one.
MetricValue valueOf(const MetricRecord& record) {
    MetricValue value;
    value.name = record.metric;
    value.value = record.value;
    value.lo = record.lo;
    value.hi = record.hi;
    value.n = record.n;
    value.unit = record.unit;
    value.encoder = record.encoder;
    value.reasonIfNull = record.reasonIfNull;
    value.conventions = record.conventions;
    return value;
}

std::vector<MetricValue> measureProject(const Arguments& arguments,
                                        const std::string& folder,
                                        const MetricOptions& options,
                                        JobContext& job) {
    if (arguments.has("--paired") || arguments.has("--features"))
        throw UsageError("--project measures sets; leave out --paired and --features");
    MeasuringRequest request;
    request.referenceSet = arguments.required("--real");
    request.set = arguments.required("--synthetic");
    request.only = options.only;
    request.bootstrap = options.bootstrap;
    request.seed = options.seed;
    arguments.atMost(0);
    Project project = Project::open(folder);
    std::vector<MetricValue> values;
    for (const MetricRecord& record : measureSet(project, request, job))
        values.push_back(valueOf(record));
    return values;
}

OrderedJson valueJson(const MetricValue& value) {
    return {{"name", value.name},
            {"value", orNull(value.value)},
            {"lo", orNull(value.lo)},
            {"hi", orNull(value.hi)},
            {"n", value.n},
            {"unit", value.unit},
            {"encoder", value.encoder.empty() ? OrderedJson() : OrderedJson(value.encoder)},
            {"reason_if_null", value.value ? OrderedJson() : OrderedJson(value.reasonIfNull)},
            {"seconds", value.seconds},
            {"conventions", value.conventions}};
}

std::string valueText(const MetricValue& value) {
    std::string text = value.name + ": ";
    if (!value.value)
        return text + "no number, " + value.reasonIfNull + "\n";
    text += shortNumber(*value.value);
    if (value.lo && value.hi)
        text += " [" + shortNumber(*value.lo) + ", " + shortNumber(*value.hi) + "]";
    if (!value.unit.empty() && value.unit != "1")
        text += " " + value.unit;
    return text + " (n = " + std::to_string(value.n) + ")\n";
}

Output runMetrics(const Arguments& arguments, JobContext& job) {
    if (arguments.has("--weights"))
        throw UsageError("--weights: no metric of this version reads network weights (it has the "
                         "metrics that need none, see --list)");
    Output output;
    if (arguments.has("--list")) {
        OrderedJson names = OrderedJson::array();
        for (const MetricInfo& metric : metricCatalogue()) {
            names.push_back({{"name", metric.name},
                             {"kind", toString(metric.kind)},
                             {"unit", metric.unit},
                             {"better", toString(metric.better)},
                             {"definition", metric.definition},
                             {"reference", metric.reference}});
            output.text.append(metric.name).append(" (").append(toString(metric.kind));
            output.text.append("): ").append(metric.definition).append("\n");
        }
        output.json = {{"metrics", names}};
        return output;
    }
    const MetricOptions options = metricOptions(arguments);
    const auto kind = arguments.has("--features") ? MetricKind::features
                      : arguments.has("--paired") ? MetricKind::pair
                                                  : MetricKind::set;
    const auto project = arguments.text("--project");
    if (!project)
        asUsage([&] { (void)selectMetrics(options.only, kind); });
    const std::vector<MetricValue> values = project
                                                ? measureProject(arguments, *project, options, job)
                                                : measureFiles(arguments, options, job);
    OrderedJson rows = OrderedJson::array();
    for (const MetricValue& value : values) {
        rows.push_back(valueJson(value));
        output.text += valueText(value);
    }
    output.json = {{"values", rows}, {"seed", options.seed}};
    return output;
}

} // namespace

std::vector<Command> metricsCommands() {
    return {{"metrics",
             "--real PATH --synthetic PATH [--paired]",
             "image and set metrics of files, folders and stacks",
             {{"--real", "PATH", "the reference: a file, stack, folder or .npy array"},
              {"--synthetic", "PATH", "what is judged"},
              {"--paired", "", "image i against image i of the other, its own source"},
              {"--only", "NAME,...", "these metrics (see --list); default: all that apply"},
              {"--list", "", "the metrics with their definitions"},
              {"--features", "", "the paths are .npy matrices of features, rows are samples"},
              {"--project", "DIR", "the paths are sets of this project; values are stored"},
              {"--data-range", "V", "in place of the range of the number type (1, 255, 65535)"},
              {"--bootstrap", "B", "resamples of intervals (default 200, 0: no intervals)"},
              {"--k", "N", "neighbours of precision, recall, density, coverage (default 5)"},
              {"--weights", "DIR", "network weights, for versions that have such metrics"},
              {"--raw", kRawWord, "layout of headerless files"},
              kSeedOption},
             runMetrics}};
}

} // namespace likeness::cli
