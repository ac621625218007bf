// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/minkowski.h"

#include <array>
#include <vector>

namespace likeness {

namespace {

/// Bit of voxel (x, y, z) in a window of 2x2x2 voxels around one grid vertex.
constexpr unsigned bit(unsigned x, unsigned y, unsigned z) {
    return 1U << (x + 2U * y + 4U * z);
}

constexpr unsigned kOrigin = bit(1, 1, 1);

/// Voxels of the window that share the cell spanned from the vertex along the axes in `axes` (bit
/// a: axis a).
constexpr unsigned sharing(unsigned axes) {
    unsigned mask = 0;
    for (unsigned v = 0; v < 8; ++v)
        if ((v & axes) == axes)
            mask |= 1U << v;
    return mask;
}

/// The voxel (1,1,1) and its neighbours towards 0 along the axes in `axes`.
constexpr unsigned block(unsigned axes) {
    unsigned mask = 0;
    for (unsigned v = 0; v < 8; ++v)
        if ((v | axes) == 7U)
            mask |= 1U << v;
    return mask;
}

struct Tables {
    std::array<std::int8_t, 256> faces{};
    std::array<std::int8_t, 256> full{};
};

/// Share of each window in V - E + F - C: every cell is counted at one vertex of it.
constexpr Tables makeTables() {
    Tables t;
    for (unsigned window = 0; window < 256; ++window) {
        int faces = 0;
        int full = 0;
        for (unsigned axes = 0; axes < 8; ++axes) {
            const int dimension =
                static_cast<int>((axes & 1U) + ((axes >> 1U) & 1U) + ((axes >> 2U) & 1U));
            const int sign = dimension % 2 == 0 ? 1 : -1;
            if ((window & block(axes)) == block(axes))
                faces += sign;
            if ((window & sharing(axes)) != 0)
                full += sign;
        }
        t.faces[window] = static_cast<std::int8_t>(faces);
        t.full[window] = static_cast<std::int8_t>(full);
    }
    return t;
}

constexpr Tables kTables = makeTables();
static_assert(kTables.faces[kOrigin] == 1 && kTables.full[kOrigin] == 0);

} // namespace

EulerNumbers eulerNumbers(const Indicator& field, const JobContext& job) {
    const auto [w, h, d] = field.size;
    const std::vector<std::uint8_t> outside(static_cast<std::size_t>(w), 0);
    const auto line = [&, width = w, height = h, depth = d](std::int64_t y, std::int64_t z) {
        const bool in = y >= 0 && y < height && z >= 0 && z < depth;
        return in ? field.phase.data() + (z * height + y) * width : outside.data();
    };
    EulerNumbers out;
    for (std::int64_t z = 0; z <= d; ++z)
        for (std::int64_t y = 0; y <= h; ++y) {
            job.throwIfStopped();
            const std::uint8_t* a = line(y - 1, z - 1);
            const std::uint8_t* b = line(y, z - 1);
            const std::uint8_t* c = line(y - 1, z);
            const std::uint8_t* e = line(y, z);
            unsigned window = 0;
            for (std::int64_t x = 0; x <= w; ++x) {
                // The former right half becomes the left half.
                window = (window >> 1U) & 0x55U;
                if (x < w)
                    window |= (a[x] * 2U) | (b[x] * 8U) | (c[x] * 32U) | (e[x] * 128U);
                out.faces += kTables.faces[window];
                out.full += kTables.full[window];
            }
        }
    return out;
}

} // namespace likeness
