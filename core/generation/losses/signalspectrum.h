// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

namespace likeness {

/// What a denoiser knows of its images before it learns anything: their mean and how strong their
/// structure is at each spatial frequency. The best linear guess of the image behind noise of
/// deviation sigma then follows (Wiener's filter): the cosine coefficient at frequency f is kept by
/// V(f) / (V(f) + sigma^2). A flat V = sigma_data^2 makes of it the skip connection of EDM (Karras
/// et al. 2022, table 1). In images of scans V spans three decades, so that at the noise levels at
/// which their layout is decided EDM's skip is far from the best linear guess and a network that
/// was trained for minutes only makes too little of the longest wavelengths.
///
/// Cosine coefficients are those of the orthonormal DCT-II, whose even continuation has no edges
/// where the opposite sides of a crop do not fit. The variance of one is the spectral density at
/// its frequency, whatever the size of the image, so a spectrum of crops serves images of any size.
/// Safe on several threads once it is made.
class SignalSpectrum {
public:
    /// EDM's own: no structure.
    explicit SignalSpectrum(double sigmaData);

    /// `mean`: channels; `variances`: channels x size x size, positive. Both on the CPU; their
    /// values are read when they are first needed.
    SignalSpectrum(double sigmaData, torch::Tensor mean, torch::Tensor variances);

    /// Of images N x channels x H x W whose noise has deviations `sigmas` (N): the best linear
    /// guess.
    [[nodiscard]] torch::Tensor guessed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas) const;

    /// The root mean square of what that guess leaves out, N x 1 x 1 x 1.
    [[nodiscard]] torch::Tensor leftOut(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas) const;

    /// The inverse of the deviation of the noisy images themselves, N x 1 x 1 x 1.
    [[nodiscard]] torch::Tensor inverseDeviation(const torch::Tensor& sigmas) const;

private:
    struct Grid {
        torch::Tensor mean;      ///< 1 x channels x 1 x 1
        torch::Tensor variances; ///< 1 x channels x H x W
        torch::Tensor rows;      ///< H x H, the transform of columns
        torch::Tensor columns;   ///< W x W
    };

    [[nodiscard]] const Grid& gridFor(const torch::Tensor& images) const;

    double m_sigmaData;
    torch::Tensor m_mean;
    torch::Tensor m_variances; ///< undefined: flat
    mutable std::mutex m_mutex;
    mutable std::map<std::tuple<std::int64_t, std::int64_t, std::string>, Grid> m_grids;
};

/// Mean and variances of crops as SignalSpectrum takes them.
struct MeasuredSpectrum {
    torch::Tensor mean;
    torch::Tensor variances;
};

/// Measures a spectrum on crops that come a few at a time, in memory for those few.
class SpectrumMeter {
public:
    /// N x channels x size x size, float, on the CPU; the same channels and size in every call.
    void add(const torch::Tensor& crops);

    /// Of all crops so far, of which there is at least one.
    [[nodiscard]] MeasuredSpectrum found() const;

private:
    std::int64_t m_count = 0;
    torch::Tensor m_cosines; ///< size x size
    torch::Tensor m_means;   ///< the sum of the crops' own means, per channel
    torch::Tensor m_powers;  ///< the sum of the squares of their coefficients
};

} // namespace likeness
