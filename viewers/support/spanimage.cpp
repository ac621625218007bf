// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/spanimage.h"

#include "core/base/error.h"
#include "viewers/support/planesampler.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

void requirePlane(const ImageSpan& plane) {
    if (plane.depth != 1 || plane.width < 1 || plane.height < 1 ||
        (plane.channels != 1 && plane.channels != 3))
        throw Error(ErrorCode::config, "Cannot draw the picture",
                    "it must be one plane with 1 or 3 channels", "choose one slice");
}

} // namespace

QImage pictureOf(const ImageSpan& plane, DisplayRange range) {
    requirePlane(plane);
    const bool colour = plane.channels == 3;
    QImage image(static_cast<int>(plane.width), static_cast<int>(plane.height),
                 colour ? QImage::Format_RGB32 : QImage::Format_Grayscale8);
    if (image.isNull())
        throw Error(ErrorCode::memory, "Cannot draw the picture", "it is too large",
                    "show a reduced one");
    const PixelLut lut(plane.type, range);
    visitPixels(plane, [&](const auto* pixels) {
        for (int y = 0; y < image.height(); ++y) {
            const auto* source = pixels + y * plane.width * plane.channels;
            uchar* line = image.scanLine(y);
            for (int x = 0; x < image.width(); ++x) {
                if (colour)
                    reinterpret_cast<QRgb*>(line)[x] =
                        qRgb(lut.level(source[3 * x]), lut.level(source[3 * x + 1]),
                             lut.level(source[3 * x + 2]));
                else
                    line[x] = lut.level(source[x]);
            }
        }
    });
    return image;
}

QImage thumbnailOf(const ImageSpan& plane, DisplayRange range, QSize bounds) {
    requirePlane(plane);
    const double w = static_cast<double>(plane.width);
    const double h = static_cast<double>(plane.height);
    const double zoom = std::min({bounds.width() / w, bounds.height() / h, 1.0});
    const QSize size(std::max(1, static_cast<int>(std::lround(w * zoom))),
                     std::max(1, static_cast<int>(std::lround(h * zoom))));
    QImage image(size, QImage::Format_RGB32);
    PlaneSampler sampler;
    sampler.setPlane(plane);
    const PictureGrid grid{{0, 0}, size.width() / w, size.height() / h};
    sampler.render(grid, PixelLut(plane.type, range), qRgb(0, 0, 0), image);
    return image;
}

DisplayRange firstViewOf(const ImageSpan& span) {
    if (span.channels == 3)
        return {0.0, typeMaximum(span.type)};
    return ValueSample(span).firstView();
}

} // namespace likeness
