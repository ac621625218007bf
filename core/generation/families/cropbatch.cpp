// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/cropbatch.h"

#include "core/generation/augmentation.h"
#include "core/generation/tensornoise.h"

namespace likeness {

namespace {

constexpr double kFewCrops = 5000.0;

} // namespace

CropBatches::CropBatches(const Family::Training& training,
                         const StepSetup& setup,
                         double augmentation)
    : m_crops(training.crops)
    , m_conditions(training.conditions)
    , m_channels(setup.channels)
    , m_size(setup.size)
    , m_device(setup.device)
    , m_tellsMoves(augmentation > 0.0)
    , m_augmentation(training.crops.cropsWorth() < kFewCrops ? augmentation : 0.0) {}

CropBatch CropBatches::drawn(std::span<const std::uint64_t> seeds) const {
    CropBatch batch;
    batch.images =
        torch::empty({static_cast<std::int64_t>(seeds.size()), m_channels, m_size, m_size});
    std::vector<std::size_t> from;
    for (std::size_t i = 0; i < seeds.size(); ++i)
        from.push_back(
            m_crops.draw(seeds[i], batch.images.data_ptr<float>() +
                                       static_cast<std::int64_t>(i) * m_crops.valuesPerCrop()));
    if (m_conditions != nullptr || m_tellsMoves)
        tell(batch, seeds, from);
    batch.images = sentTo(m_device, batch.images);
    return batch;
}

void CropBatches::tell(CropBatch& batch,
                       std::span<const std::uint64_t> seeds,
                       const std::vector<std::size_t>& from) const {
    batch.given.emplace();
    torch::Tensor moves;
    if (m_tellsMoves) {
        const torch::NoGradGuard noGrad;
        moves = m_augmentation > 0.0
                    ? augment(batch.images, seeds, m_augmentation)
                    : torch::zeros({static_cast<std::int64_t>(seeds.size()), kAugmentationInputs});
    }
    if (m_conditions != nullptr) {
        std::vector<ConditionValues> values;
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            const float* crop = batch.images.data_ptr<float>() +
                                static_cast<std::int64_t>(i) * m_crops.valuesPerCrop();
            values.push_back(
                m_conditions->thinned(m_conditions->of(crop, m_size, from[i]), seeds[i]));
        }
        batch.given = givenOf(m_conditions->conditions(), values, m_device);
    }
    if (m_tellsMoves)
        batch.given->augmentation = moves.to(m_device);
}

} // namespace likeness
