// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/job.h"

#include <vector>

namespace likeness {

/// Mean squared difference of all values (all channels, all slices), in squared grey levels. The
/// spans must agree in size and channels (types may differ; values are compared unscaled). Throws
/// Error(config) if they do not agree, Error(numeric) for values that are not finite. These rules
/// hold for every function of this header.
[[nodiscard]] double meanSquaredError(const ImageSpan& a, const ImageSpan& b);

/// 10 log10(L^2 / MSE) in dB; +infinity for identical images. `dataRange` L > 0.
[[nodiscard]] double peakSignalToNoise(const ImageSpan& a, const ImageSpan& b, double dataRange);

enum class ColourRule {
    channelMean, ///< mean of the channels' values
    luma         ///< Y = 0.299 R + 0.587 G + 0.114 B, not rounded
};

struct SsimOptions {
    double dataRange = 255.0; ///< L, always explicit
    ColourRule colour = ColourRule::channelMean;
};

struct SsimResult {
    double ssim = 0.0;     ///< mean of l*cs over the valid windows; may be negative, never clamped
    double contrast = 0.0; ///< mean of cs alone, as MS-SSIM needs it
};

/// SSIM of Wang, Bovik, Sheikh, Simoncelli (2004): Gaussian window 11x11, sigma 1.5, K1 0.01, K2
/// 0.03, population covariance, windows that lie wholly inside, no downsampling, float64. Depth 1
/// only; sides >= 11 or Error(config).
[[nodiscard]] SsimResult ssim(const ImageSpan& a,
                              const ImageSpan& b,
                              const SsimOptions& options,
                              const JobContext& job = {});

/// The same with an 11x11x11 window on volumes with every side >= 11. Not the mean of the slices'
/// values.
[[nodiscard]] SsimResult
ssim3d(const ImageSpan& a, const ImageSpan& b, const SsimOptions& options, const JobContext& job);

struct MsSsimResult {
    double value = 0.0;
    std::vector<double>
        levels; ///< cs of levels 1-4, ssim of level 5, before the clamp at 0 (last channel's)
    bool negativeScale = false; ///< a level was negative, so the product is 0
};

/// Smallest side that leaves an 11-pixel window at the fifth level.
inline constexpr int kMsSsimMinimumSide = 176;

/// MS-SSIM (Wang, Simoncelli, Bovik 2003): 5 levels, weights .0448 .2856 .3001 .2363 .1333, levels
/// below 0 count as 0, 2x2 mean pooling in which an odd last row or column is dropped. Depth 1
/// only.
[[nodiscard]] MsSsimResult msSsim(const ImageSpan& a,
                                  const ImageSpan& b,
                                  const SsimOptions& options,
                                  const JobContext& job = {});

} // namespace likeness
