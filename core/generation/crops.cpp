// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/crops.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace likeness {

namespace {

constexpr int kDraws = 1000; ///< for a place inside a field of view

/// Where pixel (x, y) of the crop comes from, as an affine walk through the image.
struct Walk {
    std::int64_t start = 0;
    std::int64_t stepX = 1;
    std::int64_t stepY = 1;
};

Walk walkOf(std::int64_t stride, std::int64_t size, unsigned code) {
    Walk walk{0, 1, stride};
    if ((code & 1U) != 0) {
        walk.start += (size - 1) * walk.stepX;
        walk.stepX = -walk.stepX;
    }
    if ((code & 2U) != 0) {
        walk.start += (size - 1) * walk.stepY;
        walk.stepY = -walk.stepY;
    }
    if ((code & 4U) != 0)
        std::swap(walk.stepX, walk.stepY);
    return walk;
}

/// First row or column of a crop. Starts drawn evenly would count an inner pixel up to `size` times
/// as often as one at the border, and what lies there is often different; so the range reaches
/// three quarters of a crop past both ends and is held within.
std::int64_t startIn(std::int64_t side, std::int64_t size, Random& random) {
    const std::int64_t beyond = side == size ? 0 : size * 3 / 4;
    const std::int64_t last = side - size;
    const auto range = static_cast<std::uint64_t>(last + 1 + 2 * beyond);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(random.below(range)) - beyond, 0,
                                    last);
}

unsigned codesOf(Symmetry symmetry) noexcept {
    return symmetry == Symmetry::none ? 1U : symmetry == Symmetry::mirror ? 2U : 8U;
}

} // namespace

std::string_view toString(Symmetry symmetry) noexcept {
    return symmetry == Symmetry::none     ? "none"
           : symmetry == Symmetry::mirror ? "mirror"
                                          : "square8";
}

Symmetry symmetryFrom(std::string_view word) {
    for (const Symmetry symmetry : {Symmetry::none, Symmetry::mirror, Symmetry::square8}) {
        if (word == toString(symmetry))
            return symmetry;
    }
    throw Error(ErrorCode::config, "symmetry '" + std::string(word) + "'",
                "there is no such symmetry", "use none, mirror or square8");
}

CropSource::CropSource(const PackedSet& set,
                       const GreyMap& map,
                       std::int64_t size,
                       Symmetry symmetry,
                       const CropViews& views)
    : m_set(set)
    , m_map(map)
    , m_size(size)
    , m_symmetry(symmetry)
    , m_views(views) {
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const PackedImage& image = set.images[i];
        const std::optional<Circle>& view = viewOf(i);
        if (image.width < size || image.height < size ||
            (view && !isInside(*view, middleOf(image, *view)))) {
            ++m_leftOut;
            continue;
        }
        end += static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height) *
               static_cast<std::uint64_t>(image.depth);
        m_places.push_back({i, end});
    }
    if (m_places.empty())
        throw Error(ErrorCode::config, "the training set",
                    "none of its " + std::to_string(set.images.size()) + " images is " +
                        std::to_string(size) + " pixels wide and high",
                    "train at a smaller size");
}

std::int64_t CropSource::valuesPerCrop() const noexcept {
    return m_set.channels * m_size * m_size;
}

const std::optional<Circle>& CropSource::viewOf(std::size_t image) const noexcept {
    static const std::optional<Circle> kNone;
    return image < m_views.circles.size() ? m_views.circles[image] : kNone;
}

bool CropSource::isInside(const Circle& view, Corner corner) const noexcept {
    std::int64_t inside = 0;
    for (std::int64_t row = 0; row < m_size; ++row)
        inside += view.inRow(corner.y + row, corner.x, m_size);
    const auto all = static_cast<double>(m_size * m_size);
    return static_cast<double>(inside) >= (1.0 - m_views.outside) * all;
}

/// The crop with the largest share inside.
CropSource::Corner CropSource::middleOf(const PackedImage& image,
                                        const Circle& view) const noexcept {
    const auto start = [this](double centre, std::int64_t side) {
        const double half = 0.5 * static_cast<double>(m_size - 1);
        return std::clamp<std::int64_t>(std::llround(centre - half), 0, side - m_size);
    };
    return {start(view.x, image.width), start(view.y, image.height)};
}

std::size_t CropSource::draw(std::uint64_t seed, float* out) const {
    Random random(seed, "generation.crop");
    std::uint64_t place = random.below(m_places.back().end);
    const auto found = std::upper_bound(
        m_places.begin(), m_places.end(), place,
        [](std::uint64_t wanted, const Place& candidate) { return wanted < candidate.end; });
    if (found != m_places.begin())
        place -= std::prev(found)->end;
    const ImageSpan span = m_set.span(found->image);
    const auto perSlice =
        static_cast<std::uint64_t>(span.width) * static_cast<std::uint64_t>(span.height);
    const auto z = static_cast<std::int64_t>(place / perSlice);
    const auto anywhere = [&] {
        const std::int64_t x = startIn(span.width, m_size, random);
        return Corner{x, startIn(span.height, m_size, random)};
    };
    Corner at = anywhere();
    if (const std::optional<Circle>& view = viewOf(found->image)) {
        for (int i = 0; i < kDraws && !isInside(*view, at); ++i)
            at = anywhere();
        if (!isInside(*view, at))
            at = middleOf(m_set.images[found->image], *view);
    }
    const Walk walk =
        walkOf(span.width, m_size, static_cast<unsigned>(random.below(codesOf(m_symmetry))));
    const std::int64_t corner = (z * span.height + at.y) * span.width + at.x + walk.start;
    visitPixels(span, [&](const auto* pixels) {
        for (std::int64_t c = 0; c < span.channels; ++c) {
            for (std::int64_t row = 0; row < m_size; ++row) {
                const auto* source = pixels + (corner + row * walk.stepY) * span.channels + c;
                for (std::int64_t column = 0; column < m_size; ++column)
                    *out++ = m_map.forward(
                        static_cast<double>(source[column * walk.stepX * span.channels]));
            }
        }
    });
    return found->image;
}

} // namespace likeness
