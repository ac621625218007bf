// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/definition.h"
#include "ui/models/projectsession.h"

#include <QStringList>

namespace likeness {

/// What a definition means for the raters, before anything is frozen.
struct StudyCounts {
    std::int64_t stimuli = 0;
    std::int64_t repeats = 0;
    std::int64_t trials = 0;
    double minutes = 0.0;
};

/// Seconds that a rater takes for one image of such studies (median of published reader studies: 6
/// to 9 s).
inline constexpr double kSecondsPerTrial = 7.0;

/// How long a rater sits for so many trials.
[[nodiscard]] double sittingMinutes(std::int64_t trials, int gapMs);

[[nodiscard]] StudyCounts studyCounts(const StudyDefinition& definition,
                                      std::int64_t referenceAvailable);

struct StudyFinding {
    bool blocks = false; ///< the study cannot be made like this
    QString sentence;
};

/// Faults of the definition itself, then what the project's sets say to it.
[[nodiscard]] std::vector<StudyFinding> studyFindings(const StudyDefinition& definition,
                                                      const ProjectSnapshot& snapshot);

} // namespace likeness
