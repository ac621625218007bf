// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/sliceganconfig.h"

#include "core/base/error.h"
#include "core/generation/families/presetof.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr std::size_t kMostPhases = 4;

SliceGanConfig demo() {
    SliceGanConfig config;
    config.training.batch = 2;
    config.training.learningRate = 6e-4;
    config.training.r1Every = 8;
    config.training.warmUpSteps = 0;
    config.training.decayFraction = 0.3;
    config.training.clipNorm = 100.0;
    return config;
}

SliceGanConfig workstation() {
    SliceGanConfig config = demo();
    config.network.widths = {256, 192, 128, 64};
    config.network.finish = 32;
    config.network.noiseChannels = 32;
    config.network.criticWidths = {64, 128, 256, 256};
    config.training.batch = 4;
    config.training.slices = 32;
    config.training.learningRate = 4e-4;
    config.training.emaMaximum = 0.999;
    return config;
}

SliceGanConfig large() {
    SliceGanConfig config = workstation();
    config.network.widths = {512, 384, 256, 128, 64};
    config.network.noiseChannels = 64;
    config.network.criticWidths = {64, 128, 256, 512, 512};
    config.training.emaMaximum = 0.9995;
    return config;
}

std::vector<double> phasesFrom(const Json& json, const std::string& subject) {
    const auto found = json.find("phases");
    if (found == json.end() || !found->is_array() || found->size() == 1 ||
        found->size() > kMostPhases)
        throw Error(ErrorCode::format, subject, "'phases' is no list of 2 to 4 labels");
    std::vector<double> phases;
    for (const Json& label : *found) {
        if (!label.is_number())
            throw Error(ErrorCode::format, subject, "a label of 'phases' is no number");
        phases.push_back(label.get<double>());
    }
    if (std::adjacent_find(phases.begin(), phases.end(),
                           [](double a, double b) { return !(a < b); }) != phases.end())
        throw Error(ErrorCode::format, subject, "the labels of 'phases' do not ascend");
    return phases;
}

SliceGanNetworkConfig networkFromJson(const Json& json, const std::string& subject) {
    SliceGanNetworkConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.widths = widthsFrom(json, "widths", subject);
    config.finish = boundedInt(json, "finish", 4, 1024, subject);
    config.noiseChannels = boundedInt(json, "noise_channels", 1, 1024, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    config.criticWidths = widthsFrom(json, "critic_widths", subject);
    config.critics = boundedInt(json, "critics", 1, 3, subject);
    config.phases = phasesFrom(json, subject);
    if (config.widths.size() < 2 || config.widths.size() > 6 || config.criticWidths.size() < 2)
        throw Error(ErrorCode::format, subject,
                    "a network of this kind has 2 to 6 widths and at least two of its critics");
    if (config.critics == 2)
        throw Error(ErrorCode::format, subject, "'critics' is neither 1 nor 3");
    if (!config.phases.empty() && config.imageChannels != 1)
        throw Error(ErrorCode::format, subject, "phases are labels, and these images have colours");
    return config;
}

} // namespace

std::int64_t SliceGanNetworkConfig::cell() const noexcept {
    return std::int64_t{1} << (widths.size() - 1);
}

std::int64_t SliceGanNetworkConfig::outputs() const noexcept {
    return phases.empty() ? imageChannels : static_cast<std::int64_t>(phases.size());
}

GanNetworkConfig SliceGanNetworkConfig::critic() const {
    GanNetworkConfig config;
    config.imageChannels = static_cast<int>(outputs());
    config.unshuffle = unshuffle;
    config.discriminatorWidths = criticWidths;
    return config;
}

std::optional<SliceGanConfig> sliceGanPreset(std::string_view name) {
    return presetOf(name, demo, workstation, large);
}

Json toJson(const SliceGanConfig& config) {
    Json training = toJson(static_cast<const GanTraining&>(config.training));
    training["slices"] = config.training.slices;
    training["phase_noise"] = config.training.phaseNoise;
    addTo(training, config.training.guidance);
    const SliceGanNetworkConfig& network = config.network;
    return {{"network",
             {{"image_channels", network.imageChannels},
              {"widths", network.widths},
              {"finish", network.finish},
              {"noise_channels", network.noiseChannels},
              {"unshuffle", network.unshuffle},
              {"critic_widths", network.criticWidths},
              {"critics", network.critics},
              {"phases", network.phases}}},
            {"training", training}};
}

SliceGanConfig sliceGanFromJson(const Json& settings, const std::string& subject) {
    SliceGanConfig config;
    config.network = networkFromJson(requiredSection(settings, "network", subject), subject);
    const Json& training = requiredSection(settings, "training", subject);
    static_cast<GanTraining&>(config.training) = ganTrainingFromJson(training, subject);
    config.training.slices = boundedInt(training, "slices", 1, 1024, subject);
    config.training.phaseNoise = boundedNumber(training, "phase_noise", 0.0, 10.0, subject);
    config.training.guidance = guidanceFromJson(training, subject);
    return config;
}

} // namespace likeness
