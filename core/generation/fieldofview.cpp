// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/fieldofview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

namespace likeness {

namespace {

constexpr double kFullShare = 0.6;    ///< of a line that differs from what lies outside it
constexpr double kStrayShare = 0.001; ///< of pixels outside a circle that may differ
constexpr double kRing = 0.96;        ///< inner radius of the ring that must be full
constexpr double kSmallest = 0.35;    ///< radius, as a share of the shorter side

/// Whether a pixel has the grey value, or colour, of a corner of the image.
class Background {
public:
    explicit Background(const ImageSpan& image)
        : m_image(image)
        , m_bytes(bytesOf(image.type) * static_cast<std::size_t>(image.channels)) {}

    [[nodiscard]] bool at(std::int64_t x, std::int64_t y, std::int64_t z) const noexcept {
        const auto index =
            static_cast<std::size_t>((z * m_image.height + y) * m_image.width + x) * m_bytes;
        return std::memcmp(m_image.data, m_image.data + index, m_bytes) == 0;
    }

    /// Share of the pixels of a line that differ, over the slices that are looked at.
    [[nodiscard]] double full(bool row, std::int64_t line) const {
        const std::int64_t length = row ? m_image.width : m_image.height;
        std::int64_t different = 0;
        for (const std::int64_t z : slices()) {
            for (std::int64_t i = 0; i < length; ++i)
                different += (row ? at(i, line, z) : at(line, i, z)) ? 0 : 1;
        }
        return static_cast<double>(different) / static_cast<double>(3 * length);
    }

    [[nodiscard]] std::array<std::int64_t, 3> slices() const noexcept {
        return {0, m_image.depth / 2, m_image.depth - 1};
    }

private:
    const ImageSpan& m_image;
    std::size_t m_bytes;
};

/// How many constant lines lie at one end, 0 if no full line follows them.
std::int64_t paddingAt(const Background& background, bool row, std::int64_t lines, bool far) {
    std::int64_t constant = 0;
    double share = 0.0;
    while (constant < lines) {
        share = background.full(row, far ? lines - 1 - constant : constant);
        if (share > 0.0)
            break;
        ++constant;
    }
    return constant < lines && share >= kFullShare ? constant : 0;
}

/// The smallest rectangle around what differs from the corner.
Rectangle contentOf(const ImageSpan& image, const Background& background) {
    Rectangle box{image.width, image.height, 0, 0};
    for (const std::int64_t z : background.slices()) {
        for (std::int64_t y = 0; y < image.height; ++y) {
            for (std::int64_t x = 0; x < image.width; ++x) {
                if (background.at(x, y, z))
                    continue;
                box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1),
                       std::max(box.bottom, y + 1)};
            }
        }
    }
    return box;
}

/// Pixels in a zone of radii, and how many of them differ from the corner.
struct Zone {
    double from = 0.0;
    double to = INFINITY;
    std::int64_t pixels = 0;
    std::int64_t different = 0;

    [[nodiscard]] double share() const {
        return pixels > 0 ? static_cast<double>(different) / static_cast<double>(pixels) : 0.0;
    }
};

} // namespace

std::int64_t
Circle::inRow(std::int64_t row, std::int64_t first, std::int64_t count) const noexcept {
    const double dy = static_cast<double>(row) - y;
    const double square = radius * radius - dy * dy;
    if (square < 0.0)
        return 0;
    const double half = std::sqrt(square);
    const auto from = std::max(first, static_cast<std::int64_t>(std::ceil(x - half)));
    const auto to = std::min(first + count - 1, static_cast<std::int64_t>(std::floor(x + half)));
    return std::max<std::int64_t>(0, to - from + 1);
}

