// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/phantoms/fourier.h"
#include "core/phantoms/scanner.h"

#include <cstdint>
#include <vector>

namespace likeness::phantoms {

/// Line integrals of one slice: a row of detector pixels (1 px wide) per angle.
struct Sinogram {
    int angles = 0;
    std::int64_t bins = 0;
    std::vector<float> rays;

    [[nodiscard]] float* row(int angle) noexcept { return rays.data() + angle * bins; }
};

/// Geometry of a parallel-beam scan of a square slice, angles evenly over 180 degrees.
class ParallelBeam {
public:
    ParallelBeam(std::int64_t size, int angles, ReconstructionFilter filter);

    /// Strip integrals: each pixel is a unit square, each detector pixel averages over its width.
    [[nodiscard]] Sinogram project(const std::vector<float>& slice, JobContext& job) const;

    /// Filtered back-projection with linear interpolation.
    [[nodiscard]] std::vector<float> reconstruct(Sinogram sinogram, JobContext& job) const;

private:
    /// Detector position of a row's first pixel; the next ones follow in steps of the angle's
    /// cosine.
    [[nodiscard]] double rowStart(std::int64_t y, double angle) const noexcept;
    void filterRows(Sinogram& sinogram, JobContext& job) const;

    std::int64_t m_size;
    int m_angles;
    std::int64_t m_bins;
    Fourier m_fourier;
    std::vector<double> m_response;
};

/// What the detector makes of the rays of a specimen `size` px across: optical depth, beam
/// hardening, Poisson counts, gain errors, and back to the unit of the rays.
void measure(Sinogram& sinogram,
             const ScannerParameters& parameters,
             double size,
             std::uint64_t seed,
             JobContext& job);

} // namespace likeness::phantoms
