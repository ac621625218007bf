// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/studying.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/study/blinding.h"
#include "core/study/definition.h"
#include "core/study/scoring.h"
#include "core/study/simulate.h"
#include "db/database.h"
#include "db/package.h"
#include "db/ratingsession.h"
#include "db/ratingsfile.h"
#include "db/signing.h"
#include "db/studyrepository.h"

#include <set>

namespace likeness {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> setNames(const StudyDefinition& definition) {
    std::vector<std::string> names = {definition.referenceSet};
    names.insert(names.end(), definition.sets.begin(), definition.sets.end());
    return names;
}

void checkSet(const SetRecord& set, const StudyDefinition& definition) {
    const bool reference = set.name == definition.referenceSet;
    if (set.domain != definition.domain)
        throw Error(ErrorCode::config, "set " + set.name,
                    "it holds " + std::string(toString(set.domain)) + " images, the study is of " +
                        std::string(toString(definition.domain)),
                    "choose sets of one domain");
    if (reference == (set.origin == Origin::synthetic))
        throw Error(ErrorCode::config, "set " + set.name,
                    reference ? "the reference must not be synthetic"
                              : "the sets under judgement must be synthetic",
                    "exchange the sets in the definition");
    if (set.masks)
        throw Error(ErrorCode::config, "set " + set.name, "it holds masks",
                    "choose a set of images");
}

struct Gathered {
    std::vector<StimulusCandidate> candidates;
    std::vector<SampleRecord> samples; ///< parallel to candidates
    std::vector<SetRecord> sets;       ///< likewise
};

Gathered gather(Project& project, const StudyDefinition& definition) {
    Gathered gathered;
    for (const std::string& name : setNames(definition)) {
        const SetRecord set = project.set(name);
        checkSet(set, definition);
        for (const SampleRecord& sample : project.samples(set.id)) {
            gathered.candidates.push_back(
                {sample.id, set.name, sample.specimen, sample.pixelsSha256});
            gathered.samples.push_back(sample);
            gathered.sets.push_back(set);
        }
    }
    return gathered;
}

/// Generator names as results print them; two sets of one generator are told apart by their names.
std::vector<StimulusSource> loadSources(Project& project,
                                        const Gathered& gathered,
                                        const std::vector<std::size_t>& drawn,
                                        JobContext& job) {
    std::vector<StimulusSource> sources;
    for (const std::size_t i : drawn) {
        job.throwIfStopped();
        const SampleRecord& sample = gathered.samples[i];
        const SetRecord& set = gathered.sets[i];
        Volume pixels = project.pixels(sample);
        if (pixels.depth() != 1)
            throw Error(ErrorCode::unsupported, "set " + set.name, "its samples are volumes",
                        "import the stack as single slices, studies show images");
        if (!sources.empty() && sources.front().pixels.type() != pixels.type())
            throw Error(ErrorCode::config, "set " + set.name,
                        "its pixels are of another type than those of " + sources.front().setName +
                            ", so one grey mapping would give the source away",
                        "convert the sets to one pixel type before importing them");
        sources.push_back(
            {sample.id, set.name, set.origin, set.generator, sample.specimen, std::move(pixels)});
    }
    return sources;
}

SimulatedRaterSettings simulatedSettings(const StudyDefinition& definition,
                                         const SimulatedPanel& panel) {
    SimulatedRaterSettings settings;
    settings.protocol = definition.protocol;
    settings.sensitivity = panel.sensitivity;
    settings.seed = panel.seed;
    return settings;
}

void answerAll(RatingSession& session, const SimulatedRater& rater, JobContext& job) {
    std::int64_t clock = 1'000'000'000;
    while (const auto item = session.current()) {
        job.throwIfStopped();
        const SimulatedRater::Answer given = rater.answer(*item);
        RatingSession::Answer answer;
        answer.value = given.value;
        answer.firstFrameNs = clock;
        answer.answeredNs = clock + static_cast<std::int64_t>(given.rtMs * 1e6);
        clock = answer.answeredNs + 500'000'000;
        session.answer(answer);
    }
}

/// People's ratings and simulated ones never meet in one study: nobody could tell later what a
/// result rests on.
void refuseMixing(const StudyRecord& study, bool simulated) {
    if (study.answers > 0 && study.simulated != simulated)
        throw Error(ErrorCode::conflict, "study " + study.name,
                    study.simulated ? "it holds the answers of simulated raters"
                                    : "it holds the answers of people",
                    "make a second study from the same definition");
}

std::vector<MetricBeside>
metricsBeside(Project& project, const StudyResults& results, const StudyDefinition& definition) {
    std::vector<MetricBeside> beside;
    const auto reference = project.findSet(definition.referenceSet);
    std::set<std::string> seen;
    for (const ConditionRow& row : results.byGenerator) {
        const auto set = project.findSet(row.setName);
        if (!set || !reference || !seen.insert(row.setName).second)
            continue;
        for (const MetricRecord& m : project.metrics(set->id)) {
            if (m.sampleId || m.referenceSetId != reference->id)
                continue;
            beside.push_back(
                {row.setName, m.metric, m.value, m.lo, m.hi, m.n, m.unit, m.reasonIfNull});
        }
    }
    return beside;
}

} // namespace

