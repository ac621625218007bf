// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/correlation.h"

#include "core/base/error.h"

#include <array>
#include <limits>
#include <string>

namespace likeness {

namespace {

/// A binary field with 64 voxels to a word, packed along an axis other than the one that lags run
/// along, so that a lag is a whole number of words.
struct BitField {
    std::vector<std::uint64_t> words;
    std::int64_t step = 0;   ///< words from a voxel to its neighbour along the lag axis
    std::int64_t length = 0; ///< voxels along the lag axis
    std::int64_t slabs = 1;  ///< blocks of length * step words that lags do not cross
};

BitField packAlongX(const std::vector<std::uint8_t>& bytes,
                    const std::array<std::int64_t, 3>& size,
                    int axis) {
    const auto [w, h, d] = size;
    const std::int64_t perRow = (w + 63) / 64;
    BitField out;
    out.words.assign(static_cast<std::size_t>(perRow * h * d), 0);
    for (std::int64_t row = 0; row < h * d; ++row) {
        const std::uint8_t* source = bytes.data() + row * w;
        std::uint64_t* target = out.words.data() + row * perRow;
        for (std::int64_t x = 0; x < w; ++x)
            target[x >> 6] |= static_cast<std::uint64_t>(source[x]) << (x & 63);
    }
    out.step = axis == 1 ? perRow : perRow * h;
    out.length = axis == 1 ? h : d;
    out.slabs = axis == 1 ? d : 1;
    return out;
}

BitField packAlongY(const std::vector<std::uint8_t>& bytes,
                    const std::array<std::int64_t, 3>& size) {
    const auto [w, h, d] = size;
    const std::int64_t perColumn = (h + 63) / 64;
    BitField out{std::vector<std::uint64_t>(static_cast<std::size_t>(perColumn * w * d), 0),
                 perColumn, w, d};
    for (std::int64_t z = 0; z < d; ++z)
        for (std::int64_t y = 0; y < h; ++y) {
            const std::uint8_t* source = bytes.data() + (z * h + y) * w;
            std::uint64_t* target = out.words.data() + z * w * perColumn + (y >> 6);
            for (std::int64_t x = 0; x < w; ++x)
                target[x * perColumn] |= static_cast<std::uint64_t>(source[x]) << (y & 63);
        }
    return out;
}

BitField
pack(const std::vector<std::uint8_t>& bytes, const std::array<std::int64_t, 3>& size, int axis) {
    return axis == 0 ? packAlongY(bytes, size) : packAlongX(bytes, size, axis);
}

constexpr std::uint64_t kOnes = 0x0101010101010101U;

/// Set bits of each byte, in that byte.
constexpr std::uint64_t byteCounts(std::uint64_t x) {
    x -= (x >> 1) & (0x55 * kOnes);
    x = (x & (0x33 * kOnes)) + ((x >> 2) & (0x33 * kOnes));
    return (x + (x >> 4)) & (0x0f * kOnes);
}

constexpr std::int64_t sumOfBytes(std::uint64_t x) {
    const std::uint64_t pairs = (x & 0x00ff00ff00ff00ffU) + ((x >> 8) & 0x00ff00ff00ff00ffU);
    return static_cast<std::int64_t>((pairs * 0x0001000100010001U) >> 48);
}

/// Bits set in both. Bytes collect up to 31 words before they could overflow; the lanes let the
/// compiler vectorise.
std::int64_t commonBits(const std::uint64_t* a, const std::uint64_t* b, std::int64_t count) {
    constexpr std::int64_t kLanes = 8;
    constexpr std::int64_t kRounds = 31;
    std::int64_t total = 0;
    std::int64_t i = 0;
    while (i + kLanes <= count) {
        const std::int64_t rounds = std::min(kRounds, (count - i) / kLanes);
        std::array<std::uint64_t, kLanes> lane{};
        for (std::int64_t r = 0; r < rounds; ++r, i += kLanes)
            for (std::int64_t l = 0; l < kLanes; ++l)
                lane[static_cast<std::size_t>(l)] += byteCounts(a[i + l] & b[i + l]);
        for (const std::uint64_t bytes : lane)
            total += sumOfBytes(bytes);
    }
    for (; i < count; ++i)
        total += sumOfBytes(byteCounts(a[i] & b[i]));
    return total;
}

/// Pairs at a lag with both ends in the phase and inside the image.
std::int64_t pairsAt(const BitField& field, std::int64_t lag) {
    std::int64_t total = 0;
    const std::int64_t slab = field.length * field.step;
    for (std::int64_t s = 0; s < field.slabs; ++s) {
        const std::uint64_t* first = field.words.data() + s * slab;
        total += commonBits(first, first + lag * field.step, slab - lag * field.step);
    }
    return total;
}

} // namespace

std::vector<double> twoPointAxis(const Indicator& field,
                                 int axis,
                                 std::int64_t maximumLag,
                                 Boundary boundary,
                                 const JobContext& job) {
    const std::int64_t length =
        axis >= 0 && axis < 3 ? field.size[static_cast<std::size_t>(axis)] : 0;
    if (maximumLag < 0 || maximumLag >= length)
        throw Error(ErrorCode::config, "The two-point correlation has no value here",
                    "a lag of " + std::to_string(maximumLag) + " does not fit an axis of " +
                        std::to_string(length) + " voxels",
                    "lower the largest lag");
    if (boundary == Boundary::periodic && !field.inside.empty())
        throw Error(ErrorCode::config, "The periodic correlation has no value here",
                    "a field of view does not repeat", "use the open boundary");
    const BitField phase = pack(field.phase, field.size, axis);
    const BitField inside =
        field.inside.empty() ? BitField{} : pack(field.inside, field.size, axis);
    const std::int64_t lines = field.voxels() / length;
    std::vector<double> out;
    for (std::int64_t lag = 0; lag <= maximumLag; ++lag) {
        job.throwIfStopped();
        std::int64_t hits = pairsAt(phase, lag);
        std::int64_t pairs = lines * (length - lag);
        if (!field.inside.empty())
            pairs = pairsAt(inside, lag);
        if (boundary == Boundary::periodic) {
            pairs = field.voxels();
            if (lag > 0)
                hits += pairsAt(phase, length - lag);
        }
        out.push_back(pairs > 0 ? static_cast<double>(hits) / static_cast<double>(pairs)
                                : std::numeric_limits<double>::quiet_NaN());
    }
    return out;
}

} // namespace likeness
