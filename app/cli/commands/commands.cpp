// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"

#include <algorithm>
#include <iterator>

namespace likeness::cli {

namespace {

using Rows = std::vector<Command> (*)();

/// In the order of the help.
constexpr Rows kTable[] = {
    doctorCommands,   infoCommands,       convertCommands,    phantomCommands, projectCommands,
    trashCommands,    annotationCommands, generationCommands, editingCommands, exploringCommands,
    externalCommands, metricsCommands,    describeCommands,   compareCommands, neighboursCommands,
    studyCommands,    statsCommands,      benchCommands,      demoCommands};

} // namespace

const std::vector<Command>& commandTable() {
    static const std::vector<Command> table = [] {
        std::vector<Command> all;
        for (const Rows rows : kTable)
            std::ranges::move(rows(), std::back_inserter(all));
        return all;
    }();
    return table;
}

} // namespace likeness::cli