StudyRecord createStudy(Project& project, const Json& definition) {
    const StudyDefinition parsed = definitionFromJson(definition);
    for (const std::string& name : setNames(parsed))
        checkSet(project.set(name), parsed);
    return project.studyRepository().addDraft(parsed.name, std::string(toString(parsed.protocol)),
                                              toJson(parsed));
}

FreezeResult freezeStudy(Project& project, const std::string& study, JobContext& job) {
    const StudyRecord draft = project.study(study);
    if (draft.state != StudyState::draft)
        throw Error(ErrorCode::conflict, "study " + draft.name, "it is frozen already",
                    "make a new study to change anything");
    const StudyDefinition definition = definitionFromJson(draft.definition);
    // A new secret for each study: ids tell nothing even to somebody who has the pixels.
    const std::string secret = randomId(32);
    job.report(0.05, "Drawing stimuli");
    const Gathered gathered = gather(project, definition);
    const Drawn drawn = drawStimuli(definition, gathered.candidates, secret);
    const auto sources = loadSources(project, gathered, drawn.indices, job);
    JobContext freezing = job.part(0.3, 0.9);
    FrozenStudy frozen = freeze(definition, sources, secret, freezing);
    frozen.warnings.insert(frozen.warnings.begin(), drawn.warnings.begin(), drawn.warnings.end());
    project.studyRepository().freeze(draft.id, frozen, project.leadKeys());
    job.report(1.0, "Study frozen");
    return {project.study(draft.id), std::move(frozen.warnings)};
}

void bundleStudy(Project& project, const std::string& study, const fs::path& out, JobContext& job) {
    job.report(0.1, "Writing the study package");
    writePackage(out, project.studyRepository().packageSource(project.study(study).id),
                 project.leadKeys());
}

StudyRecord simulateStudy(Project& project,
                          const std::string& study,
                          const SimulatedPanel& panel,
                          JobContext& job) {
    const StudyRecord record = project.study(study);
    const StudyDefinition definition = definitionFromJson(record.definition);
    refuseMixing(record, true);
    if (panel.raters < 1)
        throw Error(ErrorCode::config, "simulated raters", "there must be at least one",
                    "give a number");
    const Json key = project.studyRepository().keyForSimulation(record.id, project.leadKeys());
    const TemporaryFolder work(project.folder());
    const fs::path package = work.path() / "simulated.study";
    bundleStudy(project, study, package, job);
    Database::Transaction transaction(project.database());
    for (int i = 0; i < panel.raters; ++i) {
        job.report(static_cast<double>(i) / panel.raters, "Simulating raters");
        RatingSession::Start start;
        start.package = package;
        start.store = work.path() / "store";
        start.rater = "simulated-" + std::to_string(i + 1);
        start.slot = i % definition.raters + 1;
        start.simulated = true;
        RatingSession session(start);
        SimulatedRaterSettings settings = simulatedSettings(definition, panel);
        answerAll(session, SimulatedRater(settings, keyEntries(key), i + 1), job);
        const fs::path ratings = session.exportRatings(work.path());
        const auto merged = project.studyRepository().mergeRatings(record.id, readRatings(ratings));
        if (!merged.conflicts.empty())
            throw Error(ErrorCode::conflict, "study " + record.name,
                        "it holds the answers of a simulated panel already",
                        "make a second study from the same definition");
    }
    transaction.commit();
    return project.study(record.id);
}

MergeResult mergeRatings(Project& project,
                         const std::string& study,
                         const std::vector<fs::path>& files,
                         JobContext& job) {
    const StudyRecord record = project.study(study);
    MergeResult result;
    Database::Transaction transaction(project.database());
    for (std::size_t i = 0; i < files.size(); ++i) {
        job.throwIfStopped();
        job.report(static_cast<double>(i) / static_cast<double>(files.size()), "Merging ratings");
        const RatingsFile ratings = readRatings(files[i]);
        refuseMixing(project.study(record.id), ratings.header.simulated);
        const auto merged = project.studyRepository().mergeRatings(record.id, ratings);
        result.added += merged.added;
        result.duplicates += merged.duplicates;
        result.conflicts.insert(result.conflicts.end(), merged.conflicts.begin(),
                                merged.conflicts.end());
    }
    transaction.commit();
    return result;
}

StudyRecord unblindStudy(Project& project,
                         const std::string& study,
                         const std::string& reason,
                         const std::string& by) {
    const StudyRecord record = project.study(study);
    (void)project.studyRepository().unblind(record.id, project.leadKeys(), reason, by);
    return project.study(record.id);
}

StudyResults studyResults(Project& project, const std::string& study, JobContext& job) {
    const StudyRecord record = project.study(study);
    const auto key = project.studyRepository().openedKey(record.id);
    if (!key)
        throw Error(ErrorCode::conflict, "study " + record.name, "it is not unblinded",
                    "unblind it first, with a reason");
    const StudyDefinition definition = definitionFromJson(record.definition);
    ResultsInput input;
    input.protocol = definition.protocol;
    input.levels = definition.levels();
    input.answers = project.studyRepository().currentAnswers(record.id);
    input.key = keyEntries(*key);
    input.seed = definition.seed;
    job.throwIfStopped();
    job.report(0.2, "Scoring the ratings");
    StudyResults results = score(input);
    results.versusMetrics = metricsBeside(project, results, definition);
    return results;
}

} // namespace likeness
