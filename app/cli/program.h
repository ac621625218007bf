// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace likeness::cli {

/// The whole program behind main(): finds the command, runs it, prints. Returns the exit code: 0
/// done, 1 the operation failed, 2 bad usage, 130 interrupted.
[[nodiscard]] int runProgram(std::vector<std::string> words);

} // namespace likeness::cli
