// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/scanner.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/phantoms/field.h"
#include "core/phantoms/sinogram.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::int64_t kMargin = 4;

void check(const Volume& attenuation, const ScannerParameters& p) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The scan cannot be simulated", why);
    };
    if (attenuation.type() != PixelType::f32 || attenuation.channels() != 1 ||
        attenuation.isEmpty())
        refuse("the specimen's signal must be 32-bit with one channel");
    if (attenuation.width() != attenuation.height())
        refuse("slices must be square");
    if (p.angles < 0 || p.angles > 20000)
        refuse("the number of projections must lie between 0 and 20000");
    if (!(p.photons >= 0.0) || !(p.opticalDepth > 0.0) || !(p.opticalDepth <= 8.0))
        refuse("photons must be >= 0 and the optical depth between 0 and 8");
    if (!(p.rings >= 0.0) || !(p.rings <= 0.2) || !(p.blur >= 0.0) || !(p.blur <= 20.0))
        refuse("rings must lie between 0 and 0.2 and the blur between 0 and 20 px");
    if (!(p.phaseContrast >= 0.0) || !(p.phaseContrast <= 4.0))
        refuse("the phase contrast must lie between 0 and 4 px^2");
    if (!(p.beamHardening >= 0.0) || !(p.beamHardening * p.opticalDepth * 3.0 <= 1.0))
        refuse("the beam hardening must lie between 0 and 1 / (3 times the optical depth)");
}

/// Adds the rims that free-space propagation gives: signal - weight * Laplacian, within each slice.
void addPhaseContrast(std::vector<float>& values,
                      const Extent& extent,
                      double weight,
                      JobContext& job) {
    if (weight <= 0.0)
        return;
    const std::vector<float> source = values;
    const auto [w, h, d] = extent;
    const auto k = static_cast<float>(weight);
    for (std::int64_t row = 0; row < h * d; ++row) {
        if (row % 64 == 0)
            job.throwIfStopped();
        const std::int64_t y = row % h;
        const float* here = source.data() + row * w;
        const float* above = y > 0 ? here - w : here;
        const float* below = y + 1 < h ? here + w : here;
        float* out = values.data() + row * w;
        for (std::int64_t x = 0; x < w; ++x) {
            const float left = here[std::max<std::int64_t>(x - 1, 0)];
            const float right = here[std::min<std::int64_t>(x + 1, w - 1)];
            out[x] -= k * (left + right + above[x] + below[x] - 4.0F * here[x]);
        }
    }
}

/// Slice z with its border replicated, so that the edge to air lies outside the picture.
std::vector<float>
paddedSlice(const std::vector<float>& values, std::int64_t size, std::int64_t z) {
    const std::int64_t padded = size + 2 * kMargin;
    std::vector<float> out(static_cast<std::size_t>(padded * padded));
    for (std::int64_t y = 0; y < padded; ++y) {
        const std::int64_t sy = std::clamp<std::int64_t>(y - kMargin, 0, size - 1);
        for (std::int64_t x = 0; x < padded; ++x) {
            const std::int64_t sx = std::clamp<std::int64_t>(x - kMargin, 0, size - 1);
            out[static_cast<std::size_t>(y * padded + x)] =
                values[static_cast<std::size_t>((z * size + sy) * size + sx)];
        }
    }
    return out;
}

} // namespace

Volume simulateScan(const Volume& attenuation,
                    const ScannerParameters& parameters,
                    std::uint64_t seed,
                    JobContext& job) {
    check(attenuation, parameters);
    const Extent extent{attenuation.width(), attenuation.height(), attenuation.depth()};
    const std::int64_t size = extent.width;
    const std::int64_t padded = size + 2 * kMargin;
    std::vector<float> object(attenuation.pixels<float>(),
                              attenuation.pixels<float>() + extent.pixels());
    phantoms::smooth(object, extent, parameters.blur, phantoms::Border::clamp, job);
    addPhaseContrast(object, extent, parameters.phaseContrast, job);

    const int angles = parameters.angles > 0
                           ? parameters.angles
                           : static_cast<int>(std::lround(1.4 * static_cast<double>(size)));
    const phantoms::ParallelBeam beam(padded, angles, parameters.filter);
    Volume scan(PixelType::f32, size, size, extent.depth);
    scan.voxelSize = attenuation.voxelSize;
    for (std::int64_t z = 0; z < extent.depth; ++z) {
        job.report(static_cast<double>(z) / static_cast<double>(extent.depth), "Scanning slices");
        phantoms::Sinogram rays = beam.project(paddedSlice(object, size, z), job);
        phantoms::measure(rays, parameters, static_cast<double>(size),
                          derivedSeed(seed, static_cast<std::uint64_t>(z)), job);
        const std::vector<float> slice = beam.reconstruct(std::move(rays), job);
        for (std::int64_t y = 0; y < size; ++y)
            std::copy_n(slice.data() + (y + kMargin) * padded + kMargin, size,
                        scan.pixels<float>() + (z * size + y) * size);
    }
    return scan;
}

Volume toGrey16(const Volume& signal, const GreyWindow& map) {
    if (signal.type() != PixelType::f32)
        throw Error(ErrorCode::config, "The grey map cannot be applied",
                    "the signal must be 32-bit");
    Volume grey(PixelType::u16, signal.width(), signal.height(), signal.depth(), signal.channels());
    grey.voxelSize = signal.voxelSize;
    const std::int64_t count = signal.span().values();
    const float* in = signal.pixels<float>();
    auto* out = grey.pixels<std::uint16_t>();
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = static_cast<std::uint16_t>(
            std::lround(std::clamp(map.grey(static_cast<double>(in[i])), 0.0, 65535.0)));
    return grey;
}

} // namespace likeness
