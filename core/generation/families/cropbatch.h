// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/networks/conditioning.h"
#include "core/generation/trainingstep.h"

#include <optional>
#include <span>

namespace likeness {

/// Training crops and what a diffusion network is told about each.
struct CropBatch {
    torch::Tensor images; ///< N x channels x size x size, on the device
    std::optional<Given> given;
};

/// Draws them. Safe on several threads.
class CropBatches {
public:
    /// `augmentation`: how likely each geometric move of a crop is, if the crops' images are worth
    /// fewer than 5000 of them; otherwise there is none. Its arguments must outlive it.
    CropBatches(const Family::Training& training, const StepSetup& setup, double augmentation);

    /// Each image and what is told about it depends on its seed alone.
    [[nodiscard]] CropBatch drawn(std::span<const std::uint64_t> seeds) const;

private:
    void tell(CropBatch& batch,
              std::span<const std::uint64_t> seeds,
              const std::vector<std::size_t>& from) const;

    const CropSource& m_crops;
    const TrainingConditions* m_conditions;
    std::int64_t m_channels;
    std::int64_t m_size;
    torch::Device m_device;
    bool m_tellsMoves; ///< whether the network has inputs for the moves
    double m_augmentation;
};

} // namespace likeness
