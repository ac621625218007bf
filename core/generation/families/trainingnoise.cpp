// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/trainingnoise.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Quantile of the standard normal distribution, relative error below 1.2e-9 (Acklam's rational
/// approximation).
double normalQuantile(double p) {
    constexpr double kTail = 0.02425;
    const auto ratio = [](double x, const auto& top, const auto& bottom) {
        double a = 0.0;
        double b = 0.0;
        for (const double c : top)
            a = a * x + c;
        for (const double c : bottom)
            b = b * x + c;
        return a / (b * x + 1.0);
    };
    constexpr double kTailTop[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                                   -2.400758277161838e+00, -2.549732539343734e+00,
                                   4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double kTailBottom[] = {7.784695709041462e-03, 3.224671290700398e-01,
                                      2.445134137142996e+00, 3.754408661907416e+00};
    constexpr double kTop[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double kBottom[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                                  -1.556989798598866e+02, 6.680131188771972e+01,
                                  -1.328068155288572e+01};
    if (p < kTail)
        return ratio(std::sqrt(-2.0 * std::log(p)), kTailTop, kTailBottom);
    if (p > 1.0 - kTail)
        return -ratio(std::sqrt(-2.0 * std::log(1.0 - p)), kTailTop, kTailBottom);
    const double q = p - 0.5;
    return q * ratio(q * q, kTop, kBottom);
}

} // namespace

std::vector<float> trainingNoise(const DiffusionTraining& config, std::uint64_t seed) {
    Random random(seed, "generation.sigma");
    const double offset = random.uniform();
    std::vector<float> sigmas;
    for (int i = 0; i < config.batch; ++i) {
        const double share = std::clamp((i + offset) / config.batch, 1e-9, 1.0 - 1e-9);
        sigmas.push_back(static_cast<float>(
            std::exp(config.noiseMean + config.noiseSpread * normalQuantile(share))));
    }
    return sigmas;
}

} // namespace likeness
