// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/indicator.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace likeness {

namespace {

[[noreturn]] void failNotFinite() {
    throw Error(ErrorCode::numeric, "The structure cannot be measured",
                "the image holds values that are not finite numbers",
                "replace NaN and infinite pixels, or mark them as outside the field of view");
}

/// Writes 1 where `value(i)` lies on the wanted side of the threshold. Values outside the field of
/// view may be anything.
template <typename Value>
void mark(Indicator& field, double threshold, Phase phase, Value&& value) {
    const bool bright = phase == Phase::bright;
    bool finite = true;
    for (std::size_t i = 0; i < field.phase.size(); ++i) {
        const double v = value(i);
        const bool counted = field.inside.empty() || field.inside[i] != 0;
        finite = finite && (!counted || std::isfinite(v));
        field.phase[i] = counted && (v > threshold) == bright ? 1 : 0;
    }
    if (!finite)
        failNotFinite();
}

void setInside(Indicator& field, const ImageSpan& image, const ImageSpan& mask) {
    if (mask.width != image.width || mask.height != image.height || mask.depth != image.depth ||
        mask.channels != 1)
        throw Error(ErrorCode::config, "The field of view does not fit",
                    "its size differs from the image's", "give a mask of the image's size");
    field.inside.resize(static_cast<std::size_t>(image.pixels()));
    visitPixels(mask, [&](const auto* p) {
        for (std::size_t i = 0; i < field.inside.size(); ++i)
            field.inside[i] = p[i] != 0 ? 1 : 0;
    });
    if (std::ranges::find(field.inside, 1) == field.inside.end())
        throw Error(ErrorCode::config, "The field of view does not fit", "it holds no voxel",
                    "give a mask with ones inside");
}

} // namespace

std::string_view toString(Phase phase) noexcept {
    return phase == Phase::dark ? "dark" : "bright";
}

bool isMask(const ImageSpan& image) {
    if (image.channels != 1 || image.pixels() < 1)
        return false;
    return visitPixels(image, [&](const auto* p) {
        using T = std::remove_cvref_t<decltype(*p)>;
        const auto white = static_cast<T>(typeMaximum(image.type));
        const auto count = static_cast<std::size_t>(image.pixels());
        bool one = false;
        bool full = false;
        for (std::size_t i = 0; i < count; ++i) {
            if (p[i] == T{0})
                continue;
            if (p[i] == T{1})
                one = true;
            else if (p[i] == white)
                full = true;
            else
                return false;
        }
        return !(one && full);
    });
}

Indicator indicatorOf(const ImageSpan& image,
                      double threshold,
                      Phase phase,
                      const std::optional<ImageSpan>& fieldOfView) {
    if (image.channels != 1 && image.channels != 3)
        throw Error(ErrorCode::config, "The structure cannot be measured",
                    "the image has " + std::to_string(image.channels) + " channels, not 1 or 3");
    if (image.pixels() < 1)
        throw Error(ErrorCode::config, "The structure cannot be measured", "the image is empty");
    Indicator field;
    field.size = {image.width, image.height, image.depth};
    field.phase.resize(static_cast<std::size_t>(image.pixels()));
    if (fieldOfView)
        setInside(field, image, *fieldOfView);
    visitPixels(image, [&](const auto* p) {
        if (image.channels == 1)
            mark(field, threshold, phase, [&](std::size_t i) { return static_cast<double>(p[i]); });
        else
            mark(field, threshold, phase, [&](std::size_t i) {
                return 0.299 * static_cast<double>(p[3 * i]) +
                       0.587 * static_cast<double>(p[3 * i + 1]) +
                       0.114 * static_cast<double>(p[3 * i + 2]);
            });
    });
    return field;
}

} // namespace likeness
