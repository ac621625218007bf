// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

// Copies of each entry for processors with AVX-512 and with AVX2 beside the plain one; the loader
// takes the one that fits. What is inlined into an entry is compiled with it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define LIKENESS_PER_PROCESSOR                                                                     \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LIKENESS_PER_PROCESSOR
#endif

namespace likeness::kernels {

namespace {

constexpr std::int64_t kLanes = 8;
constexpr std::int64_t kChunk = 128; ///< pixels whose float sums are added up in double

using Floats = float __attribute__((vector_size(32)));
using Words = std::uint32_t __attribute__((vector_size(32)));
using Integers = std::int32_t __attribute__((vector_size(32)));
using Halves = std::uint16_t __attribute__((vector_size(16)));

#define LIKENESS_INLINE [[gnu::always_inline]] inline
#define LIKENESS_INLINE_LAMBDA __attribute__((always_inline))

LIKENESS_INLINE void load(const float* from, Floats& to) {
    std::memcpy(&to, from, sizeof to);
}

LIKENESS_INLINE void load(const std::uint16_t* from, Floats& to) {
    Halves halves;
    std::memcpy(&halves, from, sizeof halves);
    const Words words = __builtin_convertvector(halves, Words) << 16;
    std::memcpy(&to, &words, sizeof to);
}

LIKENESS_INLINE void store(const Floats& value, float* to) {
    std::memcpy(to, &value, sizeof value);
}

/// Rounds to the nearest bfloat16, halves to even.
LIKENESS_INLINE void store(const Floats& value, std::uint16_t* to) {
    Words words;
    std::memcpy(&words, &value, sizeof words);
    const Words rounded = words + 0x7fffU + ((words >> 16) & 1U);
    const Halves halves = __builtin_convertvector(rounded >> 16, Halves);
    std::memcpy(to, &halves, sizeof halves);
}

/// 1 / (1 + exp(-t)); the exponential by Cody and Waite's reduction and a polynomial of degree 6,
/// relative error below 2e-7.
LIKENESS_INLINE void sigmoid(const Floats& t, Floats& result) {
    Floats x = -t;
    x = x > 87.0F ? Floats{} + 87.0F : x;
    x = x < -87.0F ? Floats{} - 87.0F : x;
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23
    const Floats shifted = x * 1.44269504F + kRound;
    const Floats n = shifted - kRound;
    const Floats r = x - n * 0.693359375F + n * 2.12194440e-4F;
    Floats p = r * 1.9875691500e-4F + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const Integers power = (__builtin_convertvector(n, Integers) + 127) << 23;
    Floats scale;
    std::memcpy(&scale, &power, sizeof scale);
    const Floats safe = 1.0F / (1.0F + p * scale);
    result = t == t ? safe : t; // not a number stays that
}

/// Per channel: the value's factor and offset within the activation's argument, and what backward
/// adds to it.
struct Affine {
    std::vector<float> factor;
    std::vector<float> offset;
};

Affine affineOf(const NormShape& shape, const NormParameters& p, const NormStatistics& statistics) {
    const std::int64_t perGroup = shape.channels / shape.groups;
    Affine affine;
    for (std::int64_t c = 0; c < shape.channels; ++c) {
        const std::int64_t group = c / perGroup;
        const float gain = p.scale == nullptr ? 1.0F : 1.0F + p.scale[c];
        const float slope = statistics.inverseDeviation[group] * p.weight[c];
        affine.factor.push_back(slope * gain);
        affine.offset.push_back((p.bias[c] - statistics.mean[group] * slope) * gain +
                                (p.shift == nullptr ? 0.0F : p.shift[c]));
    }
    return affine;
}

/// Calls visit(pixel, channel) for every eight channels and adds up its Floats per channel, or two
/// of them: out[0] and out[1].
template <int Sums, typename Visit>
LIKENESS_INLINE void
sumsPerChannel(const NormShape& shape, double* const* out, const Visit& visit) {
    for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
        for (std::int64_t begin = 0; begin < shape.pixels; begin += kChunk) {
            const std::int64_t end = std::min(begin + kChunk, shape.pixels);
            Floats sums[Sums] = {};
            for (std::int64_t p = begin; p < end; ++p)
                visit(p * shape.channels + c, c, sums);
            for (int s = 0; s < Sums; ++s) {
                for (std::int64_t lane = 0; lane < kLanes; ++lane)
                    out[s][c + lane] += static_cast<double>(sums[s][lane]);
            }
        }
    }
}

/// Means over the groups of what was added up per channel.
LIKENESS_INLINE void groupMeans(const NormShape& shape, const double* sums, double* means) {
    const std::int64_t perGroup = shape.channels / shape.groups;
    for (std::int64_t g = 0; g < shape.groups; ++g) {
        double sum = 0.0;
        for (std::int64_t c = 0; c < perGroup; ++c)
            sum += sums[g * perGroup + c];
        means[g] = sum / static_cast<double>(perGroup * shape.pixels);
    }
}

template <typename In>
LIKENESS_INLINE void statisticsOf(const NormShape& shape, const In* x, const NormStatistics& out) {
    constexpr double kEpsilon = 1e-5;
    const auto channels = static_cast<std::size_t>(shape.channels);
    const std::int64_t perGroup = shape.channels / shape.groups;
    std::vector<double> sums(channels);
    std::vector<double> means(static_cast<std::size_t>(shape.groups));
    double* const sumsOf[] = {sums.data()};
    sumsPerChannel<1>(shape, sumsOf,
                      [x](std::int64_t at, std::int64_t, Floats* total) LIKENESS_INLINE_LAMBDA {
                          Floats value;
                          load(x + at, value);
                          total[0] += value;
                      });
    groupMeans(shape, sums.data(), means.data());
    std::vector<float> centre;
    for (std::int64_t c = 0; c < shape.channels; ++c)
        centre.push_back(static_cast<float>(means[static_cast<std::size_t>(c / perGroup)]));
    std::fill(sums.begin(), sums.end(), 0.0);
    sumsPerChannel<1>(shape, sumsOf,
                      [x, &centre](std::int64_t at, std::int64_t c, Floats* total)
                          LIKENESS_INLINE_LAMBDA {
                              Floats value;
                              Floats middle;
                              load(x + at, value);
                              load(centre.data() + c, middle);
                              value -= middle;
                              total[0] += value * value;
                          });
    for (std::int64_t g = 0; g < shape.groups; ++g)
        out.mean[g] = centre[static_cast<std::size_t>(g * perGroup)];
    groupMeans(shape, sums.data(), means.data());
    for (std::int64_t g = 0; g < shape.groups; ++g)
        out.inverseDeviation[g] =
            static_cast<float>(1.0 / std::sqrt(means[static_cast<std::size_t>(g)] + kEpsilon));
}

template <typename In, typename Out>
LIKENESS_INLINE void forward(const NormShape& shape,
                             const In* x,
                             const NormParameters& parameters,
                             const NormStatistics& statistics,
                             Out* y) {
    statisticsOf(shape, x, statistics);
    const Affine affine = affineOf(shape, parameters, statistics);
    for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
        Floats factor;
        Floats offset;
        load(affine.factor.data() + c, factor);
        load(affine.offset.data() + c, offset);
        for (std::int64_t p = 0; p < shape.pixels; ++p) {
            const std::int64_t at = p * shape.channels + c;
            Floats value;
            Floats share;
            load(x + at, value);
            value = value * factor + offset;
            sigmoid(value, share);
            store(value * share, y + at);
        }
    }
}

