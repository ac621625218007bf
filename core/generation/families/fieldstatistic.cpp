// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/fieldstatistic.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kSmallestPhase = 0.005;

std::vector<float> phaseTable(std::int64_t lastDark) {
    std::vector<float> table(static_cast<std::size_t>(kGreyBins), 0.0F);
    std::fill_n(table.begin(), lastDark + 1, 1.0F);
    return table;
}

std::vector<float> scoreTable(const GreyDistribution& grey) {
    constexpr double kTail = 1e-7;
    std::vector<float> table;
    for (std::int64_t bin = 0; bin < kGreyBins; ++bin)
        table.push_back(static_cast<float>(
            normalQuantile(std::clamp(grey.middleShare(bin), kTail, 1.0 - kTail))));
    return table;
}

} // namespace

FieldStatistic::FieldStatistic(const torch::Tensor& histogram) {
    const torch::Tensor host = histogram.detach().to(torch::kCPU).contiguous();
    const auto channels = host.size(0);
    for (std::int64_t c = 0; c < channels; ++c) {
        const GreyDistribution grey(
            {host.data_ptr<float>() + c * kGreyBins, static_cast<std::size_t>(kGreyBins)});
        const std::int64_t cut = grey.otsuBin();
        const double dark = grey.shareUpTo(cut);
        m_phases = channels == 1 && dark >= kSmallestPhase && dark <= 1.0 - kSmallestPhase;
        m_table.push_back(m_phases ? phaseTable(cut) : scoreTable(grey));
    }
}

torch::Tensor FieldStatistic::of(const torch::Tensor& units) const {
    torch::Tensor values = torch::empty_like(units, torch::MemoryFormat::Contiguous);
    const torch::Tensor source = units.contiguous();
    const std::int64_t channels = units.size(1);
    const std::int64_t pixels = units.size(2) * units.size(3);
    const float* from = source.data_ptr<float>();
    float* to = values.data_ptr<float>();
    for (std::int64_t plane = 0; plane < units.size(0) * channels; ++plane) {
        const auto& table = m_table[static_cast<std::size_t>(plane % channels)];
        for (std::int64_t i = 0; i < pixels; ++i, ++from, ++to)
            *to = table[static_cast<std::size_t>(greyBin(*from))];
    }
    return values;
}

} // namespace likeness
