// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/study/plan.h"
#include "core/study/scoring.h"
#include "db/eventlog.h"
#include "db/studyrepository.h"
#include "db/workflow/csv.h"
#include "db/workflow/studying.h"

#include <map>
#include <set>

namespace likeness {

namespace {

struct Exported {
    StudyRecord study;
    std::vector<RatingEvent> events;
    std::set<std::string> standing; ///< ids of the answers that stand
    std::map<std::string, StudyRepository::Rater> raters;
    std::vector<Plan> plans;
    std::map<std::string, KeyEntry> truth; ///< empty before unblinding
};

/// An answer stands until a later event of its chain supersedes it.
std::set<std::string> standingAnswers(const std::vector<RatingEvent>& events) {
    std::set<std::string> standing;
    for (const RatingEvent& event : events) {
        if (event.supersedes)
            standing.erase(*event.supersedes);
        if (event.kind == EventKind::answer)
            standing.insert(event.id);
    }
    return standing;
}

Exported gather(Project& project, const std::string& study) {
    Exported data;
    data.study = project.study(study);
    StudyRepository& repository = project.studyRepository();
    data.events = repository.events(data.study.id);
    data.standing = standingAnswers(data.events);
    for (const auto& rater : repository.raters(data.study.id))
        data.raters.emplace(rater.rater, rater);
    for (const Json& plan : repository.packageSource(data.study.id).plans)
        data.plans.push_back(planFromJson(plan));
    if (const auto key = repository.openedKey(data.study.id)) {
        for (const KeyEntry& entry : keyEntries(*key))
            data.truth.emplace(entry.stimulusId, entry);
    }
    return data;
}

const PlanItem* planItem(const Exported& data, const RatingEvent& event) {
    const auto rater = data.raters.find(event.rater);
    if (rater == data.raters.end())
        return nullptr;
    const auto slot = static_cast<std::size_t>(rater->second.slot);
    if (slot < 1 || slot > data.plans.size())
        return nullptr;
    for (const PlanItem& item : data.plans[slot - 1].items) {
        if (item.seq == event.planSeq)
            return &item;
    }
    return nullptr;
}

void addRow(CsvTable& table, const Exported& data, const RatingEvent& event) {
    const PlanItem* item = planItem(data, event);
    table.text(data.study.name).text(data.study.definitionSha256).text(event.rater);
    table.text(event.simulated ? "yes" : "no")
        .text(event.session)
        .number(event.seq)
        .number(event.planSeq);
    if (item != nullptr)
        table.number(std::int64_t{item->block}).text(toString(item->kind));
    else
        table.missing().missing();
    if (item != nullptr && item->repeatOf)
        table.number(std::int64_t{*item->repeatOf});
    else
        table.missing();
    table.text(event.stimulus).text(toString(event.kind));
    if (event.value)
        table.number(*event.value);
    else
        table.missing();
    table.text(data.standing.contains(event.id) ? "yes" : "no");
    table.number(static_cast<double>(event.rtNs) / 1e6).text(event.utc).text(event.input);
    if (data.truth.empty())
        return;
    const auto truth = data.truth.find(event.stimulus);
    if (truth == data.truth.end()) {
        table.missing().missing().missing().missing();
        return;
    }
    table.text(truth->second.setName).text(toString(truth->second.origin));
    table.text(truth->second.generator).text(truth->second.sampleId);
}

std::string csvOf(const Exported& data) {
    std::vector<std::string> header = {"study",    "definition_sha256",
                                       "rater",    "simulated",
                                       "session",  "event",
                                       "trial",    "block",
                                       "kind",     "repeat_of",
                                       "stimulus", "action",
                                       "value",    "standing",
                                       "rt_ms",    "utc",
                                       "input"};
    if (!data.truth.empty())
        header.insert(header.end(), {"set", "origin", "generator", "sample"});
    CsvTable table(header);
    for (const RatingEvent& event : data.events) {
        addRow(table, data, event);
        table.endRow();
    }
    return table.content();
}

std::string jsonOf(Project& project, const Exported& data, JobContext& job) {
    StudyRepository& repository = project.studyRepository();
    const PackageSource source = repository.packageSource(data.study.id);
    Json document = {{"study", data.study.name},
                     {"definition_sha256", data.study.definitionSha256},
                     {"public_definition", source.definition},
                     {"plans", source.plans},
                     {"events", Json::array()},
                     {"unblinded", !data.truth.empty()}};
    for (const RatingEvent& event : data.events)
        document["events"].push_back(Json::parse(toLine(event)));
    if (!data.truth.empty()) {
        document["key"] = *repository.openedKey(data.study.id);
        document["results"] = toJson(studyResults(project, data.study.id, job));
    }
    return document.dump(2) + "\n";
}

} // namespace

void exportStudy(Project& project,
                 const std::string& study,
                 const std::string& format,
                 const std::filesystem::path& out,
                 JobContext& job) {
    if (format != "csv" && format != "json")
        throw Error(ErrorCode::unsupported, "export format " + format,
                    "this version writes csv and json", "choose one of them");
    const Exported data = gather(project, study);
    job.report(0.5, "Writing " + out.filename().string());
    writeFileDurably(out,
                     std::string_view(format == "csv" ? csvOf(data) : jsonOf(project, data, job)));
}

} // namespace likeness
