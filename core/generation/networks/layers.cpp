// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/layers.h"

#include "core/generation/networks/fused.h"
#include "core/generation/noise.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

std::int64_t groupsFor(std::int64_t channels) {
    std::int64_t groups = std::min<std::int64_t>(32, std::max<std::int64_t>(1, channels / 4));
    while (channels % groups != 0)
        --groups;
    return groups;
}

/// What oneDNN asks for; LibTorch's own convolutions do without.
bool takesBfloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0;
#else
    return false;
#endif
}

/// oneDNN also takes single small images, for which LibTorch would choose its own slower way.
bool usesPacked(const torch::Tensor& x, const Pass& pass) {
    return pass.packed != nullptr && (!pass.bfloat16 || takesBfloat16()) && x.device().is_cpu() &&
           !torch::GradMode::is_enabled() && at::hasMKLDNN() &&
           at::globalContext().userEnabledMkldnn();
}

} // namespace

torch::Tensor firstValues(Random& random, const std::vector<std::int64_t>& shape, Start start) {
    torch::Tensor value = torch::zeros(shape, torch::kFloat32);
    if (start == Start::zero)
        return value;
    const auto count = static_cast<std::size_t>(value.numel());
    fillNormal({value.data_ptr<float>(), count}, random.next64());
    const double fanIn = static_cast<double>(value.numel()) / static_cast<double>(shape.front());
    return value.mul_(1.0 / std::sqrt(fanIn));
}

const torch::Tensor&
PackedWeights::of(const torch::Tensor& weight,
                  const std::function<torch::Tensor(const torch::Tensor&)>& pack) {
    const std::lock_guard lock(m_mutex);
    torch::Tensor& packed = m_packed[weight.unsafeGetTensorImpl()];
    if (!packed.defined())
        packed = pack(weight);
    return packed;
}

torch::Tensor Parameters::add(std::string name, torch::Tensor value) {
    value.set_requires_grad(true);
    m_entries.push_back({std::move(name), value});
    return value;
}

void Parameters::flatten(const torch::Device& device) {
    const torch::NoGradGuard noGrad;
    m_flat = torch::empty({count()}, torch::TensorOptions().dtype(torch::kFloat32).device(device));
    std::int64_t offset = 0;
    for (Entry& entry : m_entries) {
        const std::int64_t size = entry.value.numel();
        const torch::Tensor view = m_flat.narrow(0, offset, size).view(entry.value.sizes());
        view.copy_(entry.value);
        entry.value.set_data(view);
        offset += size;
    }
}

void Parameters::moveTo(const torch::Device& device) {
    if (!m_flat.defined() || m_flat.device() != device)
        flatten(device);
}

std::vector<torch::Tensor> Parameters::tensors() const {
    std::vector<torch::Tensor> all;
    all.reserve(m_entries.size());
    for (const Entry& entry : m_entries)
        all.push_back(entry.value);
    return all;
}

std::int64_t Parameters::count() const {
    std::int64_t total = 0;
    for (const Entry& entry : m_entries)
        total += entry.value.numel();
    return total;
}

Convolution::Convolution(Builder& builder,
                         const std::string& name,
                         ConvolutionShape shape,
                         Start start)
    : m_weight(builder.parameters.add(
          name + ".weight",
          firstValues(builder.random, {shape.out, shape.in, shape.kernel, shape.kernel}, start)))
    , m_bias(builder.parameters.add(name + ".bias", torch::zeros({shape.out})))
    , m_shape(shape) {}

torch::Tensor Convolution::forward(const torch::Tensor& x, const Pass& pass) const {
    const std::int64_t padding = m_shape.padding < 0 ? m_shape.kernel / 2 : m_shape.padding;
    const std::vector<std::int64_t> strides{m_shape.stride, m_shape.stride};
    const std::vector<std::int64_t> paddings{padding, padding};
    const auto half = torch::kBFloat16;
    if (usesPacked(x, pass))
        return withoutGradient(pass.bfloat16 ? x.to(half) : x, pass).to(x.scalar_type());
    if (!pass.bfloat16)
        return torch::conv2d(x, m_weight, m_bias, strides, paddings);
    const torch::Tensor y =
        torch::conv2d(x.to(half), m_weight.to(half), m_bias.to(half), strides, paddings);
    return y.to(x.scalar_type());
}

torch::Tensor Convolution::withoutGradient(const torch::Tensor& x, const Pass& pass) const {
    const std::int64_t padding = m_shape.padding < 0 ? m_shape.kernel / 2 : m_shape.padding;
    const std::vector<std::int64_t> strides{m_shape.stride, m_shape.stride};
    const std::vector<std::int64_t> paddings{padding, padding};
    const std::vector<std::int64_t> ones{1, 1};
    const auto type = x.scalar_type();
    const torch::Tensor& weight = pass.packed->of(m_weight, [&](const torch::Tensor& plain) {
        return plain.detach().to(type).contiguous(torch::MemoryFormat::ChannelsLast);
    });
    return at::mkldnn_convolution(x, weight, m_bias.to(type), paddings, strides, ones, 1);
}

Linear::Linear(
    Builder& builder, const std::string& name, std::int64_t in, std::int64_t out, Start start)
    : m_weight(
          builder.parameters.add(name + ".weight", firstValues(builder.random, {out, in}, start)))
    , m_bias(builder.parameters.add(name + ".bias", torch::zeros({out}))) {}

torch::Tensor Linear::forward(const torch::Tensor& x) const {
    return torch::addmm(m_bias, x, m_weight.t());
}

GroupNorm::GroupNorm(Builder& builder, const std::string& name, std::int64_t channels)
    : m_weight(builder.parameters.add(name + ".weight", torch::ones({channels})))
    , m_bias(builder.parameters.add(name + ".bias", torch::zeros({channels})))
    , m_groups(groupsFor(channels)) {}

torch::Tensor GroupNorm::forward(const torch::Tensor& x) const {
    return torch::group_norm(x, m_groups, m_weight, m_bias, 1e-5);
}

torch::Tensor
GroupNorm::activated(const torch::Tensor& x, const Pass& pass, const torch::Tensor& film) const {
    return normSilu(x, {m_weight, m_bias, m_groups, film, pass.bfloat16});
}

PositionNorm::PositionNorm(Builder& builder, const std::string& name, std::int64_t channels)
    : m_gain(builder.parameters.add(name + ".gain", torch::ones({channels, 1, 1}))) {}

torch::Tensor PositionNorm::forward(const torch::Tensor& x) const {
    const torch::Tensor gain = x.dim() == 5 ? m_gain.unsqueeze(-1) : m_gain;
    return x * torch::rsqrt((x * x).mean({1}, true) + 1e-6) * gain;
}

} // namespace likeness
