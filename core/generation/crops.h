// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/packedset.h"
#include "core/generation/fieldofview.h"
#include "core/generation/greymap.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace likeness {

/// Which mirror images of a crop look alike to an expert: none, left-right, or all eight of the
/// square.
enum class Symmetry { none, mirror, square8 };

[[nodiscard]] std::string_view toString(Symmetry symmetry) noexcept;

/// "none", "mirror", "square8"; throws Error(config) for other words.
[[nodiscard]] Symmetry symmetryFrom(std::string_view word);

/// Fields of view, one for each image of a set or none at all, and the share of a crop that may lie
/// outside.
struct CropViews {
    std::vector<std::optional<Circle>> circles;
    double outside = 0.2;
};

/// Square crops of a set at random places, drawn so that every pixel of the set counts about
/// equally often; volumes give crops of their x-y slices. Reads the set it was given, which must
/// outlive it; safe on several threads.
class CropSource {
public:
    /// Images smaller than `size`, or without a place for a crop in their field of view, are left
    /// out. Throws Error(config) if none is large enough.
    CropSource(const PackedSet& set,
               const GreyMap& map,
               std::int64_t size,
               Symmetry symmetry,
               const CropViews& views = {});

    /// Writes the crop that belongs to `seed` as channels x size x size network units; the number
    /// of the set's image that it comes from.
    std::size_t draw(std::uint64_t seed, float* out) const;

    [[nodiscard]] std::int64_t valuesPerCrop() const noexcept;

    /// How many crops would lie side by side in the set: what it can tell at most, apart from
    /// mirror images.
    [[nodiscard]] double cropsWorth() const noexcept {
        return static_cast<double>(m_places.back().end) / static_cast<double>(m_size * m_size);
    }

    [[nodiscard]] std::size_t imagesLeftOut() const noexcept { return m_leftOut; }

    /// What it was made of.
    [[nodiscard]] const PackedSet& set() const noexcept { return m_set; }

    [[nodiscard]] const GreyMap& map() const noexcept { return m_map; }

    [[nodiscard]] Symmetry symmetry() const noexcept { return m_symmetry; }

private:
    struct Place {
        std::size_t image = 0;
        std::uint64_t end = 0; ///< pixels of this and all earlier images
    };

    struct Corner {
        std::int64_t x = 0;
        std::int64_t y = 0;
    };

    [[nodiscard]] const std::optional<Circle>& viewOf(std::size_t image) const noexcept;
    [[nodiscard]] bool isInside(const Circle& view, Corner corner) const noexcept;
    [[nodiscard]] Corner middleOf(const PackedImage& image, const Circle& view) const noexcept;

    const PackedSet& m_set;
    GreyMap m_map;
    std::int64_t m_size;
    Symmetry m_symmetry;
    CropViews m_views;
    std::vector<Place> m_places;
    std::size_t m_leftOut = 0;
};

} // namespace likeness
