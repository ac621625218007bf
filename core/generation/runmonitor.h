// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/curves.h"
#include "core/generation/families/family.h"
#include "core/generation/holdout.h"
#include "core/generation/structurefigures.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace likeness {

/// Looks at a run from time to time: live samples of fixed seeds, and the distance of generated
/// crops from held-out ones. It takes 5 % of the time at most, but for its first and its last look;
/// nothing that it does changes the run.
class RunMonitor {
public:
    struct Setup {
        ModelNetwork& network;
        WorkerPool& pool;
        const TrainingData& data;
        const CropSource& crops; ///< that are trained on
        GreyMap map;
        std::int64_t size = 64;
        std::uint64_t seed = 0;
        torch::Device device = torch::kCPU;
        std::optional<std::filesystem::path> live; ///< packed set to write
        std::optional<std::int64_t> every;         ///< steps; default: by time
        std::stop_token stop;
    };

    /// Takes the figures of the real crops.
    explicit RunMonitor(Setup setup);

    struct Moment {
        std::int64_t step = 0;
        double seconds = 0.0;               ///< of training
        std::optional<double> secondsInAll; ///< as far as it can be foreseen
        bool last = false;                  ///< of the run: figures are taken whatever they cost
    };

    [[nodiscard]] bool isDue(const Moment& moment) const;

    /// To be called with the weights that are sampled in place and what the network measures
    /// measured; `measuring` seconds were spent on that. True if the figures are the best so far.
    /// A stop request ends it without figures.
    bool look(const Moment& moment, double measuring);

    [[nodiscard]] const std::optional<HeldOutFigures>& floor() const noexcept { return m_floor; }

    [[nodiscard]] const std::optional<HeldOutFigures>& newest() const noexcept { return m_newest; }

    [[nodiscard]] const std::optional<HeldOutFigures>& best() const noexcept { return m_best; }

    /// Evaluations since the best.
    [[nodiscard]] int sinceBest() const noexcept { return m_sinceBest; }

    /// Counts anew from here on.
    void restartPatience() noexcept { m_sinceBest = 0; }

    [[nodiscard]] std::optional<std::filesystem::path> live() const;

    [[nodiscard]] std::int64_t liveStep() const noexcept { return m_liveStep; }

    [[nodiscard]] Curves& curves() noexcept { return m_curves; }

    /// What to tell of it: why there are no figures.
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return m_notes; }

    /// For the manifest: "images", "real_crops", "threshold", "floor", "last", "best" and the
    /// curves.
    [[nodiscard]] Json describe() const;

    /// Goes on where describe() was; anything else starts anew.
    void load(const Json& saved);

private:
    struct Pace {
        double next = 0.0;  ///< seconds of training
        double spent = 0.0; ///< by the last
    };

    void measureReal();
    [[nodiscard]] torch::Tensor make(std::int64_t count, std::uint64_t seed, int steps);
    [[nodiscard]] torch::Tensor makeGroup(std::vector<std::uint64_t> seeds, int steps) const;
    void makeLive(const Moment& moment);
    bool evaluate(const Moment& moment);
    [[nodiscard]] bool isEvaluationDue(const Moment& moment) const;
    void chooseImages(const Moment& moment);

    Setup m_setup;
    std::int64_t m_side;
    double m_threshold = 0.0;
    std::int64_t m_realCrops = 0;
    std::optional<StructureFigures> m_heldOut; ///< of the real held-out crops
    std::optional<HeldOutFigures> m_floor;
    std::optional<HeldOutFigures> m_newest;
    std::optional<HeldOutFigures> m_best;
    int m_sinceBest = 0;
    std::int64_t m_images = 0; ///< of an evaluation; 0: not chosen yet
    Pace m_livePace;
    Pace m_evaluationPace;
    double m_secondsPerImage = 0.0;
    std::int64_t m_liveStep = 0;
    bool m_off = false;
    Curves m_curves;
    std::vector<std::string> m_notes;
};

} // namespace likeness
