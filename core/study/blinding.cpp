// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/blinding.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/study/canonical.h"
#include "core/study/canonicaljson.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace likeness {

namespace {

constexpr std::size_t kMinimumSecret = 16;

void checkSources(const StudyDefinition& definition,
                  const std::vector<StimulusSource>& sources,
                  std::string_view secret) {
    const auto refuse = [&](const std::string& why, const std::string& remedy) {
        throw Error(ErrorCode::config, "study '" + definition.name + "'", why, remedy);
    };
    if (secret.size() < kMinimumSecret)
        refuse("the secret is shorter than 16 bytes", "make one from the system's random bytes");
    std::set<std::string> wanted(definition.sets.begin(), definition.sets.end());
    wanted.insert(definition.referenceSet);
    std::set<std::string> seen;
    std::set<std::string> samples;
    for (const StimulusSource& source : sources) {
        if (!wanted.contains(source.setName))
            refuse("set '" + source.setName + "' is not part of the definition",
                   "add it to 'sets'");
        if (!samples.insert(source.sampleId).second)
            refuse("sample " + source.sampleId + " was drawn twice", "draw each sample once");
        seen.insert(source.setName);
    }
    for (const std::string& set : wanted) {
        if (!seen.contains(set))
            refuse("no sample was drawn from set '" + set + "'", "add samples to it");
    }
}

// One stimulus with its source, sorted by id.
struct Blinded {
    std::string id;
    std::string pixelsSha256; // canonical
    std::size_t source = 0;
    Volume pixels;
};

std::vector<Blinded>
blinded(const std::vector<StimulusSource>& sources, CanonicalSet& set, std::string_view secret) {
    std::vector<Blinded> stimuli;
    for (std::size_t i = 0; i < sources.size(); ++i)
        stimuli.push_back({{}, canonicalPixelsSha256(set.images[i]), i, std::move(set.images[i])});
    std::sort(stimuli.begin(), stimuli.end(), [&](const Blinded& a, const Blinded& b) {
        return std::tie(a.pixelsSha256, sources[a.source].sampleId) <
               std::tie(b.pixelsSha256, sources[b.source].sampleId);
    });
    int twin = 0;
    for (std::size_t i = 0; i < stimuli.size(); ++i) {
        twin = i > 0 && stimuli[i].pixelsSha256 == stimuli[i - 1].pixelsSha256 ? twin + 1 : 0;
        stimuli[i].id =
            keyedHash(secret, "stimulus " + stimuli[i].pixelsSha256 + " " + std::to_string(twin))
                .substr(0, 32);
    }
    std::sort(stimuli.begin(), stimuli.end(),
              [](const Blinded& a, const Blinded& b) { return a.id < b.id; });
    return stimuli;
}

void warnOfTwins(const std::vector<Blinded>& stimuli,
                 const std::vector<StimulusSource>& sources,
                 std::vector<std::string>& warnings) {
    std::map<std::string, const StimulusSource*> first;
    for (const Blinded& stimulus : stimuli) {
        const StimulusSource& source = sources[stimulus.source];
        const auto [place, isNew] = first.emplace(stimulus.pixelsSha256, &source);
        if (!isNew)
            warnings.push_back("Samples " + place->second->sampleId + " (set '" +
                               place->second->setName + "') and " + source.sampleId + " (set '" +
                               source.setName + "') show the same pixels.");
    }
}

std::string lowered(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// Names of sets and generators in a text that raters read.
void warnOfNames(const StudyDefinition& definition,
                 const std::vector<StimulusSource>& sources,
                 std::vector<std::string>& warnings) {
    // The default words ("real scan") are no hint even where a set is called "scan".
    std::string shown = definition.title + "\n" + definition.instructions;
    if (definition.question != defaultQuestion(definition.protocol))
        shown += "\n" + definition.question;
    if (definition.labels != defaultLabels(definition.protocol)) {
        for (const std::string& label : definition.labels)
            shown += "\n" + label;
    }
    shown = lowered(shown);
    std::set<std::string> names;
    for (const StimulusSource& source : sources) {
        names.insert(source.setName);
        names.insert(source.generator);
    }
    for (const std::string& name : names) {
        if (name.size() >= 4 && shown.find(lowered(name)) != std::string::npos)
            warnings.push_back("A text that raters read holds the name '" + name + "'.");
    }
}

// Classes as the run limit sees them; only their equality matters.
std::string stimulusClass(const StudyDefinition& definition, const StimulusSource& source) {
    if (definition.protocol == Protocol::acr)
        return source.setName;
    return source.origin == Origin::synthetic ? "synthetic" : "reference";
}

PlanRules rulesOf(const StudyDefinition& d) {
    return {d.maxRun, d.repeats, d.blockSize};
}

std::uint64_t planSeed(const StudyDefinition& definition, std::string_view secret) {
    const std::string hex =
        keyedHash(secret, "plan seed " + std::to_string(definition.seed)).substr(0, 16);
    return std::stoull(hex, nullptr, 16);
}

Json publicDefinition(const StudyDefinition& d,
                      const AppliedMapping& mapping,
                      const FrozenStudy& study) {
    Json levels = Json::array();
    for (std::size_t i = 0; i < d.labels.size(); ++i)
        levels.push_back({{"value", i + 1}, {"label", d.labels[i]}});
    Json stimuli = Json::array();
    for (const FrozenStimulus& stimulus : study.stimuli)
        stimuli.push_back({{"id", stimulus.id}, {"sha256", stimulus.pixelsSha256}});
    Json plans = Json::array();
    for (const Plan& plan : study.plans)
        plans.push_back(
            {{"slot", plan.slot}, {"trials", plan.items.size()}, {"sha256", plan.sha256}});
    return {{"format", "likeness-study-1"},
            {"protocol", toString(d.protocol)},
            {"title", d.title},
            {"question", d.question},
            {"instructions", d.instructions},
            {"levels", std::move(levels)},
            {"timing",
             {{"min_view_ms", d.minViewMs}, {"gap_ms", d.gapMs}, {"block_size", d.blockSize}}},
            {"image",
             {{"width", mapping.width},
              {"height", mapping.height},
              {"channels", mapping.channels},
              {"bits", mapping.type == PixelType::u16 ? 16 : 8},
              {"byte_order", "little"}}},
            {"stimuli", std::move(stimuli)},
            {"plans", std::move(plans)},
            {"random", Random::kName},
            {"plan_algorithm", Plan::kAlgorithm}};
}

Json keyOf(const StudyDefinition& definition,
           const AppliedMapping& mapping,
           const std::vector<StimulusSource>& sources,
           const std::vector<Blinded>& stimuli) {
    Json entries = Json::array();
    for (const Blinded& stimulus : stimuli) {
        const StimulusSource& source = sources[stimulus.source];
        entries.push_back({{"id", stimulus.id},
                           {"sample", source.sampleId},
                           {"set", source.setName},
                           {"origin", toString(source.origin)},
                           {"generator", source.generator},
                           {"specimen", source.specimen}});
    }
    return {{"format", "likeness-key-1"},
            {"definition", toJson(definition)},
            {"stimuli", std::move(entries)},
            {"mapping",
             {{"low", mapping.low},
              {"high", mapping.high},
              {"clipped_low", mapping.clippedLow},
              {"clipped_high", mapping.clippedHigh}}},
            {"plans", Json::array()}};
}

std::vector<PlanStimulus> planStimuli(const StudyDefinition& definition,
                                      const std::vector<StimulusSource>& sources,
                                      const std::vector<Blinded>& stimuli) {
    std::vector<PlanStimulus> list;
    for (const Blinded& stimulus : stimuli) {
        const StimulusSource& source = sources[stimulus.source];
        list.push_back({stimulus.id, stimulusClass(definition, source), source.specimen});
    }
    return list;
}

StimulusSource sourceFromKey(const Json& entry) {
    StimulusSource source;
    source.setName = entry.at("set").get<std::string>();
    source.specimen = entry.at("specimen").get<std::string>();
    const auto origin = originFrom(entry.at("origin").get<std::string>());
    if (!origin)
        throw Error(ErrorCode::format, "the key of the study",
                    "a stimulus in it has an origin that is not known",
                    "use the key file that was written when the study was frozen");
    source.origin = *origin;
    return source;
}

} // namespace

FrozenStudy freeze(const StudyDefinition& definition,
                   const std::vector<StimulusSource>& sources,
                   std::string_view secret,
                   JobContext& job) {
    checkSources(definition, sources, secret);
    std::vector<CanonicalInput> inputs;
    for (const StimulusSource& source : sources)
        inputs.push_back({source.sampleId, source.pixels});
    JobContext canonicalJob = job.part(0.0, 0.7);
    CanonicalSet set = makeCanonical(inputs, definition.canonical, canonicalJob);
    inputs.clear();
    FrozenStudy study;
    study.warnings = set.warnings;
    const std::vector<Blinded> stimuli = blinded(sources, set, secret);
    warnOfTwins(stimuli, sources, study.warnings);
    warnOfNames(definition, sources, study.warnings);
    for (const Blinded& stimulus : stimuli) {
        const ImageSpan span = stimulus.pixels.span();
        FrozenStimulus frozen{stimulus.id, {span.data, span.data + span.bytes()}, {}};
        frozen.pixelsSha256 = sha256Hex(std::span<const std::byte>(frozen.pixels));
        study.stimuli.push_back(std::move(frozen));
    }
    study.key = keyOf(definition, set.mapping, sources, stimuli);
    const std::vector<PlanStimulus> deck = planStimuli(definition, sources, stimuli);
    const std::uint64_t seed = planSeed(definition, secret);
    for (int slot = 1; slot <= definition.raters; ++slot) {
        job.throwIfStopped();
        job.report(0.7 + 0.3 * slot / definition.raters, "Making plans");
        study.plans.push_back(makePlan(deck, rulesOf(definition), seed, slot));
        study.key["plans"].push_back({{"slot", slot}, {"seed", seed}});
    }
    study.publicDefinition = publicDefinition(definition, set.mapping, study);
    study.definitionSha256 = canonicalSha256(study.publicDefinition);
    study.key["definition_sha256"] = study.definitionSha256;
    return study;
}

std::vector<std::string> verifyPlans(const Json& publicDefinition, const Json& key) {
    std::vector<std::string> faults;
    try {
        const StudyDefinition definition = definitionFromJson(key.at("definition"));
        if (canonicalSha256(publicDefinition) != key.at("definition_sha256").get<std::string>())
            faults.emplace_back("The key belongs to another definition.");
        std::vector<PlanStimulus> deck;
        for (const Json& entry : key.at("stimuli")) {
            const StimulusSource source = sourceFromKey(entry);
            deck.push_back({entry.at("id").get<std::string>(), stimulusClass(definition, source),
                            source.specimen});
        }
        std::map<int, std::string> stored;
        for (const Json& plan : publicDefinition.at("plans"))
            stored[plan.at("slot").get<int>()] = plan.at("sha256").get<std::string>();
        for (const Json& plan : key.at("plans")) {
            const int slot = plan.at("slot").get<int>();
            const Plan again =
                makePlan(deck, rulesOf(definition), plan.at("seed").get<std::uint64_t>(), slot);
            if (stored[slot] != again.sha256)
                faults.push_back("The plan of slot " + std::to_string(slot) +
                                 " is not the one that its seed gives.");
        }
        if (stored.size() != key.at("plans").size())
            faults.emplace_back("The numbers of plans differ.");
    } catch (const Json::exception& e) {
        throw Error(ErrorCode::format, "study key", e.what(), "use the key made at freezing");
    }
    return faults;
}

} // namespace likeness
