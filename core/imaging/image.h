// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// Edge lengths of a voxel in micrometres, x, y, z, and where the number comes from ("TIFF tags",
/// "typed", "NPY has none" ...). Absent means uncalibrated, never 1.
struct VoxelSize {
    std::array<double, 3> um{};
    std::string source;

    friend bool operator==(const VoxelSize&, const VoxelSize&) = default;
};

/// A dense block of pixels that owns its memory: an image (depth 1) or a volume. Value semantics;
/// moving is cheap. Storage as in ImageSpan: channels interleaved (1 grey, 3 RGB), x fastest.
class Volume {
public:
    Volume() = default;

    /// Zero-filled. Throws Error(memory) above kMaximumBytes and Error(config) for sizes < 1.
    Volume(PixelType type,
           std::int64_t width,
           std::int64_t height,
           std::int64_t depth = 1,
           std::int64_t channels = 1);

    static constexpr std::int64_t kMaximumBytes = std::int64_t{8} << 30;

    [[nodiscard]] ImageSpan span() const noexcept;

    [[nodiscard]] bool isEmpty() const noexcept { return m_bytes.empty(); }

    [[nodiscard]] PixelType type() const noexcept { return m_type; }

    [[nodiscard]] std::int64_t width() const noexcept { return m_width; }

    [[nodiscard]] std::int64_t height() const noexcept { return m_height; }

    [[nodiscard]] std::int64_t depth() const noexcept { return m_depth; }

    [[nodiscard]] std::int64_t channels() const noexcept { return m_channels; }

    /// Mutable pixels; T must match type().
    template <typename T>
    [[nodiscard]] T* pixels() noexcept {
        return reinterpret_cast<T*>(m_bytes.data());
    }

    template <typename T>
    [[nodiscard]] const T* pixels() const noexcept {
        return reinterpret_cast<const T*>(m_bytes.data());
    }

    [[nodiscard]] std::byte* bytes() noexcept { return m_bytes.data(); }

    /// Copy of one plane: axis 0 = x (a z-y picture), 1 = y (x-z), 2 = z (x-y). Voxel size follows
    /// the axes.
    [[nodiscard]] Volume slice(int axis, std::int64_t index) const;

    /// Copy of a box; throws Error(config) if it does not lie inside.
    struct Box {
        std::int64_t x = 0, y = 0, z = 0, width = 0, height = 0, depth = 1;
    };

    [[nodiscard]] Volume crop(const Box& box) const;

    [[nodiscard]] static Volume copyOf(const ImageSpan& span);

    std::optional<VoxelSize> voxelSize;

private:
    std::vector<std::byte> m_bytes;
    PixelType m_type = PixelType::u8;
    std::int64_t m_width = 0;
    std::int64_t m_height = 0;
    std::int64_t m_depth = 0;
    std::int64_t m_channels = 0;
};

/// An image is a volume of depth 1.
using Image = Volume;

/// Luma 0.299 R + 0.587 G + 0.114 B of an RGB volume, rounded for integer types; grey ones are
/// copied.
[[nodiscard]] Volume toGrey(const ImageSpan& span);

/// The values as float, unscaled.
[[nodiscard]] Volume toFloat(const ImageSpan& span);

/// Smallest and largest finite value. NaN and infinities are counted, not compared.
struct ValueRange {
    double minimum = 0.0;
    double maximum = 0.0;
    std::int64_t nonFinite = 0;
};

[[nodiscard]] ValueRange valueRange(const ImageSpan& span);

/// Otsu's threshold (Otsu 1979) over a 256-bin histogram between minimum and maximum (8-bit data:
/// the 256 levels); pixels strictly above belong to the bright phase. Throws Error(numeric) for a
/// constant image. Several spans are thresholded together.
[[nodiscard]] double otsuThreshold(std::span<const ImageSpan> spans);

} // namespace likeness
