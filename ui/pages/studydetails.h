// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"
#include "ui/widgets/detailspanel.h"

#include <QString>

namespace likeness {

/// What is known of a study: state, words, sets, times, hash.
[[nodiscard]] DetailsPanel::Rows studyRows(const StudyRecord& study);

/// How far its raters are; no rows before it is frozen.
[[nodiscard]] DetailsPanel::Rows progressRows(const StudyRecord& study);

/// What the lead does next, in one or two sentences.
[[nodiscard]] QString nextStep(const StudyRecord& study);

} // namespace likeness
