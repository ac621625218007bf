// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <array>
#include <string>
#include <vector>

namespace likeness::cli {

inline constexpr std::array<Option, 3> kCommonOptions = {{
    {"--json", "", "print one JSON document and nothing else"},
    {"--quiet", "", "no progress on stderr"},
    {"--help", "", "this text"},
}};

[[nodiscard]] std::string programHelp();
[[nodiscard]] std::string commandHelp(const Command& command);

/// The commands that begin with `group`; empty if there are none.
[[nodiscard]] std::string groupHelp(const std::string& group);

/// Why these words are no command, and what there is instead.
[[nodiscard]] std::string unknownCommand(const std::vector<std::string>& words);

} // namespace likeness::cli
