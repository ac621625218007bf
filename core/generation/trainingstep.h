// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/crops.h"
#include "core/generation/optimizer.h"
#include "core/generation/workerpool.h"

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace likeness {

/// What the steps of all families are given.
struct StepSetup {
    double sigmaData = 0.5;
    std::int64_t channels = 1;
    std::int64_t size = 64; ///< of the crops
    std::uint64_t seed = 0;
    torch::Device device = torch::kCPU;
    int parts = 2; ///< that a batch is computed in, each by one thread
    bool bfloat16 = false;
};

/// The seed of what image `image` of step `step` draws.
[[nodiscard]] std::uint64_t
stepSeed(std::uint64_t seed, std::int64_t step, std::int64_t image) noexcept;

[[nodiscard]] std::vector<std::uint64_t>
stepSeeds(std::uint64_t seed, std::int64_t step, std::int64_t first, std::int64_t count);

/// One step of a family's training, again and again. What is drawn depends on seed and step number
/// alone, and the result on the number of parts but not on the number of threads.
class TrainingStep {
public:
    explicit TrainingStep(StepSetup setup)
        : m_setup(std::move(setup)) {}

    virtual ~TrainingStep() = default;
    TrainingStep(const TrainingStep&) = delete;
    TrainingStep& operator=(const TrainingStep&) = delete;

    struct Report {
        /// False: a loss or the gradient was not finite and nothing was changed.
        bool updated = false;
        /// A stop was requested before the gradient was whole; nothing was changed.
        bool abandoned = false;
    };

    /// `fraction` of the run lies behind it, from 0 to 1.
    virtual Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) = 0;

    /// Computes what the first step would and changes nothing.
    virtual void rehearse() = 0;

    /// Halves the memory that a step needs. False if that cannot be.
    virtual bool splitFurther() = 0;

    [[nodiscard]] virtual int parts() const noexcept = 0;

    /// Running means of the losses; "all" stands for the whole.
    [[nodiscard]] virtual Json losses() const = 0;

    /// What the running means need to go on.
    [[nodiscard]] virtual Json saveLosses() const = 0;
    virtual void loadLosses(const Json& saved) = 0;

    /// One sentence if training is going wrong in a way that the figures do not show to a person.
    [[nodiscard]] virtual std::optional<std::string> warning() const { return std::nullopt; }

    /// Measures what the network needs besides its weights to sample well; they hold their running
    /// mean meanwhile. Depends on those weights and the seed alone.
    virtual void measure() {}

    /// Seconds of one rehearsal in the given arithmetic, the best of `rounds`.
    [[nodiscard]] double timeGradient(bool bfloat16, int rounds);

    /// How much is done of what this step alone knows the end of, from 0 to 1, which ends the run;
    /// a step that could go on for ever stays at 0.
    [[nodiscard]] virtual double shareDone() const { return 0.0; }

    /// Whether a rehearsal in bfloat16 is quicker by enough to be worth it, by a short measurement.
    [[nodiscard]] bool prefersBfloat16();

    void setBfloat16(bool on) noexcept { m_setup.bfloat16 = on; }

    void setStop(std::stop_token stop) noexcept { m_stop = std::move(stop); }

protected:
    /// The crop of each seed, on the device.
    [[nodiscard]] torch::Tensor cropsOf(const CropSource& crops,
                                        std::span<const std::uint64_t> seeds) const;

    StepSetup m_setup;
    std::stop_token m_stop;
};

} // namespace likeness
