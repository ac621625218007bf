// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help.h"

#include <algorithm>

namespace likeness::cli {

namespace {

/// Parts of the contract that later versions bring.
constexpr std::array<std::string_view, 2> kLater = {"study audit", "study report"};

std::string line(std::string_view left, std::string_view right) {
    constexpr std::size_t kColumn = 26;
    std::string text = "  " + std::string(left);
    text.append(text.size() < kColumn ? kColumn - text.size() : 1, ' ');
    return text.append(right).append("\n");
}

bool inGroup(const Command& command, const std::string& group) {
    return command.name == group || command.name.starts_with(group + " ");
}

} // namespace

std::string programHelp() {
    std::string text =
        "likeness-cli: generate, measure and have experts rate synthetic scientific images\n\n"
        "Usage: likeness-cli COMMAND [SUBCOMMAND] [WORDS] [OPTIONS]\n\nCommands:\n";
    for (const Command& command : commandTable())
        text += line(command.name, command.summary);
    return text +
           "\nlikeness-cli COMMAND --help tells more; likeness-cli --version names the version.\n"
           "Exit codes: 0 done, 1 the operation failed, 2 bad usage, 130 interrupted.\n";
}

std::string commandHelp(const Command& command) {
    std::string text = "Usage: likeness-cli " + std::string(command.name) + " " +
                       std::string(command.usage) + "\n\n" + std::string(command.summary) +
                       "\n\nOptions:\n";
    for (const Option& option : command.options)
        text += line(std::string(option.name) + " " + std::string(option.value), option.help);
    for (const Option& option : kCommonOptions)
        text += line(option.name, option.help);
    return text;
}

std::string groupHelp(const std::string& group) {
    std::string text;
    for (const Command& command : commandTable()) {
        if (inGroup(command, group))
            text += line(command.name, command.summary);
    }
    return text.empty() ? text : "Commands:\n" + text;
}

std::string unknownCommand(const std::vector<std::string>& words) {
    std::string name = words[0];
    std::string known;
    for (const Command& command : commandTable()) {
        if (inGroup(command, words[0]))
            known.append(known.empty() ? "" : ", ").append(command.name);
    }
    if (!known.empty())
        name += words.size() > 1 ? " " + words[1] : std::string();
    if (!known.empty() && words.size() == 1)
        return name + ": name one of its commands (it has: " + known + ")";
    const bool later = std::ranges::find(kLater, name) != kLater.end();
    if (known.empty()) {
        for (const Command& command : commandTable())
            known.append(known.empty() ? "" : ", ").append(command.name);
    }
    return name + ": " +
           (later ? "this version does not have this command yet" : "there is no such command") +
           " (it has: " + known + ")";
}

} // namespace likeness::cli
