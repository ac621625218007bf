// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/runningmeans.h"

#include <torch/torch.h>

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// The squared gradient of a discriminator's mean score with respect to each image (R1, Mescheder
/// et al. 2018), N; it can be differentiated again, so compute the scores in float. `scores` gives
/// one row per image.
[[nodiscard]] torch::Tensor
squaredSlopes(const torch::Tensor& images,
              const std::function<torch::Tensor(const torch::Tensor&)>& scores);

/// The figures of one step of generator against discriminator, summed over the images of each part
/// of a batch by the part's own thread.
class AdversarialFigures {
public:
    struct Sums {
        double discriminator = 0.0; ///< losses
        double generator = 0.0;
        double r1 = 0.0;
        double realScore = 0.0;
        double fakeScore = 0.0;
        double realSign = 0.0; ///< of the scores of real images

        [[nodiscard]] std::array<double*, 6> all() noexcept {
            return {&discriminator, &generator, &r1, &realScore, &fakeScore, &realSign};
        }

        void scale(double factor) noexcept;
    };

    explicit AdversarialFigures(int batch)
        : m_batch(batch) {}

    void begin(int parts) { m_parts.assign(static_cast<std::size_t>(parts), {}); }

    [[nodiscard]] Sums& of(int part) { return m_parts[static_cast<std::size_t>(part)]; }

    /// Adds the scores of a part, one row per image.
    void addScores(int part, const torch::Tensor& real, const torch::Tensor& fake);

    /// Gives the sums of all parts, one after another, to `sum`, which may change them.
    void share(const std::function<void(std::span<double>)>& sum);

    /// Mean over the batch.
    [[nodiscard]] double mean(double Sums::*figure) const;

    /// "discriminator", "generator", "score_of_real", "score_of_generated", and under the word
    /// `penalty`, unless it is null, r1.
    void keepIn(RunningMeans& means, const char* penalty) const;

private:
    int m_batch;
    std::vector<Sums> m_parts;
};

/// The sentence for a discriminator whose running loss has stayed below `collapsed`, where it tells
/// nearly every image.
[[nodiscard]] std::optional<std::string> collapseWarning(const RunningMeans& means,
                                                         double collapsed);

} // namespace likeness
