// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/demo.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/phantoms/phantom.h"
#include "db/database.h"
#include "db/folders.h"
#include "db/samplerepository.h"
#include "db/workflow/generating.h"
#include "db/workflow/measuring.h"
#include "db/workflow/studying.h"

#include <algorithm>
#include <array>
#include <string>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSeed = 20250726;
constexpr std::int64_t kTrainingSpecimens = 48; ///< of the shipped checkpoints
constexpr std::int64_t kSpecimens = 8;
constexpr std::int64_t kCropSize = 64;
constexpr int kStimuliPerSet = 11; ///< 11 + 11 and two repeats make 24 trials

struct DemoSet {
    Domain domain;
    const char* reference;
    const char* synthetic;
    const char* model;
    std::int64_t
        samples; ///< of the synthetic set; 72 are enough for a Fréchet distance on 64 features
};

constexpr std::array<DemoSet, 3> kSets = {{
    {Domain::rock, "Rock, simulated scans", "Rock, diffusion", "rock-demo.safetensors", 72},
    {Domain::fibre, "Fibre composite, simulated scans", "Fibre composite, diffusion",
     "fibre-demo.safetensors", 24},
    {Domain::root, "Roots, simulated scans", "Roots, diffusion", "root-demo.safetensors", 24},
}};

/// Square crops of simulated scans, each specimen under its own name.
void addReference(Project& project, const DemoSet& demo, JobContext& job) {
    SetRecord set;
    set.name = demo.reference;
    set.domain = demo.domain;
    set.origin = Origin::phantom;
    Database::Transaction transaction(project.database());
    set = project.sampleRepository().addSet(set);
    for (std::int64_t i = 0; i < kSpecimens; ++i) {
        job.throwIfStopped();
        const auto share = [](std::int64_t k) { return static_cast<double>(k) / kSpecimens; };
        JobContext scanning = job.part(share(i), share(i + 1));
        // The checkpoints were trained on the first specimens of this series; these come after
        // them.
        const Phantom phantom =
            makePhantom(demoRequest(demo.domain, kTrainingSpecimens + i), scanning);
        const auto count = phantom.scan.width() / kCropSize;
        for (std::int64_t tile = 0; tile < count * count; ++tile) {
            SampleRecord sample;
            sample.setId = set.id;
            sample.specimen = "phantom " + std::to_string(i + 1);
            sample.truth = phantom.truth;
            (void)project.sampleRepository().addSample(
                sample, phantom.scan.crop({tile % count * kCropSize, tile / count * kCropSize, 0,
                                           kCropSize, kCropSize, 1}));
        }
    }
    transaction.commit();
}

void addSynthetic(Project& project, const DemoSet& demo, JobContext& job) {
    SamplingRequest request;
    request.checkpointId = addCheckpoint(project, shippedModels() / demo.model).id;
    request.setName = demo.synthetic;
    request.count = demo.samples;
    request.seed = kSeed;
    (void)sampleInto(project, request, job);
}

void addMissing(Project& project, const DemoSet& demo, JobContext& job) {
    JobContext reference = job.part(0.0, 0.2);
    if (!project.findSet(demo.reference))
        addReference(project, demo, reference);
    JobContext synthetic = job.part(0.2, 1.0);
    if (!project.findSet(demo.synthetic))
        addSynthetic(project, demo, synthetic);
}

Json studyDefinition(const std::string& name, std::uint64_t seed) {
    const DemoSet& rock = kSets.front();
    return {
        {"name", name},
        {"title", "Rock scans: real or synthetic?"},
        {"instructions",
         "You will see single slices of rock, one at a time. Say how sure you are that each is a "
         "scan. This is a demonstration: the scans in it are simulated, too."},
        {"protocol", "real-or-synthetic"},
        {"domain", toString(rock.domain)},
        {"reference_set", rock.reference},
        {"sets", {rock.synthetic}},
        {"samples_per_set", kStimuliPerSet},
        {"raters", 3},
        {"seed", seed}};
}

void addStudies(Project& project, JobContext& job) {
    JobContext first = job.part(0.0, 0.1);
    (void)createStudy(project, studyDefinition("Demo study", kSeed));
    (void)freezeStudy(project, "Demo study", first);

    const std::string rated = "Demo study, rated";
    JobContext second = job.part(0.1, 0.2);
    (void)createStudy(project, studyDefinition(rated, kSeed + 1));
    (void)freezeStudy(project, rated, second);
    JobContext rating = job.part(0.2, 0.4);
    (void)simulateStudy(project, rated, {3, 1.0, kSeed}, rating);
    (void)unblindStudy(project, rated, "demonstration with simulated raters", "Likeness demo");
    MeasuringRequest measuring;
    measuring.referenceSet = kSets.front().reference;
    measuring.set = kSets.front().synthetic;
    measuring.seed = kSeed;
    JobContext metrics = job.part(0.4, 1.0);
    (void)measureSet(project, measuring, metrics);
}

} // namespace

void makeDemoProject(const fs::path& folder, JobContext& job) {
    std::error_code error;
    if (fs::exists(folder, error))
        return;
    if (folder.has_parent_path())
        makeFolder(folder.parent_path());
    const TemporaryFolder work(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
    const fs::path part = work.path() / folder.filename();
    {
        Project project = Project::create(part);
        JobContext sets = job.part(0.0, 0.65);
        addMissing(project, kSets.front(), sets);
        JobContext studies = job.part(0.65, 1.0);
        addStudies(project, studies);
    }
    fs::rename(part, folder, error);
    std::error_code ignored;
    if (error && !fs::exists(folder, ignored)) // another process may have made it meanwhile
        throw Error(ErrorCode::io, folder.string(), error.message(),
                    "check the folder and its free space");
}

bool isDemoComplete(const std::vector<SetRecord>& sets) {
    const auto has = [&](const char* name) {
        return std::ranges::find(sets, name, &SetRecord::name) != sets.end();
    };
    return std::ranges::all_of(
        kSets, [&](const DemoSet& demo) { return has(demo.reference) && has(demo.synthetic); });
}

void completeDemoProject(Project& project, JobContext& job) {
    for (std::size_t i = 0; i < kSets.size(); ++i) {
        const auto share = [](std::size_t k) {
            return static_cast<double>(k) / static_cast<double>(kSets.size());
        };
        JobContext part = job.part(share(i), share(i + 1));
        addMissing(project, kSets[i], part);
    }
}

} // namespace likeness
