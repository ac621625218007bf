// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/trainer.h"

#include "core/base/error.h"
#include "core/generation/compat.h"
#include "core/generation/run.h"

#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr double kDefaultMinutes = 3.0;

void checkOptions(const TrainingOptions& options) {
    const auto multiple =
        familyNamed(options.preset.model).trainingMultiple(options.preset.settings);
    if (options.size < 2 * multiple || options.size > 2048 || options.size % multiple != 0)
        throw Error(ErrorCode::config, "training size " + std::to_string(options.size),
                    "preset '" + options.preset.name + "' trains at multiples of " +
                        std::to_string(multiple) + " from " + std::to_string(2 * multiple) +
                        " to 2048",
                    "choose such a size");
    if (options.minutes && !(*options.minutes > 0.0 && *options.minutes <= 60.0 * 24 * 365))
        throw Error(ErrorCode::config, "training time", "the minutes are not above 0",
                    "give a time above 0");
    if (options.steps && (*options.steps < 1 || *options.steps > 1'000'000'000))
        throw Error(ErrorCode::config, "training steps", "the number is not between 1 and 10^9",
                    "give at least one step");
    if (options.earlyStop < 0 || (options.evaluateEvery && *options.evaluateEvery < 1))
        throw Error(ErrorCode::config, "the evaluations of the training",
                    "their number or distance is below 1", "give at least one, or leave it out");
    const fs::path folder =
        options.output.has_parent_path() ? options.output.parent_path() : fs::path(".");
    if (::access(folder.c_str(), W_OK) != 0)
        throw Error(ErrorCode::io, folder.string(), "the folder cannot be written to",
                    "check that it exists and its permissions");
}

/// The options with a budget.
TrainingOptions withBudget(TrainingOptions options) {
    if (!options.minutes && !options.steps)
        options.minutes = kDefaultMinutes;
    return options;
}

} // namespace

fs::path statePathOf(const fs::path& checkpoint) {
    fs::path state = checkpoint;
    return state += ".state";
}

fs::path bestPathOf(const fs::path& checkpoint) {
    fs::path best = checkpoint;
    const std::string extension = checkpoint.extension().string();
    return best.replace_extension(".best" + extension);
}

TrainingOutcome trainModel(PackedSet set,
                           const TrainingOptions& options,
                           JobContext& job,
                           const std::function<void(const TrainingReport&)>& report,
                           TrainingControl* control) {
    checkOptions(options);
    return translated("training", [&] {
        return Run(std::move(set), withBudget(options)).execute(job, report, control);
    });
}

TrainingEstimate estimateTraining(PackedSet set, const TrainingOptions& options, JobContext& job) {
    checkOptions(options);
    return translated("estimating the training",
                      [&] { return Run(std::move(set), withBudget(options)).estimate(job); });
}

} // namespace likeness
