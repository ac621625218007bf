// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <string>

namespace likeness::cli {

/// Progress on stderr: on a terminal a bar with rate and time left that is redrawn, elsewhere a
/// plain line whenever the stage changes or ten seconds have passed. Work that is done at once
/// shows nothing. Called on the job's thread.
class ProgressLine {
public:
    ProgressLine();
    void show(const Progress& progress);

    /// Leaves the terminal's cursor on a fresh line.
    void finish();

private:
    [[nodiscard]] std::string tail(const Progress& progress) const;

    bool m_terminal;
    double m_started;
    bool m_open = false;
    double m_last = -1e9;
    std::string m_stage;
};

} // namespace likeness::cli