/// Writes the gradient before the activation to the scratch and its sums per channel, plain and
/// times x, to `sums`.
template <typename In, typename Out>
LIKENESS_INLINE void gradientBeforeSilu(const NormShape& shape,
                                        const NormBackward& data,
                                        const Affine& affine,
                                        double* const* sums) {
    const auto* x = static_cast<const In*>(data.x.data);
    const auto* yGradient = static_cast<const Out*>(data.yGradient.data);
    sumsPerChannel<2>(shape, sums,
                      [&](std::int64_t at, std::int64_t c, Floats* total) LIKENESS_INLINE_LAMBDA {
                          Floats value;
                          Floats factor;
                          Floats offset;
                          Floats gradient;
                          Floats share;
                          load(x + at, value);
                          load(affine.factor.data() + c, factor);
                          load(affine.offset.data() + c, offset);
                          load(yGradient + at, gradient);
                          const Floats t = value * factor + offset;
                          sigmoid(t, share);
                          gradient *= share * (1.0F + t * (1.0F - share));
                          store(gradient, data.scratch + at);
                          total[0] += gradient;
                          total[1] += gradient * value;
                      });
}

/// xGradient = scratch * own + x * common + constant, per channel.
struct BackwardAffine {
    std::vector<float> own;
    std::vector<float> common;
    std::vector<float> constant;
};

