// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace likeness::kernels {

/// The inner loops of training on a CPU, each one pass over its data where separate operations need
/// several. They run on the calling thread, use AVX-512 or AVX2 where the processor has it, and
/// give the same bits each time on one machine.

/// Values in memory: float, or the upper half of one (bfloat16).
struct Values {
    void* data = nullptr;
    bool half = false;
};

/// One image: `pixels` times `channels` values, the channels of a pixel side by side. `channels` is
/// a multiple of 8 and of `groups`.
struct NormShape {
    std::int64_t pixels = 0;
    std::int64_t channels = 0;
    std::int64_t groups = 1;
};

/// y = silu((xhat * weight + bias) * (1 + scale) + shift), xhat normalised over each group of
/// channels of the image (Wu, He 2018; the variance is that of the values themselves). scale and
/// shift may be null for 0.
struct NormParameters {
    const float* weight = nullptr;
    const float* bias = nullptr;
    const float* scale = nullptr;
    const float* shift = nullptr;
};

/// Of each group; forward writes them, backward reads them.
struct NormStatistics {
    float* mean = nullptr;
    float* inverseDeviation = nullptr;
};

void normSilu(const NormShape& shape,
              const Values& x,
              const NormParameters& parameters,
              const NormStatistics& statistics,
              const Values& y);

/// What backward adds to (weight, bias) and writes (scale, shift; null if they were).
struct NormGradients {
    float* weight = nullptr;
    float* bias = nullptr;
    float* scale = nullptr;
    float* shift = nullptr;
};

struct NormBackward {
    Values x;
    Values yGradient;
    Values xGradient;         ///< written
    float* scratch = nullptr; ///< pixels times channels
};

void normSiluBackward(const NormShape& shape,
                      const NormBackward& data,
                      const NormParameters& parameters,
                      const NormStatistics& statistics,
                      const NormGradients& gradients);

/// out = (x + y) * factor; y may be absent (null), then out = x * factor.
void scaledSum(
    std::int64_t count, const Values& x, const Values& y, float factor, const Values& out);

/// One step of Adam and of the running mean of the weights on `count` values.
struct AdamStep {
    float gradientScale = 1.0F;
    float momentum = 0.9F;
    float squareDecay = 0.99F;
    float rate = 0.0F;             ///< learning rate over the correction of the mean
    float squareCorrection = 1.0F; ///< 1 / sqrt of the correction of the square
    float epsilon = 1e-8F;
    float emaDecay = 0.0F;
};

struct AdamVectors {
    float* weights = nullptr;
    const float* gradient = nullptr;
    float* mean = nullptr;
    float* square = nullptr;
    float* ema = nullptr;
};

void adam(std::int64_t count, const AdamVectors& vectors, const AdamStep& step);

} // namespace likeness::kernels
