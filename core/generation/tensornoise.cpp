// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/tensornoise.h"

#include "core/base/random.h"
#include "core/generation/noise.h"

namespace likeness {

torch::Tensor normalTensor(const std::vector<std::int64_t>& shape,
                           std::span<const std::uint64_t> seeds) {
    torch::Tensor values = torch::empty(shape, torch::kFloat32);
    const auto each = static_cast<std::size_t>(values.numel()) / seeds.size();
    for (std::size_t i = 0; i < seeds.size(); ++i)
        fillNormal({values.data_ptr<float>() + i * each, each}, seeds[i]);
    return values;
}

std::vector<std::uint64_t> seedsFor(std::span<const std::uint64_t> seeds, std::uint64_t purpose) {
    std::vector<std::uint64_t> derived;
    for (const std::uint64_t seed : seeds)
        derived.push_back(derivedSeed(seed, purpose));
    return derived;
}

torch::Tensor sentTo(const torch::Device& device, const torch::Tensor& host) {
    return device.is_cuda() ? host.pin_memory().to(device, true) : host.to(device);
}

} // namespace likeness