BackwardAffine backwardAffineOf(const NormShape& shape,
                                const NormParameters& p,
                                const NormStatistics& statistics,
                                const std::vector<double> (&sums)[2]) {
    const std::int64_t perGroup = shape.channels / shape.groups;
    const double values = static_cast<double>(perGroup * shape.pixels);
    BackwardAffine affine;
    for (std::int64_t g = 0; g < shape.groups; ++g) {
        const double mean = static_cast<double>(statistics.mean[g]);
        const double inverse = static_cast<double>(statistics.inverseDeviation[g]);
        double plain = 0.0;
        double along = 0.0;
        for (std::int64_t c = g * perGroup; c < (g + 1) * perGroup; ++c) {
            const auto i = static_cast<std::size_t>(c);
            const double gain = static_cast<double>(p.weight[c]) *
                                (p.scale == nullptr ? 1.0 : 1.0 + static_cast<double>(p.scale[c]));
            plain += gain * sums[0][i] / values;
            along += gain * inverse * (sums[1][i] - mean * sums[0][i]) / values;
            affine.own.push_back(static_cast<float>(inverse * gain));
        }
        const auto channels = static_cast<std::size_t>((g + 1) * perGroup);
        affine.common.resize(channels, static_cast<float>(-inverse * inverse * along));
        affine.constant.resize(channels,
                               static_cast<float>(inverse * (inverse * mean * along - plain)));
    }
    return affine;
}

void parameterGradients(const NormShape& shape,
                        const NormParameters& p,
                        const NormStatistics& statistics,
                        const std::vector<double> (&sums)[2],
                        const NormGradients& out) {
    const std::int64_t perGroup = shape.channels / shape.groups;
    for (std::int64_t c = 0; c < shape.channels; ++c) {
        const auto i = static_cast<std::size_t>(c);
        const std::int64_t g = c / perGroup;
        const auto plain = static_cast<float>(sums[0][i]);
        const auto along =
            static_cast<float>(static_cast<double>(statistics.inverseDeviation[g]) *
                               (sums[1][i] - static_cast<double>(statistics.mean[g]) * sums[0][i]));
        const float gain = p.scale == nullptr ? 1.0F : 1.0F + p.scale[c];
        out.weight[c] += gain * along;
        out.bias[c] += gain * plain;
        if (out.scale != nullptr) {
            out.scale[c] = p.weight[c] * along + p.bias[c] * plain;
            out.shift[c] = plain;
        }
    }
}

template <typename In, typename Out>
LIKENESS_INLINE void backward(const NormShape& shape,
                              const NormBackward& data,
                              const NormParameters& parameters,
                              const NormStatistics& statistics,
                              const NormGradients& gradients) {
    const auto channels = static_cast<std::size_t>(shape.channels);
    std::vector<double> sums[2] = {std::vector<double>(channels), std::vector<double>(channels)};
    double* const sumsOf[] = {sums[0].data(), sums[1].data()};
    gradientBeforeSilu<In, Out>(shape, data, affineOf(shape, parameters, statistics), sumsOf);
    parameterGradients(shape, parameters, statistics, sums, gradients);
    const BackwardAffine affine = backwardAffineOf(shape, parameters, statistics, sums);
    const auto* x = static_cast<const In*>(data.x.data);
    auto* xGradient = static_cast<In*>(data.xGradient.data);
    for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
        Floats own;
        Floats common;
        Floats constant;
        load(affine.own.data() + c, own);
        load(affine.common.data() + c, common);
        load(affine.constant.data() + c, constant);
        for (std::int64_t p = 0; p < shape.pixels; ++p) {
            const std::int64_t at = p * shape.channels + c;
            Floats value;
            Floats gradient;
            load(x + at, value);
            load(data.scratch + at, gradient);
            store(gradient * own + value * common + constant, xGradient + at);
        }
    }
}

