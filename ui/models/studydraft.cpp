// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/studydraft.h"

#include "core/study/plan.h"
#include "ui/words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <set>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(StudyDraft)
};

constexpr std::int64_t kLongSession = 30; // minutes; longer ones tire (ITU-R BT.500)

std::int64_t referenceWanted(const StudyDefinition& definition) {
    if (definition.referenceSamples > 0)
        return definition.referenceSamples;
    const auto synthetic =
        std::int64_t{definition.samplesPerSet} * static_cast<std::int64_t>(definition.sets.size());
    return definition.protocol == Protocol::realOrSynthetic ? synthetic : definition.samplesPerSet;
}

void checkSet(const std::string& name,
              std::int64_t wanted,
              bool isReference,
              const ProjectSnapshot& snapshot,
              std::vector<StudyFinding>& findings) {
    const SetRecord* set = snapshot.findSetNamed(name);
    if (!set)
        return;
    const auto& samples = snapshot.samplesOf(set->id);
    const auto have = static_cast<std::int64_t>(samples.size());
    if (have < wanted)
        findings.push_back({!isReference, Tr::tr("%1 holds %L2 of the %L3 samples wanted.")
                                              .arg(words::text(name))
                                              .arg(static_cast<qlonglong>(have))
                                              .arg(static_cast<qlonglong>(wanted))});
    if (std::any_of(samples.begin(), samples.end(),
                    [](const SampleRecord& sample) { return sample.depth > 1; }))
        findings.push_back({true, Tr::tr("%1 holds volumes: import it as slices to have it rated.")
                                      .arg(words::text(name))});
    if (isReference && set->origin == Origin::phantom)
        findings.push_back(
            {false,
             Tr::tr("%1 is simulated: results speak of a simulated reference, not of real images.")
                 .arg(words::text(name))});
}

void checkSizes(const StudyDefinition& definition,
                const ProjectSnapshot& snapshot,
                std::vector<StudyFinding>& findings) {
    std::set<std::pair<std::int64_t, std::int64_t>> sizes;
    std::set<PixelType> types;
    QStringList typesBySet;
    std::vector<std::string> names = definition.sets;
    names.push_back(definition.referenceSet);
    for (const std::string& name : names) {
        const SetRecord* set = snapshot.findSetNamed(name);
        if (!set)
            continue;
        for (const SampleRecord& sample : snapshot.samplesOf(set->id)) {
            sizes.emplace(sample.width, sample.height);
            types.insert(sample.type);
        }
        const auto& samples = snapshot.samplesOf(set->id);
        if (!samples.empty())
            typesBySet << Tr::tr("%1: %2", "set: pixel type")
                              .arg(words::text(name), words::name(samples.front().type));
    }
    if (sizes.size() > 1)
        findings.push_back(
            {false,
             Tr::tr(
                 "The images differ in size: all are cropped to the largest common middle part.")});
    if (types.size() > 1)
        findings.push_back(
            {true,
             Tr::tr("The images differ in pixel type (%1), which would give the source away: leave "
                    "sets out, or convert them to one type and import them again.")
                 .arg(typesBySet.join(QStringLiteral(", ")))});
}

} // namespace

StudyCounts studyCounts(const StudyDefinition& definition, std::int64_t referenceAvailable) {
    StudyCounts counts;
    counts.stimuli =
        std::int64_t{definition.samplesPerSet} * static_cast<std::int64_t>(definition.sets.size()) +
        std::min(referenceWanted(definition), referenceAvailable);
    counts.repeats = repeatCount(static_cast<int>(counts.stimuli), definition.repeats);
    counts.trials = counts.stimuli + counts.repeats;
    counts.minutes = sittingMinutes(counts.trials, definition.gapMs);
    return counts;
}

double sittingMinutes(std::int64_t trials, int gapMs) {
    return static_cast<double>(trials) * (kSecondsPerTrial + gapMs / 1000.0) / 60.0;
}

std::vector<StudyFinding> studyFindings(const StudyDefinition& definition,
                                        const ProjectSnapshot& snapshot) {
    std::vector<StudyFinding> findings;
    for (const DefinitionFault& fault : validateDefinition(toJson(definition)))
        findings.push_back({true, words::text(fault.message)});
    const bool nameTaken =
        std::any_of(snapshot.studies.begin(), snapshot.studies.end(),
                    [&](const StudyRecord& study) { return study.name == definition.name; });
    if (nameTaken)
        findings.push_back({true, Tr::tr("There is a study of this name already.")});
    for (const std::string& name : definition.sets)
        checkSet(name, definition.samplesPerSet, false, snapshot, findings);
    checkSet(definition.referenceSet, referenceWanted(definition), true, snapshot, findings);
    checkSizes(definition, snapshot, findings);
    const SetRecord* reference = snapshot.findSetNamed(definition.referenceSet);
    const auto available = reference
                               ? static_cast<std::int64_t>(snapshot.samplesOf(reference->id).size())
                               : std::int64_t{0};
    if (studyCounts(definition, available).minutes > static_cast<double>(kLongSession))
        findings.push_back(
            {false,
             Tr::tr("A rater needs more than %1 minutes: fewer images keep people attentive.")
                 .arg(kLongSession)});
    if (definition.raters < 3)
        findings.push_back(
            {false, Tr::tr("Agreement between raters means little with fewer than three raters.")});
    return findings;
}

} // namespace likeness
