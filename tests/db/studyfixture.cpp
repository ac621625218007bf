// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/db/studyfixture.h"

#include "core/base/random.h"
#include "db/clock.h"

namespace testing {

using namespace likeness;

namespace {

Volume texture(std::uint64_t number) {
    Volume image(PixelType::u8, 32, 32);
    Random random(number, "texture");
    for (int i = 0; i < 32 * 32; ++i)
        image.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
    return image;
}

} // namespace

std::filesystem::path scratch() {
    std::error_code ignored;
    return std::filesystem::is_directory("/dev/shm", ignored)
               ? std::filesystem::path("/dev/shm")
               : std::filesystem::temp_directory_path();
}

Json smallDefinition() {
    return {{"name", "small"},
            {"title", "Which of these are real?"},
            {"protocol", "real-or-synthetic"},
            {"domain", "rock"},
            {"reference_set", "sandstone"},
            {"sets", {"made"}},
            {"samples_per_set", 6},
            {"raters", 2},
            {"repeats", 0.17},
            {"canonical", {{"mapping", "none"}}}};
}

std::vector<StimulusSource> smallSources(int perSet, bool swapped) {
    std::vector<StimulusSource> sources;
    for (int i = 0; i < 2 * perSet; ++i) {
        const bool real = (i < perSet) != swapped;
        StimulusSource source;
        source.sampleId = "sample" + std::to_string(i);
        source.setName = real ? "sandstone" : "made";
        source.origin = real ? Origin::real : Origin::synthetic;
        source.generator = real ? "" : "diffusion";
        source.pixels = texture(static_cast<std::uint64_t>(i));
        sources.push_back(std::move(source));
    }
    return sources;
}

FrozenStudy smallStudy(int perSet, bool swapped) {
    Json definition = smallDefinition();
    definition["samples_per_set"] = perSet;
    JobContext job;
    return freeze(definitionFromJson(definition), smallSources(perSet, swapped), kSecret, job);
}

PackageSource sourceOf(const FrozenStudy& study) {
    PackageSource source;
    source.definition = study.publicDefinition;
    for (const Plan& plan : study.plans)
        source.plans.push_back(planToJson(plan));
    source.pixels = [stimuli = study.stimuli](const std::string& id) {
        for (const FrozenStimulus& stimulus : stimuli)
            if (stimulus.id == id)
                return stimulus.pixels;
        return std::vector<std::byte>();
    };
    return source;
}

const KeyPair& leadKeys() {
    static const KeyPair keys = KeyPair::generate();
    return keys;
}

std::filesystem::path writeSmallPackage(const std::filesystem::path& folder, int perSet) {
    const auto path = folder / "small.study";
    writePackage(path, sourceOf(smallStudy(perSet)), leadKeys());
    return path;
}

RatingSession::Answer answerOf(int value) {
    RatingSession::Answer answer;
    answer.value = value;
    answer.answeredNs = monotonicNow();
    answer.firstFrameNs = answer.answeredNs - 1'500'000'000;
    answer.telemetry = {{"input_dead_ms", 300}};
    return answer;
}

} // namespace testing
