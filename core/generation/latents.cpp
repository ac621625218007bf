// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/latents.h"

#include "core/base/error.h"
#include "core/generation/checkpoint.h"
#include "core/generation/compat.h"
#include "core/generation/families/latentspace.h"
#include "core/generation/sampler.h"

#include <cmath>

namespace likeness {

namespace {

const LatentModel& latentModelOf(const GeneratorModel& model) {
    const LatentModel* latents = model.impl().network->latents();
    if (latents == nullptr)
        throw Error(ErrorCode::unsupported, "a " + model.family() + " model",
                    "it has no latent space to look around in",
                    "use a checkpoint of a vae or a stylegan");
    return *latents;
}

void checkPoint(const LatentPoint& point, const LatentSpace& space, const std::string& family) {
    if (point.offsets.size() > space.deviations.size())
        throw Error(ErrorCode::config,
                    "direction " + std::to_string(point.offsets.size()) + " of the latent space",
                    "this model has " + std::to_string(space.deviations.size()) +
                        " principal directions",
                    "choose one of them");
    for (const double offset : point.offsets) {
        if (!(std::abs(offset) <= kMaximumLatentOffset))
            throw Error(ErrorCode::config, "an offset in the latent space",
                        "it is not between -10 and 10 standard deviations",
                        "stay nearer to the image");
    }
    if (!point.fine)
        return;
    if (space.levels == 0)
        throw Error(ErrorCode::unsupported, "mixing with a " + family + " model",
                    "it has no levels with styles of their own", "use a checkpoint of a stylegan");
    if (point.fine->crossover < 0 || point.fine->crossover > space.levels)
        throw Error(ErrorCode::config, "crossover " + std::to_string(point.fine->crossover),
                    "this model has " + std::to_string(space.levels) + " levels",
                    "use 0 to " + std::to_string(space.levels));
}

} // namespace

LatentSpace latentSpaceOf(const GeneratorModel& model) {
    const LatentModel& latents = latentModelOf(model);
    return translated("the latent space", [&] {
        LatentSpace space;
        space.dimension = latents.latentDimension();
        const torch::Tensor deviations = latents.principalDirections().deviations;
        for (std::int64_t i = 0; i < deviations.size(0); ++i)
            space.deviations.push_back(deviations[i].item<double>());
        space.levels = latents.mixingLevels();
        return space;
    });
}

LatentOutcome
renderLatents(const GeneratorModel& model, const LatentOptions& options, JobContext& job) {
    const LatentSpace space = latentSpaceOf(model);
    for (const LatentPoint& point : options.points)
        checkPoint(point, space, model.family());
    SamplingOptions sampling;
    sampling.count = static_cast<std::int64_t>(options.points.size());
    sampling.width = options.width;
    sampling.height = options.height;
    sampling.points = options.points;
    sampling.device = options.device;
    SamplingOutcome made = sampleModel(model, sampling, job);
    return {std::move(made.set), made.seconds, made.device};
}

} // namespace likeness
