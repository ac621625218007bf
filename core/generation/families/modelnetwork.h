// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/layers.h"
#include "core/generation/samplers/tiles.h"
#include "core/generation/trainingconditions.h"

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

class PassReplay;

class Denoising;
class LatentModel;

/// The networks of one model with their weights. Sampling is safe on several threads as long as
/// nobody changes them.
class ModelNetwork {
public:
    virtual ~ModelNetwork() = default;

    [[nodiscard]] virtual Parameters& parameters() = 0;

    /// Which of the parameters a checkpoint holds; a run's state holds them all.
    [[nodiscard]] virtual bool isStored(const std::string& /*name*/) const { return true; }

    /// What belongs to the model besides its weights, on the CPU; in the checkpoint under its
    /// names.
    [[nodiscard]] virtual std::vector<Parameters::Entry>& measured() { return m_measured; }

    /// Sides of samples are multiples of this.
    [[nodiscard]] virtual std::int64_t sampleMultiple() const = 0;

    /// The only side that samples can have.
    [[nodiscard]] virtual std::optional<std::int64_t> onlySide() const { return std::nullopt; }

    /// Whether a number of solver steps means something to it.
    [[nodiscard]] virtual bool takesSteps() const { return false; }

    /// Its denoiser, if it is one that can edit images; as long-lived as the network.
    [[nodiscard]] virtual const Denoising* denoising() const { return nullptr; }

    /// Whether its samples are volumes. Any volume of a seed is then a window on the same endless
    /// one.
    [[nodiscard]] virtual bool makesVolumes() const { return false; }

    struct Draw {
        std::vector<std::uint64_t> seeds; ///< one image each, which depends on nothing else drawn
        std::int64_t height = 64;
        std::int64_t width = 64;
        std::int64_t depth = 0;               ///< of volumes; 0: images, one slice of each
        std::array<std::int64_t, 3> origin{}; ///< of the volumes: z, y, x, none below 0
        int steps = 0;                        ///< 0: the model's own
        torch::Device device = torch::kCPU;
        std::function<void()> beforeStep; ///< may throw to stop
        Spread spread = {}; ///< of the parts of one image over threads; empty: one after another
        std::vector<ConditionValues> conditions; ///< one per seed, if the model has conditions
        double guidance = 1.0;                   ///< weight of what is told against what is not
        bool bfloat16 = false;                   ///< convolutions of denoisers
        PassReplay* replay = nullptr;            ///< of denoisers on CUDA; null: pass by pass
    };

    /// What it can be told about its samples; null: nothing.
    [[nodiscard]] virtual const Conditions* conditions() const { return nullptr; }

    /// The space that its images come from, if one can look around in it; lives in the network.
    [[nodiscard]] virtual const LatentModel* latents() const { return nullptr; }

    /// Images in network units, N x channels x height x width; with a depth (volumes only) N x
    /// channels x depth x height x width.
    [[nodiscard]] virtual torch::Tensor make(const Draw& draw) const = 0;

private:
    std::vector<Parameters::Entry> m_measured;
};

/// What a network is made for.
struct NetworkPurpose {
    std::int64_t size = 64; ///< of the training crops
    double sigmaData = 0.5;
    std::uint64_t seed = 0; ///< of the first weights
};

} // namespace likeness
