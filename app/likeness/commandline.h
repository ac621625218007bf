// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/likeness/application.h"

class QApplication;

namespace likeness {

struct CommandLine {
    LaunchOptions options;
    bool exitAfterStartUp = false;
    bool benchViewers = false;
};

/// Reads the program's arguments. Ends the program for --help, --version and, with one sentence and
/// exit code 2, for what it cannot take: a rater must never get another plan than the one typed.
[[nodiscard]] CommandLine parseCommandLine(const QApplication& application);

} // namespace likeness
