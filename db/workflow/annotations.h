// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/annotationrepository.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness {

class Project;

/// An annotation with what a reader of a table needs beside it.
struct AnnotationRow {
    AnnotationRecord record;
    std::string set;            ///< its name
    std::int64_t index = 0;     ///< of the sample in its set, from 0
    std::optional<double> area; ///< pixels; none for points
    std::optional<double> areaUm2;
};

/// Of the whole project, of a set (its id), or of one sample.
[[nodiscard]] std::vector<AnnotationRow>
annotationRows(Project& project,
               const std::optional<std::string>& setId = std::nullopt,
               const std::optional<std::string>& sampleId = std::nullopt);

/// "x", "y" or "z".
[[nodiscard]] std::string axisName(int axis);

/// Points as "12.5 7; 80 9".
[[nodiscard]] std::string pointsText(const std::vector<std::array<double, 2>>& points);

/// One row an annotation, with a head.
[[nodiscard]] std::string annotationsCsv(const std::vector<AnnotationRow>& rows);

} // namespace likeness