template <typename X, typename Y, typename Out>
LIKENESS_INLINE void sum(std::int64_t count, const X* x, const Y* y, float factor, Out* out) {
    const std::int64_t whole = count / kLanes * kLanes;
    for (std::int64_t i = 0; i < whole; i += kLanes) {
        Floats a;
        Floats b;
        load(x + i, a);
        load(y + i, b);
        store((a + b) * factor, out + i);
    }
    if (whole == count)
        return;
    // The rest as a vector of its own that is padded with zeros.
    X lastX[kLanes] = {};
    Y lastY[kLanes] = {};
    Out last[kLanes];
    std::copy(x + whole, x + count, lastX);
    std::copy(y + whole, y + count, lastY);
    Floats a;
    Floats b;
    load(lastX, a);
    load(lastY, b);
    store((a + b) * factor, last);
    std::copy(last, last + (count - whole), out + whole);
}

template <typename X, typename Out>
LIKENESS_INLINE void scaled(std::int64_t count, const X* x, float factor, Out* out) {
    static constexpr float kZeros[kLanes] = {};
    const std::int64_t whole = count / kLanes * kLanes;
    for (std::int64_t i = 0; i < whole; i += kLanes) {
        Floats a;
        load(x + i, a);
        store(a * factor, out + i);
    }
    sum(count - whole, x + whole, kZeros, factor, out + whole);
}

template <typename T>
LIKENESS_INLINE T* as(const Values& values) {
    return static_cast<T*>(values.data);
}

using Half = std::uint16_t;

} // namespace

LIKENESS_PER_PROCESSOR void normSilu(const NormShape& shape,
                                     const Values& x,
                                     const NormParameters& parameters,
                                     const NormStatistics& statistics,
                                     const Values& y) {
    if (x.half && y.half)
        forward(shape, as<Half>(x), parameters, statistics, as<Half>(y));
    else if (x.half)
        forward(shape, as<Half>(x), parameters, statistics, as<float>(y));
    else if (y.half)
        forward(shape, as<float>(x), parameters, statistics, as<Half>(y));
    else
        forward(shape, as<float>(x), parameters, statistics, as<float>(y));
}

LIKENESS_PER_PROCESSOR void normSiluBackward(const NormShape& shape,
                                             const NormBackward& data,
                                             const NormParameters& parameters,
                                             const NormStatistics& statistics,
                                             const NormGradients& gradients) {
    if (data.x.half && data.yGradient.half)
        backward<Half, Half>(shape, data, parameters, statistics, gradients);
    else if (data.x.half)
        backward<Half, float>(shape, data, parameters, statistics, gradients);
    else if (data.yGradient.half)
        backward<float, Half>(shape, data, parameters, statistics, gradients);
    else
        backward<float, float>(shape, data, parameters, statistics, gradients);
}

LIKENESS_PER_PROCESSOR void
scaledSum(std::int64_t count, const Values& x, const Values& y, float factor, const Values& out) {
    if (y.data == nullptr && out.half)
        scaled(count, as<float>(x), factor, as<Half>(out));
    else if (y.data == nullptr)
        scaled(count, as<float>(x), factor, as<float>(out));
    else if (y.half)
        sum(count, as<float>(x), as<Half>(y), factor, as<float>(out));
    else
        sum(count, as<float>(x), as<float>(y), factor, as<float>(out));
}

LIKENESS_PER_PROCESSOR void
adam(std::int64_t count, const AdamVectors& vectors, const AdamStep& step) {
    float* const weights = vectors.weights;
    const float* const gradient = vectors.gradient;
    float* const mean = vectors.mean;
    float* const square = vectors.square;
    float* const ema = vectors.ema;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
        const float g = gradient[i] * step.gradientScale;
        const float m = mean[i] + (g - mean[i]) * (1.0F - step.momentum);
        const float s = square[i] * step.squareDecay + g * g * (1.0F - step.squareDecay);
        const float w =
            weights[i] - step.rate * m / (std::sqrt(s) * step.squareCorrection + step.epsilon);
        mean[i] = m;
        square[i] = s;
        weights[i] = w;
        ema[i] += (w - ema[i]) * (1.0F - step.emaDecay);
    }
}

} // namespace likeness::kernels
