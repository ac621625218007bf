// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace likeness {

struct Given;

/// Weights as the convolutions of this machine want them, made once and used for many passes of one
/// precision while nobody changes the parameters. Safe on any thread.
class PackedWeights {
public:
    /// What `pack` made of the weight when it was first asked for.
    [[nodiscard]] const torch::Tensor&
    of(const torch::Tensor& weight, const std::function<torch::Tensor(const torch::Tensor&)>& pack);

private:
    std::mutex m_mutex;
    std::unordered_map<const void*, torch::Tensor> m_packed;
};

/// How a pass is computed. Convolutions in bfloat16 give what they are given, float or bfloat16;
/// everything else stays float.
struct Pass {
    bool bfloat16 = false;
    bool training = false;
    std::uint64_t seed = 0;       ///< of the dropout
    const Given* given = nullptr; ///< what the network is told about the images; null: nothing
    const std::function<void()>* check = nullptr; ///< called now and then; may throw to stop
    PackedWeights* packed = nullptr;              ///< for passes without gradients
};

/// The parameters of a network under their names, in the order of their making. After `flatten` all
/// of them are views of one buffer, so that optimiser, running mean and files treat them as one
/// vector.
class Parameters {
public:
    struct Entry {
        std::string name;
        torch::Tensor value;
    };

    torch::Tensor add(std::string name, torch::Tensor value);
    void flatten(const torch::Device& device);

    /// The same as flatten, but does nothing if they already lie there.
    void moveTo(const torch::Device& device);

    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return m_entries; }

    [[nodiscard]] const torch::Tensor& flat() const noexcept { return m_flat; }

    [[nodiscard]] std::vector<torch::Tensor> tensors() const;
    [[nodiscard]] std::int64_t count() const;

private:
    std::vector<Entry> m_entries;
    torch::Tensor m_flat;
};

/// What makes layers: where their parameters go, and the generator of their first values.
struct Builder {
    Parameters& parameters;
    Random& random;
};

enum class Start { normal, zero }; ///< N(0, 1/fan-in) or all zero

/// Of a weight whose first dimension is the output's.
[[nodiscard]] torch::Tensor
firstValues(Random& random, const std::vector<std::int64_t>& shape, Start start);

struct ConvolutionShape {
    std::int64_t in = 1;
    std::int64_t out = 1;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t padding = -1; ///< with zeros, on each side; -1: half the kernel
};

class Convolution {
public:
    Convolution(Builder& builder,
                const std::string& name,
                ConvolutionShape shape,
                Start start = Start::normal);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const Pass& pass) const;

private:
    [[nodiscard]] torch::Tensor withoutGradient(const torch::Tensor& x, const Pass& pass) const;

    torch::Tensor m_weight;
    torch::Tensor m_bias;
    ConvolutionShape m_shape;
};

class Linear {
public:
    Linear(Builder& builder,
           const std::string& name,
           std::int64_t in,
           std::int64_t out,
           Start start = Start::normal);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

private:
    torch::Tensor m_weight;
    torch::Tensor m_bias;
};

/// Group normalisation with at least 4 channels to a group and at most 32 groups.
class GroupNorm {
public:
    GroupNorm(Builder& builder, const std::string& name, std::int64_t channels);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    /// silu(forward(x) * (1 + scale) + shift), x and result float or bfloat16: what a convolution
    /// of the pass takes in. `film` holds scales and shifts, N x 2C; undefined: 0.
    [[nodiscard]] torch::Tensor
    activated(const torch::Tensor& x, const Pass& pass, const torch::Tensor& film = {}) const;

private:
    torch::Tensor m_weight;
    torch::Tensor m_bias;
    std::int64_t m_groups;
};

/// Root-mean-square normalisation over the channels of each position, with a gain per channel: no
/// position and no image has to do with another. For images and volumes.
class PositionNorm {
public:
    PositionNorm(Builder& builder, const std::string& name, std::int64_t channels);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

private:
    torch::Tensor m_gain;
};

} // namespace likeness
