// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/base/job.h"
#include "core/base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace likeness::cli {

/// What a command leaves: the JSON document of cli.md's contract, and the same for people.
struct Output {
    OrderedJson json = OrderedJson::object();
    std::string text;

    /// What failed although other parts were done: a line each on stderr, and exit code 1. The JSON
    /// says it too.
    std::vector<std::string> failures = {};

    /// The user stopped it, and what was finished by then is kept: exit code 130.
    bool interrupted = false;
};

/// One command; a row of the table in commands.cpp. All of them also take --json, --quiet and
/// --help.
struct Command {
    std::string_view name;    ///< "info", "project add"
    std::string_view usage;   ///< the words after it: "DIR PATH..."
    std::string_view summary; ///< one line
    std::vector<Option> options;
    Output (*run)(const Arguments& arguments, JobContext& job) = nullptr;
};

/// All commands of this version, in the order of the help.
[[nodiscard]] const std::vector<Command>& commandTable();

/// Options that several commands share.
inline constexpr Option kSeedOption = {"--seed", "N", "seed of every random draw (default 0)"};
inline constexpr Option kDeviceOption = {"--device", "auto|cpu|cuda[:i]",
                                         "where networks run (default auto)"};
inline constexpr Option kThreadsOption = {"--threads", "N",
                                          "threads of the worker (default: all cores)"};
inline constexpr Option kPrecisionOption = {
    "--precision", "auto|float32|bfloat16",
    "of convolutions (default auto: train measures, a resumed run goes on as it was; images of "
    "diffusion models are drawn in bfloat16 where the processor multiplies it itself)"};

} // namespace likeness::cli
