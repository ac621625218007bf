// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/hingestep.h"
#include "core/generation/families/slicegan.h"
#include "core/generation/families/structureguide.h"

#include <array>
#include <list>

namespace likeness {

/// Cubes against slices: of each cube some slices along each axis are drawn, and the critics see as
/// many training slices.
class SliceGanStep : public HingeStep {
public:
    /// Throws Error(config) if the slices are smaller than the cubes.
    SliceGanStep(const SliceGanTraining& config, const Family::Training& training, StepSetup setup);

    /// Also says so if the training slices can hardly tell what a volume looks like.
    [[nodiscard]] std::optional<std::string> warning() const override;

private:
    /// The slices of one plane, turned where they come from volumes.
    struct View {
        PackedSet set;
        std::optional<CropSource> crops;
    };

    [[nodiscard]] torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                  std::int64_t step) override;
    [[nodiscard]] torch::Tensor generatorLoss(const BatchGradient::Part& part,
                                              std::int64_t step) override;

    /// Shifted, and phases with noise upon their shares: what the critics see.
    [[nodiscard]] torch::Tensor veiled(const torch::Tensor& slices,
                                       std::span<const std::uint64_t> seeds,
                                       std::uint64_t purpose) const;
    /// Grey values or phases of training slices.
    [[nodiscard]] torch::Tensor realsOf(std::size_t critic,
                                        std::span<const std::uint64_t> seeds) const;
    /// Slices of the cubes along the axis, those that `purpose` picks.
    [[nodiscard]] torch::Tensor slicesOf(const torch::Tensor& cubes,
                                         int axis,
                                         std::span<const std::uint64_t> seeds,
                                         std::uint64_t purpose) const;
    /// Those that one critic judges: of its own axis, or of all three.
    [[nodiscard]] torch::Tensor shownTo(std::size_t critic,
                                        const torch::Tensor& cubes,
                                        std::span<const std::uint64_t> seeds,
                                        std::uint64_t purpose) const;

    void prepareGuides();
    void begin() override;
    void keepFigures(std::int64_t step) override;

    int m_slices;
    double m_noise;      ///< upon phases; 0 for grey values
    double m_share;      ///< of a slice in the loss
    Guidance m_guidance; ///< a guide per critic
    SliceGanNetwork& m_network;
    std::list<View> m_views;
    std::vector<const CropSource*> m_crops; ///< one per critic
    std::vector<torch::Tensor> m_cubes; ///< per part, between the critics' turn and the generator's
    std::optional<std::string> m_warning;
};

} // namespace likeness
