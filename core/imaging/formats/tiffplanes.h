// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/calibration.h"
#include "core/imaging/io.h"

#include <array>
#include <string>

namespace likeness {

/// The pages of a hyperstack (slices, channels, times) and which of them are one volume: the slices
/// of one channel at one time. Where there are no slices the times are the volume, then the
/// channels, since many stacks of slices are labelled so.
class TiffPlanes {
public:
    TiffPlanes() = default;

    /// `header` counts all pages as its depth. A description that does not fit them is left out
    /// with a warning in the header.
    TiffPlanes(const TiffDescription& description, ImageHeader& header);

    /// "c2", "t3" or "c2t3", counted from 1; empty: the first of each. Throws Error(notFound).
    void choose(const std::string& plane, const std::string& name);

    /// Sets depth, the chosen plane and the list of planes, and warns of what is not read.
    void applyTo(ImageHeader& header) const;

    /// The page of slice z.
    [[nodiscard]] std::int64_t pageOf(std::int64_t z) const noexcept;

private:
    struct Axis {
        char letter = 'Z'; ///< Z, C, T
        std::int64_t size = 1;
        std::int64_t step = 1; ///< pages from one to the next
        std::int64_t chosen = 0;
    };

    [[nodiscard]] bool isHyperstack() const noexcept;
    [[nodiscard]] std::string planeName() const;
    [[nodiscard]] Axis* axis(char letter) noexcept;

    std::array<Axis, 3> m_axes{}; ///< the fastest first
    std::size_t m_depthAxis = 0;
    bool m_plain = true; ///< pages are slices, as they come
};

} // namespace likeness
