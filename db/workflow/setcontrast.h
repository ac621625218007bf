// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace likeness {

/// A descriptor of the images of one set: a scalar is a curve of one value. Sums and counts are
/// those of each image's pieces.
struct DescriptorSeries {
    std::vector<std::vector<double>> sum;
    std::vector<double> count;
    std::vector<double> samples; ///< one number per piece, for mean and deviation

    void start(std::size_t images, std::size_t length);
    void add(std::size_t image, const std::vector<double>& values, double sample);

    /// Mean over the pieces of some images, which may be named more than once; NaN where they have
    /// none.
    [[nodiscard]] std::vector<double> mean(std::span<const std::size_t> images) const;

    [[nodiscard]] std::vector<std::size_t> allImages() const;
};

[[nodiscard]] double meanOf(const std::vector<double>& values);

/// With n - 1; 0 for one value.
[[nodiscard]] double deviationOf(const std::vector<double>& values);
[[nodiscard]] double rootMeanSquare(const std::vector<double>& values);
[[nodiscard]] std::vector<double> decibels(const std::vector<double>& power);

/// The values of one descriptor in two sets, which must outlive it. Power is compared in decibels.
class SetContrast {
public:
    enum class Scale { asIs, power };

    SetContrast(const DescriptorSeries& a, const DescriptorSeries& b, Scale scale)
        : m_a(a)
        , m_b(b)
        , m_scale(scale) {}

    /// b minus a.
    [[nodiscard]] std::vector<double> between(std::span<const std::size_t> imagesOfA,
                                              std::span<const std::size_t> imagesOfB) const;
    [[nodiscard]] std::vector<double> whole() const;

    using Interval = std::optional<std::pair<double, double>>;

    /// 95 % percentile interval of the first value of the difference, and the radius of the 95 %
    /// confidence ball (root mean square) of all of it, images drawn again `resamples` times.
    /// Absent where a set has fewer than 5 images.
    [[nodiscard]] Interval scalarInterval(int resamples, Random random) const;
    [[nodiscard]] std::optional<double> ballRadius(int resamples, Random random) const;

private:
    void resample(int resamples,
                  Random& random,
                  const std::function<void(std::vector<double>& difference)>& take) const;

    const DescriptorSeries& m_a;
    const DescriptorSeries& m_b;
    Scale m_scale;
};

} // namespace likeness
