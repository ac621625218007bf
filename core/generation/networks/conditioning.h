// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/conditions.h"
#include "core/generation/networks/layers.h"

#include <optional>
#include <span>
#include <vector>

namespace likeness {

/// What a network is told about each image besides its noise level. Tensors that are not defined
/// tell nothing.
struct Given {
    torch::Tensor scalars;      ///< N x S, in deviations from the mean of the training crops
    torch::Tensor present;      ///< N x S, 1 where the scalar is told, otherwise 0
    torch::Tensor classes;      ///< N, int64; the number of classes where none is told
    torch::Tensor augmentation; ///< N x kAugmentationInputs, zero for an image as it is
};

/// Of EDM's augmentation (Karras et al. 2022, appendix F.2), geometry only.
inline constexpr std::int64_t kAugmentationInputs = 9;

/// What a network can be told; nothing at all by default.
struct ConditioningShape {
    std::int64_t scalars = 0;
    std::int64_t classes = 0; ///< 0: it is not told the class
    bool augmentation = false;
    std::int64_t embedding = 128;

    [[nodiscard]] bool none() const noexcept {
        return scalars == 0 && classes == 0 && !augmentation;
    }
};

/// Turns what is told into a summand of the noise level's embedding: a linear map of Fourier
/// features per scalar with a learnt vector for its absence, a vector per class and one for none,
/// and a linear map of the augmentation.
class Conditioning {
public:
    Conditioning(Builder& builder, const std::string& name, const ConditioningShape& shape);

    /// N x embedding. `given` null: nothing is told.
    [[nodiscard]] torch::Tensor
    forward(std::int64_t images, const torch::TensorOptions& options, const Given* given) const;

private:
    struct Scalar {
        Linear told;
        torch::Tensor absent;
    };

    [[nodiscard]] torch::Tensor ofScalars(const Given& given) const;
    [[nodiscard]] torch::Tensor ofClasses(const Given& given) const;

    ConditioningShape m_shape;
    std::vector<Scalar> m_scalars;
    std::optional<Linear> m_classes;
    std::optional<Linear> m_augmentation;
};

[[nodiscard]] ConditioningShape shapeFor(const std::optional<Conditions>& conditions,
                                         bool augmentation);

/// The values of some images as a network takes them.
[[nodiscard]] Given givenOf(const Conditions& conditions,
                            std::span<const ConditionValues> values,
                            const torch::Device& device);

} // namespace likeness
