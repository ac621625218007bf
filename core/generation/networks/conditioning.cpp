// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/conditioning.h"

#include <cmath>
#include <numbers>

namespace likeness {

namespace {

// Scalars come in deviations, hardly ever beyond -4 to 4: waves from a quarter of one over that
// range to four. Faster ones would let the network know single training crops by their values.
constexpr std::int64_t kWaves = 6;
constexpr double kSlowestWave = std::numbers::pi / 16.0;
constexpr double kFastestWave = std::numbers::pi;

torch::Tensor features(const torch::Tensor& values) {
    const double ratio = std::log(kFastestWave / kSlowestWave);
    const torch::Tensor exponents = torch::arange(kWaves, values.options()) / (kWaves - 1.0);
    const torch::Tensor frequencies = torch::exp(exponents * ratio) * kSlowestWave;
    const torch::Tensor angles = values.unsqueeze(1) * frequencies.unsqueeze(0);
    return torch::cat({values.unsqueeze(1), torch::cos(angles), torch::sin(angles)}, 1);
}

} // namespace

Conditioning::Conditioning(Builder& builder,
                           const std::string& name,
                           const ConditioningShape& shape)
    : m_shape(shape) {
    for (std::int64_t i = 0; i < shape.scalars; ++i) {
        const std::string scalar = name + ".scalar" + std::to_string(i);
        m_scalars.push_back(
            {Linear(builder, scalar, 2 * kWaves + 1, shape.embedding),
             builder.parameters.add(scalar + ".absent", torch::zeros({shape.embedding}))});
    }
    if (shape.classes > 0)
        m_classes.emplace(builder, name + ".classes", shape.classes + 1, shape.embedding);
    if (shape.augmentation)
        m_augmentation.emplace(builder, name + ".augmentation", kAugmentationInputs,
                               shape.embedding);
}

torch::Tensor Conditioning::ofScalars(const Given& given) const {
    torch::Tensor sum;
    for (std::size_t i = 0; i < m_scalars.size(); ++i) {
        const auto column = static_cast<std::int64_t>(i);
        const torch::Tensor present = given.present.narrow(1, column, 1);
        const torch::Tensor told =
            m_scalars[i].told.forward(features(given.scalars.select(1, column)));
        const torch::Tensor part =
            told * present + m_scalars[i].absent.unsqueeze(0) * (1.0 - present);
        sum = sum.defined() ? sum + part : part;
    }
    return sum;
}

torch::Tensor Conditioning::ofClasses(const Given& given) const {
    const torch::Tensor one =
        torch::one_hot(given.classes, m_shape.classes + 1).to(torch::kFloat32);
    return m_classes->forward(one);
}

torch::Tensor Conditioning::forward(std::int64_t images,
                                    const torch::TensorOptions& options,
                                    const Given* given) const {
    Given all = given != nullptr ? *given : Given{};
    if (!all.scalars.defined()) {
        all.scalars = torch::zeros({images, m_shape.scalars}, options);
        all.present = torch::zeros({images, m_shape.scalars}, options);
    }
    if (!all.classes.defined())
        all.classes = torch::full({images}, m_shape.classes, options.dtype(torch::kInt64));
    torch::Tensor sum = torch::zeros({images, m_shape.embedding}, options);
    if (!m_scalars.empty())
        sum = sum + ofScalars(all);
    if (m_classes)
        sum = sum + ofClasses(all);
    if (m_augmentation) {
        if (!all.augmentation.defined())
            all.augmentation = torch::zeros({images, kAugmentationInputs}, options);
        sum = sum + m_augmentation->forward(all.augmentation);
    }
    return sum;
}

ConditioningShape shapeFor(const std::optional<Conditions>& conditions, bool augmentation) {
    ConditioningShape shape;
    shape.augmentation = augmentation;
    if (conditions) {
        shape.scalars = static_cast<std::int64_t>(conditions->scalars.size());
        shape.classes =
            conditions->told ? static_cast<std::int64_t>(conditions->classes.size()) : 0;
    }
    return shape;
}

Given givenOf(const Conditions& conditions,
              std::span<const ConditionValues> values,
              const torch::Device& device) {
    const auto images = static_cast<std::int64_t>(values.size());
    const auto count = static_cast<std::int64_t>(conditions.scalars.size());
    Given given;
    given.scalars = torch::zeros({images, count});
    given.present = torch::zeros({images, count});
    given.classes = torch::empty({images}, torch::kInt64);
    for (std::int64_t i = 0; i < images; ++i) {
        const ConditionValues& image = values[static_cast<std::size_t>(i)];
        for (std::int64_t s = 0; s < count; ++s) {
            const auto at = static_cast<std::size_t>(s);
            if (at >= image.scalars.size() || !image.scalars[at])
                continue;
            const ConditionScalar& scalar = conditions.scalars[at];
            given.scalars.data_ptr<float>()[i * count + s] =
                static_cast<float>((*image.scalars[at] - scalar.mean) / scalar.deviation);
            given.present.data_ptr<float>()[i * count + s] = 1.0F;
        }
        given.classes.data_ptr<std::int64_t>()[i] =
            image.classIndex >= 0 ? image.classIndex
                                  : static_cast<std::int64_t>(conditions.classes.size());
    }
    given.scalars = given.scalars.to(device);
    given.present = given.present.to(device);
    given.classes = given.classes.to(device);
    return given;
}

} // namespace likeness
