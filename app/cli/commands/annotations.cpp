// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/annotations.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/files.h"
#include "db/project.h"

#include <charconv>
#include <limits>

namespace likeness::cli {

namespace {

constexpr std::string_view kPointsWord = "X,Y[;X,Y...]";

OrderedJson annotationJson(const AnnotationRow& row) {
    const Annotation& mark = row.record.mark;
    OrderedJson points = OrderedJson::array();
    for (const auto& point : mark.points)
        points.push_back({point[0], point[1]});
    return {{"id", row.record.id},
            {"set", row.set},
            {"sample", row.record.sampleId},
            {"index", row.index},
            {"kind", toString(mark.kind)},
            {"axis", axisName(mark.axis)},
            {"slice", mark.slice},
            {"points", points},
            {"area_px", row.area ? OrderedJson(*row.area) : OrderedJson(nullptr)},
            {"area_um2", row.areaUm2 ? OrderedJson(*row.areaUm2) : OrderedJson(nullptr)},
            {"text", mark.text},
            {"author", row.record.author},
            {"created_at", row.record.createdAt},
            {"changed_at", row.record.changedAt}};
}

Output listed(const std::vector<AnnotationRow>& rows) {
    Output output;
    OrderedJson annotations = OrderedJson::array();
    for (const AnnotationRow& row : rows) {
        const Annotation& mark = row.record.mark;
        annotations.push_back(annotationJson(row));
        output.text += row.record.id + ": " + std::string(toString(mark.kind)) + " in " + row.set +
                       " " + std::to_string(row.index) + ", slice " + std::to_string(mark.slice) +
                       " along " + axisName(mark.axis) + ", " + pointsText(mark.points) +
                       (mark.text.empty() ? "" : ": " + mark.text) + "\n";
    }
    output.json = {{"annotations", annotations}};
    if (rows.empty())
        output.text = "There are no annotations.";
    return output;
}

Output runList(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    Project project = Project::open(arguments.word(0, "DIR"));
    std::optional<std::string> setId;
    if (const auto name = arguments.text("--set"))
        setId = project.set(*name).id;
    const auto sample = arguments.text("--sample");
    if (sample)
        static_cast<void>(project.sample(*sample)); // an unknown one is an error, not an empty list
    const auto rows = annotationRows(project, setId, sample);
    Output output = listed(rows);
    if (const auto out = arguments.text("--out")) {
        writeFileDurably(*out, annotationsCsv(rows));
        output.json["out"] = *out;
        output.text = "Wrote " + counted(rows.size(), "annotation") + " to " + *out;
    }
    return output;
}

std::optional<double> numberOf(std::string_view word) {
    double value = 0.0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    return read.ec == std::errc() && read.ptr == word.data() + word.size() ? std::optional(value)
                                                                           : std::nullopt;
}

std::vector<std::array<double, 2>> pointsOf(const std::string& text) {
    std::vector<std::array<double, 2>> points;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(';', at), text.size());
        const std::string word = text.substr(at, end - at);
        const std::size_t comma = std::min(word.find(','), word.size());
        const auto x = numberOf(std::string_view(word).substr(0, comma));
        const auto y =
            comma < word.size() ? numberOf(std::string_view(word).substr(comma + 1)) : std::nullopt;
        if (!x || !y)
            throw UsageError("--points got \"" + text + "\" (form: " + std::string(kPointsWord) +
                             ")");
        points.push_back({*x, *y});
        at = end + 1;
    }
    return points;
}

/// What the options say over what stands.
Annotation markOf(const Arguments& arguments, Annotation mark) {
    if (const auto kind = arguments.text("--kind")) {
        const auto known = annotationKindFrom(*kind);
        if (!known)
            throw UsageError("--kind got \"" + *kind + "\" (known: point box polygon)");
        mark.kind = *known;
    }
    if (const auto axis = arguments.text("--axis")) {
        if (*axis != "x" && *axis != "y" && *axis != "z")
            throw UsageError("--axis got \"" + *axis + "\" (known: x y z)");
        mark.axis = (*axis)[0] - 'x';
    }
    if (const auto points = arguments.text("--points"))
        mark.points = pointsOf(*points);
    mark.slice = arguments.integer("--slice", 0, std::numeric_limits<std::int64_t>::max())
                     .value_or(mark.slice);
    mark.text = arguments.text("--text").value_or(mark.text);
    return mark;
}

Output runAnnotate(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    const auto sample = arguments.text("--sample");
    const auto change = arguments.text("--change");
    const auto remove = arguments.text("--remove");
    const auto restore = arguments.text("--restore");
    const int asked = (sample ? 1 : 0) + (change ? 1 : 0) + (remove ? 1 : 0) + (restore ? 1 : 0);
    if (asked != 1)
        throw UsageError("give one of --sample, --change, --remove and --restore");
    if (sample && (!arguments.has("--kind") || !arguments.has("--points")))
        throw UsageError("--sample needs --kind and --points");
    Project project = Project::open(arguments.word(0, "DIR"));
    AnnotationRepository& annotations = project.annotations();
    std::string touched;
    if (sample) {
        touched = annotations.add(*sample, markOf(arguments, {})).id;
    } else if (change) {
        touched = annotations.change(*change, markOf(arguments, annotations.find(*change).mark)).id;
    } else if (remove) {
        annotations.remove(*remove);
        return {.json = {{"removed", *remove}},
                .text = "Removed annotation " + *remove +
                        "; project annotate --restore brings it back"};
    } else {
        touched = annotations.restore(*restore).id;
    }
    std::vector<AnnotationRow> rows;
    for (AnnotationRow& row : annotationRows(project))
        if (row.record.id == touched)
            rows.push_back(std::move(row));
    return listed(rows);
}

} // namespace

std::vector<Command> annotationCommands() {
    return {
        {"project annotations",
         "DIR [--set NAME | --sample ID]",
         "what people marked in the samples of a project",
         {{"--set", "NAME", "only in this set"},
          {"--sample", "ID", "only in this sample"},
          {"--out", "FILE", "write them to a CSV file"}},
         runList},
        {"project annotate",
         "DIR --sample ID --kind point|box|polygon --points X,Y[;X,Y...]",
         "mark a place in a sample, or change, remove or bring back a mark",
         {{"--sample", "ID", "the sample of a new annotation"},
          {"--change", "ID", "the annotation to change; what is not given stays"},
          {"--remove", "ID", "the annotation to remove"},
          {"--restore", "ID", "the annotation to bring back"},
          {"--kind", "point|box|polygon", "a box has two opposite corners"},
          {"--points", kPointsWord, "pixels of the plane; (0.5, 0.5) is the first one's middle"},
          {"--axis", "x|y|z", "axis along which the plane is seen (default z)"},
          {"--slice", "N", "the plane, from 0 (default 0)"},
          {"--text", "TEXT", "what is to be said of it"}},
         runAnnotate},
    };
}

} // namespace likeness::cli
