// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/editcanvas.h"

#include "core/base/error.h"

#include <algorithm>
#include <cstring>

namespace likeness {

namespace {

constexpr std::int64_t kMaximumSide = 16384;

struct Range {
    std::int64_t first = 0;
    std::int64_t length = 0;
};

/// Index i of a row that is mirrored at both ends, without repeating the end pixels.
std::int64_t mirrored(std::int64_t i, std::int64_t length) {
    if (length == 1)
        return 0;
    const std::int64_t period = 2 * (length - 1);
    const std::int64_t at = ((i % period) + period) % period;
    return at < length ? at : period - at;
}

/// The grey map of what is known of the parent.
GreyMap fittedMap(const PackedSet& parent, const std::vector<std::uint8_t>& anew) {
    const PackedImage& whole = parent.images.front();
    const std::size_t pixel = bytesOf(parent.type) * static_cast<std::size_t>(parent.channels);
    PackedSet known;
    known.type = parent.type;
    known.channels = parent.channels;
    PackedImage row;
    row.id = whole.id;
    for (std::size_t i = 0; i < anew.size(); ++i)
        if (anew[i] == 0)
            row.pixels.insert(row.pixels.end(), whole.pixels.begin() + static_cast<long>(i * pixel),
                              whole.pixels.begin() + static_cast<long>((i + 1) * pixel));
    row.width = static_cast<std::int64_t>(row.pixels.size() / pixel);
    row.height = 1;
    known.images.push_back(std::move(row));
    return greyMapOf(known);
}

/// Of each pixel of the mask whether any of its channels is not 0.
std::vector<std::uint8_t> marksOf(const PackedSet& mask) {
    const ImageSpan span = mask.span(0);
    std::vector<std::uint8_t> marks(static_cast<std::size_t>(span.pixels()), 0);
    for (std::int64_t i = 0; i < span.values(); ++i)
        if (span.at(i) != 0.0)
            marks[static_cast<std::size_t>(i / span.channels)] = 1;
    return marks;
}

/// Puts the parent into a picture with margins around it, which is all new there.
void enlarge(EditCanvas& canvas, const PackedSet& parent, const Margins& margins) {
    const PackedImage& inner = parent.images.front();
    PackedImage& base = canvas.base;
    base.width = inner.width + margins.left + margins.right;
    base.height = inner.height + margins.top + margins.bottom;
    if (base.width > kMaximumSide || base.height > kMaximumSide)
        throw Error(ErrorCode::memory,
                    "an image of " + std::to_string(base.width) + " x " +
                        std::to_string(base.height) + " pixels",
                    "sides are at most " + std::to_string(kMaximumSide), "choose smaller margins");
    const auto pixel = static_cast<std::int64_t>(bytesOf(parent.type)) * parent.channels;
    base.pixels.assign(static_cast<std::size_t>(base.width * base.height * pixel), std::byte{0});
    canvas.anew.assign(static_cast<std::size_t>(base.width * base.height), 1);
    for (std::int64_t y = 0; y < inner.height; ++y) {
        const std::int64_t at = (y + margins.top) * base.width + margins.left;
        std::memcpy(base.pixels.data() + at * pixel, inner.pixels.data() + y * inner.width * pixel,
                    static_cast<std::size_t>(inner.width * pixel));
        std::fill_n(canvas.anew.begin() + at, inner.width, std::uint8_t{0});
    }
}

/// `wanted` with `context` on both sides, of a length that is a multiple: within `whole` and the
/// margins around it if one fits.
Range windowAround(Range wanted, std::int64_t whole, const CanvasGrid& grid) {
    const std::int64_t low = std::max(-grid.margin, wanted.first - grid.context);
    const std::int64_t high =
        std::min(whole + grid.margin, wanted.first + wanted.length + grid.context);
    const std::int64_t length = (high - low + grid.multiple - 1) / grid.multiple * grid.multiple;
    return {std::clamp(low, -grid.margin, std::max(-grid.margin, whole + grid.margin - length)),
            length};
}

struct Box {
    Range across;
    Range down;
};

Box boundsOf(const EditCanvas& canvas) {
    std::int64_t left = canvas.base.width, right = 0, top = canvas.base.height, bottom = 0;
    for (std::int64_t y = 0; y < canvas.base.height; ++y) {
        for (std::int64_t x = 0; x < canvas.base.width; ++x) {
            if (canvas.anew[static_cast<std::size_t>(y * canvas.base.width + x)] == 0)
                continue;
            left = std::min(left, x);
            right = std::max(right, x + 1);
            top = std::min(top, y);
            bottom = y + 1;
        }
    }
    return {{left, right - left}, {top, bottom - top}};
}

void fillWindow(EditCanvas& canvas, PixelType type) {
    const ImageSpan span{canvas.base.pixels.data(), type, canvas.base.width,
                         canvas.base.height,        1,    canvas.channels};
    const std::int64_t plane = canvas.width * canvas.height;
    canvas.units.resize(static_cast<std::size_t>(plane * canvas.channels));
    canvas.unknown.resize(static_cast<std::size_t>(plane));
    for (std::int64_t i = 0; i < plane; ++i) {
        const std::int64_t y = canvas.top + i / canvas.width;
        const std::int64_t x = canvas.left + i % canvas.width;
        const bool beyond = y < 0 || x < 0 || y >= span.height || x >= span.width;
        const std::int64_t pixel = mirrored(y, span.height) * span.width + mirrored(x, span.width);
        canvas.unknown[static_cast<std::size_t>(i)] =
            beyond ? 1 : canvas.anew[static_cast<std::size_t>(pixel)];
        for (std::int64_t c = 0; c < canvas.channels; ++c)
            canvas.units[static_cast<std::size_t>(c * plane + i)] =
                canvas.map.forward(span.at(pixel * canvas.channels + c));
    }
}

} // namespace

PackedImage EditCanvas::with(const float* made) const {
    PackedImage image = base;
    const std::size_t value = bytesOf(map.type);
    const std::int64_t plane = width * height;
    for (std::int64_t y = std::max<std::int64_t>(0, top); y < std::min(top + height, base.height);
         ++y) {
        for (std::int64_t x = std::max<std::int64_t>(0, left);
             x < std::min(left + width, base.width); ++x) {
            const std::int64_t pixel = y * base.width + x;
            if (anew[static_cast<std::size_t>(pixel)] == 0)
                continue;
            const float* unit = made + (y - top) * width + (x - left);
            for (std::int64_t c = 0; c < channels; ++c)
                map.inverse(unit + c * plane, 1,
                            image.pixels.data() +
                                static_cast<std::size_t>(pixel * channels + c) * value);
        }
    }
    return image;
}

EditCanvas canvasFor(const Edit& edit,
                     const PackedSet& parent,
                     const std::optional<PackedSet>& mask,
                     const CanvasGrid& grid) {
    EditCanvas canvas;
    canvas.channels = parent.channels;
    canvas.base = parent.images.front();
    const auto pixels = static_cast<std::size_t>(canvas.base.width * canvas.base.height);
    std::vector<std::uint8_t> notKnown(pixels, 0); // of the parent
    if (edit.kind == EditKind::inpaint)
        notKnown = marksOf(*mask);
    canvas.anew = edit.kind == EditKind::vary ? std::vector<std::uint8_t>(pixels, 1) : notKnown;
    canvas.map = edit.fitGrey ? fittedMap(parent, notKnown) : grid.map;
    if (edit.kind == EditKind::outpaint)
        enlarge(canvas, parent, edit.margins);
    const Box bounds = boundsOf(canvas);
    const Range across = windowAround(bounds.across, canvas.base.width, grid);
    const Range down = windowAround(bounds.down, canvas.base.height, grid);
    canvas.left = across.first;
    canvas.top = down.first;
    canvas.width = across.length;
    canvas.height = down.length;
    fillWindow(canvas, parent.type);
    return canvas;
}

} // namespace likeness
