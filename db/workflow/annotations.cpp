// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/annotations.h"

#include "db/project.h"
#include "db/workflow/csv.h"

#include <array>
#include <charconv>
#include <map>

namespace likeness {

namespace {

std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

AnnotationRow rowOf(AnnotationRecord record, const SampleRecord& sample, const std::string& set) {
    AnnotationRow row;
    row.area = areaOf(record.mark);
    if (row.area && sample.voxelUm) {
        const auto axes = pictureAxes(record.mark.axis);
        row.areaUm2 = areaOf(record.mark, {(*sample.voxelUm)[axes[0]], (*sample.voxelUm)[axes[1]]});
    }
    row.record = std::move(record);
    row.set = set;
    row.index = sample.index;
    return row;
}

} // namespace

std::vector<AnnotationRow> annotationRows(Project& project,
                                          const std::optional<std::string>& setId,
                                          const std::optional<std::string>& sampleId) {
    std::map<std::string, std::string> names;
    for (const SetRecord& set : project.sets())
        names.emplace(set.id, set.name);
    std::map<std::string, SampleRecord> samples;
    std::vector<AnnotationRow> rows;
    for (AnnotationRecord& record : project.annotations().all(sampleId)) {
        auto found = samples.find(record.sampleId);
        if (found == samples.end())
            found = samples.emplace(record.sampleId, project.sample(record.sampleId)).first;
        const SampleRecord& sample = found->second;
        if (!setId || sample.setId == *setId)
            rows.push_back(rowOf(std::move(record), sample, names[sample.setId]));
    }
    return rows;
}

std::string axisName(int axis) {
    return axis == 0 ? "x" : axis == 1 ? "y" : "z";
}

std::string pointsText(const std::vector<std::array<double, 2>>& points) {
    std::string text;
    for (const auto& point : points)
        text += (text.empty() ? "" : "; ") + shortest(point[0]) + " " + shortest(point[1]);
    return text;
}

std::string annotationsCsv(const std::vector<AnnotationRow>& rows) {
    CsvTable table({"annotation", "set", "sample", "index", "kind", "axis", "slice", "points",
                    "area_px", "area_um2", "text", "author", "created_at", "changed_at"});
    for (const AnnotationRow& row : rows) {
        const Annotation& mark = row.record.mark;
        table.text(row.record.id).text(row.set).text(row.record.sampleId).number(row.index);
        table.text(toString(mark.kind)).text(axisName(mark.axis)).number(mark.slice);
        table.text(pointsText(mark.points)).number(row.area).number(row.areaUm2);
        table.text(mark.text).text(row.record.author);
        table.text(row.record.createdAt).text(row.record.changedAt);
        table.endRow();
    }
    return table.content();
}

} // namespace likeness
