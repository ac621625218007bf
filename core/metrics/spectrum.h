// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <span>
#include <vector>

namespace likeness {

struct RadialSpectrum {
    std::vector<double> frequency; ///< cycles per pixel of each bin's centre
    std::vector<double> power;     ///< mean of |FFT(f - mean)|^2 / N over the bin
};

/// Radially averaged power spectrum of one 2-D grey image (RGB: luma): k = cycles per pixel times
/// the longer side on both axes, bins floor(k + 0.5), bins below half the longer side. No window.
/// Throws Error(config) for depth > 1, Error(numeric) for values that are not finite.
[[nodiscard]] RadialSpectrum radialSpectrum(const ImageSpan& image);

/// Least-squares slope of ln power against ln k over bins first..last (both included, k = bin
/// number).
[[nodiscard]] double
spectrumSlope(const RadialSpectrum& spectrum, std::size_t first, std::size_t last);

/// Root mean square over bins >= 1 of the difference of log10 of the mean power of two sets, in
/// decades. Rows are the spectra of the samples (equal lengths). Bins without power in both sets
/// are left out.
[[nodiscard]] double spectrumDistance(std::span<const std::vector<double>> a,
                                      std::span<const std::vector<double>> b);

} // namespace likeness
