// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/results.h"

#include <string>

namespace likeness::cli {

/// The results table for a terminal or a report in Markdown.
[[nodiscard]] std::string resultsText(const StudyResults& results);

} // namespace likeness::cli