std::optional<Circle> fieldOfViewOf(const ImageSpan& image) {
    const Background background(image);
    for (const std::int64_t z : background.slices()) {
        for (const std::int64_t y : {std::int64_t{0}, image.height - 1}) {
            if (!background.at(0, y, z) || !background.at(image.width - 1, y, z))
                return std::nullopt;
        }
    }
    const Rectangle box = contentOf(image, background);
    const auto w = static_cast<double>(box.width());
    const auto h = static_cast<double>(box.height());
    const Circle circle{0.5 * static_cast<double>(box.left + box.right - 1),
                        0.5 * static_cast<double>(box.top + box.bottom - 1), 0.25 * (w + h) - 0.5};
    const auto side = static_cast<double>(std::min(image.width, image.height));
    if (circle.radius < kSmallest * side || std::abs(w - h) > 2.0 + 0.02 * std::max(w, h))
        return std::nullopt;
    std::array<Zone, 2> zones{Zone{circle.radius + 1.0},
                              Zone{kRing * circle.radius, circle.radius - 1.0}};
    for (const std::int64_t z : background.slices()) {
        for (std::int64_t y = 0; y < image.height; ++y) {
            for (std::int64_t x = 0; x < image.width; ++x) {
                const double r = std::hypot(static_cast<double>(x) - circle.x,
                                            static_cast<double>(y) - circle.y);
                for (Zone& zone : zones) {
                    if (r <= zone.from || r >= zone.to)
                        continue;
                    ++zone.pixels;
                    zone.different += background.at(x, y, z) ? 0 : 1;
                }
            }
        }
    }
    if (zones[0].pixels == 0 || zones[0].share() > kStrayShare || zones[1].share() < kFullShare)
        return std::nullopt;
    // The outermost pixels are often mixed with the constant.
    return Circle{circle.x, circle.y, circle.radius - 1.0};
}

Rectangle withoutPadding(const ImageSpan& image) {
    const Background background(image);
    Rectangle area{0, 0, image.width, image.height};
    area.top = paddingAt(background, true, image.height, false);
    area.bottom -= paddingAt(background, true, image.height, true);
    area.left = paddingAt(background, false, image.width, false);
    area.right -= paddingAt(background, false, image.width, true);
    return area;
}

PackedImage cutOut(
    const PackedSet& set, std::size_t index, Rectangle area, std::int64_t first, std::int64_t end) {
    const PackedImage& from = set.images[index];
    PackedImage cut;
    cut.id = from.id;
    cut.specimen = from.specimen;
    cut.plane = from.plane;
    cut.slice = from.slice ? std::optional(*from.slice + first) : std::nullopt;
    cut.width = area.width();
    cut.height = area.height();
    cut.depth = end - first;
    const std::size_t pixel = bytesOf(set.type) * static_cast<std::size_t>(set.channels);
    const std::size_t line = static_cast<std::size_t>(cut.width) * pixel;
    cut.pixels.resize(line * static_cast<std::size_t>(cut.height * cut.depth));
    std::byte* to = cut.pixels.data();
    for (std::int64_t z = first; z < end; ++z) {
        for (std::int64_t y = area.top; y < area.bottom; ++y, to += line) {
            const auto start =
                static_cast<std::size_t>((z * from.height + y) * from.width + area.left);
            std::memcpy(to, from.pixels.data() + start * pixel, line);
        }
    }
    return cut;
}

void mirrorOutside(PackedImage& image,
                   PixelType type,
                   std::int64_t channels,
                   const Circle& circle) {
    const std::size_t pixel = bytesOf(type) * static_cast<std::size_t>(channels);
    const auto inside = [](double place, std::int64_t side) {
        return std::clamp<std::int64_t>(std::llround(place), 0, side - 1);
    };
    for (std::int64_t y = 0; y < image.height; ++y) {
        for (std::int64_t x = 0; x < image.width; ++x) {
            const double dx = static_cast<double>(x) - circle.x;
            const double dy = static_cast<double>(y) - circle.y;
            const double r = std::hypot(dx, dy);
            if (r <= circle.radius)
                continue;
            const double scale = std::max(0.0, 2.0 * circle.radius - r) / r;
            const std::int64_t fromX = inside(circle.x + dx * scale, image.width);
            const std::int64_t fromY = inside(circle.y + dy * scale, image.height);
            for (std::int64_t z = 0; z < image.depth; ++z) {
                const std::int64_t slice = z * image.height;
                std::memcpy(image.pixels.data() +
                                static_cast<std::size_t>((slice + y) * image.width + x) * pixel,
                            image.pixels.data() +
                                static_cast<std::size_t>((slice + fromY) * image.width + fromX) *
                                    pixel,
                            pixel);
            }
        }
    }
}

} // namespace likeness
