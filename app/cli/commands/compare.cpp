// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/sets.h"
#include "app/cli/commands/values.h"
#include "db/workflow/comparing.h"

#include <limits>

namespace likeness::cli {

namespace {

OrderedJson orNull(const std::optional<double>& value) {
    return value ? OrderedJson(*value) : OrderedJson();
}

OrderedJson summaryJson(const MeanAndSd& summary) {
    return {{"mean", summary.mean}, {"sd", summary.sd}, {"n", summary.n}};
}

OrderedJson descriptorJson(const DescriptorDistance& d) {
    return {{"name", d.name},
            {"unit", d.unit},
            {"real", summaryJson(d.real)},
            {"synthetic", summaryJson(d.synthetic)},
            {"held_out", d.heldOut ? summaryJson(*d.heldOut) : OrderedJson()},
            {"difference", d.difference ? OrderedJson({{"value", d.difference->value},
                                                       {"lo", orNull(d.difference->lo)},
                                                       {"hi", orNull(d.difference->hi)}})
                                        : OrderedJson()},
            {"distance", d.distance.value},
            {"lo", orNull(d.distance.lo)},
            {"hi", orNull(d.distance.hi)},
            {"distance_held_out", orNull(d.distanceHeldOut)},
            {"real_held_out", orNull(d.realHeldOut)},
            {"real_halves", orNull(d.realHalves)}};
}

std::string descriptorText(const DescriptorDistance& d) {
    std::string text = d.name + ": " + shortNumber(d.distance.value, 4);
    if (d.distance.lo && d.distance.hi)
        text += " [" + shortNumber(*d.distance.lo, 4) + ", " + shortNumber(*d.distance.hi, 4) + "]";
    if (d.unit != "1")
        text += " " + d.unit;
    text +=
        " (real " + shortNumber(d.real.mean, 4) + ", synthetic " + shortNumber(d.synthetic.mean, 4);
    if (d.distanceHeldOut)
        text += "; to held-out " + shortNumber(*d.distanceHeldOut, 4) + ", real to held-out " +
                shortNumber(d.realHeldOut, 4);
    return text + "; real halves " + shortNumber(d.realHalves, 4) + ")\n";
}

OrderedJson curveJson(const ComparedCurve& curve) {
    return {{"x", curve.x},
            {"real", curve.real},
            {"synthetic", curve.synthetic},
            {"held_out", curve.heldOut}};
}

OrderedJson volumeJson(const VolumeFigure& figure) {
    return {{"name", figure.name},
            {"real", figure.real ? summaryJson(*figure.real) : OrderedJson()},
            {"synthetic", summaryJson(figure.synthetic)},
            {"distance", orNull(figure.distance)}};
}

ComparedSet comparedInput(const Arguments& arguments, std::string_view option, JobContext& job) {
    NamedImages set = loadInput(arguments, option, job);
    return {std::move(set.images), std::move(set.groups)};
}

ComparingOptions comparingOptions(const Arguments& arguments) {
    ComparingOptions options;
    options.domain = domainOption(arguments);
    options.threshold = thresholdOption(arguments);
    options.phase = phaseOption(arguments);
    options.maximumLag =
        arguments.integer("--maximum-lag", 1, 100'000).value_or(options.maximumLag);
    options.bootstrap = static_cast<int>(
        arguments.integer("--bootstrap", 0, 1'000'000).value_or(options.bootstrap));
    options.seed = arguments.seed();
    return options;
}

Output runCompare(const Arguments& arguments, JobContext& job) {
    arguments.atMost(0);
    const ComparingOptions options = comparingOptions(arguments);
    JobContext first = job.part(0.0, 0.05);
    const ComparedSet real = comparedInput(arguments, "--real", first);
    JobContext second = job.part(0.05, 0.1);
    const ComparedSet synthetic = comparedInput(arguments, "--synthetic", second);
    ComparedSet heldOut;
    if (arguments.has("--held-out"))
        heldOut = comparedInput(arguments, "--held-out", second);
    JobContext computing = job.part(0.1, 1.0);
    const SetComparison comparison = compareSets(real, synthetic, heldOut, options, computing);
    Output output;
    OrderedJson rows = OrderedJson::array();
    for (const DescriptorDistance& d : comparison.descriptors) {
        rows.push_back(descriptorJson(d));
        output.text += descriptorText(d);
    }
    OrderedJson curves = OrderedJson::object();
    for (const ComparedCurve& curve : comparison.curves)
        curves[curve.name] = curveJson(curve);
    OrderedJson volumes = OrderedJson::array();
    for (const VolumeFigure& figure : comparison.volumes) {
        volumes.push_back(volumeJson(figure));
        output.text += figure.name + ": " + shortNumber(figure.distance, 4) + " (real " +
                       (figure.real ? shortNumber(figure.real->mean, 4) : "-") + ", synthetic " +
                       shortNumber(figure.synthetic.mean, 4) + ")\n";
    }
    output.json = {{"descriptors", rows},
                   {"curves", curves},
                   {"volumes", volumes},
                   {"threshold", orNull(comparison.threshold)},
                   {"conventions", comparison.conventions},
                   {"seed", options.seed}};
    return output;
}

} // namespace

std::vector<Command> compareCommands() {
    return {{"compare",
             "--real PATH --synthetic PATH --domain rock|fibre|root",
             "structure descriptors of two sets and their distances",
             {{"--real", "PATH", "the reference: a file, stack, folder or .npy array"},
              {"--synthetic", "PATH", "what is judged"},
              {"--held-out", "PATH", "real images that no model has seen"},
              {"--project", "DIR", "the paths are sets of this project"},
              {"--domain", "rock|fibre|root", "kind of specimen"},
              {"--threshold", "otsu|VALUE", "between the phases (default: Otsu of the real set)"},
              {"--phase", "dark|bright", "the counted phase (default: that of the domain)"},
              {"--maximum-lag", "N", "of S2 in pixels (default 24)"},
              {"--bootstrap", "B", "resamples of intervals (default 1000, 0: no intervals)"},
              {"--raw", kRawWord, "layout of headerless files"},
              kSeedOption},
             runCompare}};
}

} // namespace likeness::cli
