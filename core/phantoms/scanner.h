// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"

#include <cstdint>

namespace likeness {

enum class ReconstructionFilter { ramLak, sheppLogan, hann };

/// A parallel-beam scanner with flat-field corrected counts. The rotation axis passes through the
/// image centre.
struct ScannerParameters {
    int angles = 0; ///< projections over 180 degrees; 0: 1.4 times the width
    double photons =
        20000.0; ///< unattenuated counts per detector pixel and projection; 0: no noise
    double opticalDepth = 1.8; ///< -ln(transmission) of signal 1 across the image's width
    double rings =
        0.0015;        ///< standard deviation of the detector pixels' gain left after correction
    double blur = 0.7; ///< standard deviation of the point spread, px
    double phaseContrast = 0.0; ///< weight of the negative Laplacian (bright and dark rims), px^2
    double beamHardening = 0.0; ///< share of the optical depth lost per unit of it
    ReconstructionFilter filter = ReconstructionFilter::sheppLogan;
};

/// Attenuation (32-bit, 1 = main solid) to reconstructed attenuation in the same unit, 32-bit,
/// slice by slice: strip projection, beam hardening, Poisson counts, gain errors, -ln, filtered
/// back-projection (Kak and Slaney 1988, chapter 3). A border of 4 px is scanned along and cut off,
/// so that no edge to air shows. Streams "phantom.scanner.noise" and "phantom.scanner.gain", one
/// seed per slice. Throws Error(config), Cancelled.
[[nodiscard]] Volume simulateScan(const Volume& attenuation,
                                  const ScannerParameters& parameters,
                                  std::uint64_t seed,
                                  JobContext& job);

/// Fixed linear window from signal to 16-bit grey: low is 0, high is 65535, linear between, clipped
/// outside.
struct GreyWindow {
    double low = -0.5;
    double high = 2.0;

    /// Signal of a grey value.
    [[nodiscard]] double signal(double grey) const noexcept {
        return low + (high - low) * grey / 65535.0;
    }

    /// Grey value of a signal, not rounded or clipped.
    [[nodiscard]] double grey(double signal) const noexcept {
        return (signal - low) / (high - low) * 65535.0;
    }
};

[[nodiscard]] Volume toGrey16(const Volume& signal, const GreyWindow& map);

} // namespace likeness
