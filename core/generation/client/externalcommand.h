// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

/// A program of the user's, run by /bin/sh in a process group of its own, with nothing on standard
/// input.
struct ExternalCommand {
    std::string command;
    std::filesystem::path folder;  ///< to work in
    std::optional<double> seconds; ///< that it may take
};

struct ExternalEnd {
    int exitCode = 0; ///< 128 + n: ended by signal n
    bool stopped = false;
    bool timedOut = false;
    double seconds = 0.0;
    std::string lastWords; ///< the end of what it printed, at most 4 KiB
};

/// Runs it to its end. `line` gets each line that it prints, `tick` is called every 50 ms. A stop
/// request or the end of its time kills the whole group within 200 ms; so does an exception of
/// either function. What the group leaves running when the program has ended is killed, too.
/// Throws Error(process) if there is no shell.
[[nodiscard]] ExternalEnd runExternal(const ExternalCommand& command,
                                      const JobContext& job,
                                      const std::function<void(std::string_view)>& line,
                                      const std::function<void()>& tick);

/// `text` as one word of the shell.
[[nodiscard]] std::string shellQuoted(std::string_view text);

} // namespace likeness
