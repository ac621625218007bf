// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace likeness::cli {

/// Rows of the table, one function a file. A new command is a new file with such a function, named
/// here and in the table of commands.cpp.
[[nodiscard]] std::vector<Command> annotationCommands();
[[nodiscard]] std::vector<Command> benchCommands();
[[nodiscard]] std::vector<Command> compareCommands();
[[nodiscard]] std::vector<Command> convertCommands();
[[nodiscard]] std::vector<Command> demoCommands();
[[nodiscard]] std::vector<Command> describeCommands();
[[nodiscard]] std::vector<Command> doctorCommands();
[[nodiscard]] std::vector<Command> editingCommands();
[[nodiscard]] std::vector<Command> exploringCommands();
[[nodiscard]] std::vector<Command> externalCommands();
[[nodiscard]] std::vector<Command> generationCommands();
[[nodiscard]] std::vector<Command> infoCommands();
[[nodiscard]] std::vector<Command> metricsCommands();
[[nodiscard]] std::vector<Command> neighboursCommands();
[[nodiscard]] std::vector<Command> phantomCommands();
[[nodiscard]] std::vector<Command> projectCommands();
[[nodiscard]] std::vector<Command> statsCommands();
[[nodiscard]] std::vector<Command> studyCommands();
[[nodiscard]] std::vector<Command> trashCommands();

} // namespace likeness::cli
