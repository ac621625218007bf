// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/panecomposer.h"

#include "core/base/error.h"
#include "viewers/support/measuring.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

/// Columns [from, to) of row y.
void copyPart(const QImage& source, QImage& target, int y, int from, int to) {
    if (from >= to)
        return;
    const std::size_t bytes = static_cast<std::size_t>(to - from) * sizeof(QRgb);
    std::memcpy(reinterpret_cast<QRgb*>(target.scanLine(y)) + from,
                reinterpret_cast<const QRgb*>(source.constScanLine(y)) + from, bytes);
}

void swipe(const QImage& second, const PaneComposer::Look& look, QImage& target) {
    const int extent = look.acrossRows ? target.height() : target.width();
    const int edge = std::clamp(static_cast<int>(std::lround(look.divider * extent)), 0, extent);
    for (int y = look.acrossRows ? edge : 0; y < target.height(); ++y)
        copyPart(second, target, y, look.acrossRows ? 0 : edge, target.width());
}

void checkerboard(const QImage& second, const PaneComposer::Look& look, QImage& target) {
    const int field =
        std::max(1, static_cast<int>(std::lround(PaneComposer::kField * look.pixelRatio)));
    for (int y = 0; y < target.height(); ++y) {
        for (int x = (y / field + 1) % 2 * field; x < target.width(); x += 2 * field)
            copyPart(second, target, y, x, std::min(x + field, target.width()));
    }
}

Volume floatGrey(const Volume& volume) {
    return volume.channels() == 1 ? toFloat(volume.span()) : toFloat(toGrey(volume.span()).span());
}

} // namespace

Volume differenceOf(const Volume& first, const Volume& second) {
    if (first.width() != second.width() || first.height() != second.height() ||
        first.depth() != second.depth())
        throw Error(ErrorCode::config, "the difference of two pictures",
                    "they are of different sizes", "compare a picture with its own edit");
    Volume difference = floatGrey(second);
    const Volume from = floatGrey(first);
    auto* values = difference.pixels<float>();
    const auto* others = from.pixels<float>();
    const std::int64_t count = difference.span().values();
    for (std::int64_t i = 0; i < count; ++i) {
        const float off = values[i] - others[i];
        values[i] = std::isfinite(off) ? off : 0.0F;
    }
    return difference;
}

void PaneComposer::setVolumes(std::shared_ptr<const Volume> first,
                              std::shared_ptr<const Volume> second) {
    m_first = std::move(first);
    m_second = std::move(second);
    m_secondFrame.setVolume(m_second);
    m_firstIsThere = m_first != nullptr;
    m_secondIsThere = m_second != nullptr;
    m_differenceFrame.setVolume(nullptr);
    m_differenceFrame.setColours(ColourMap::diverging);
    m_differenceOf.reset();
}

void PaneComposer::setPlanes(const std::shared_ptr<PlaneProvider>& first,
                             const std::shared_ptr<PlaneProvider>& second) {
    m_firstIsThere = m_firstIsThere || first;
    if (!second)
        return;
    m_secondIsThere = true;
    m_secondFrame.setPlanes(second);
}

const QImage& PaneComposer::difference(QSize size, const Look& look) {
    const std::pair plane{look.first.axis, look.first.slice};
    if (m_differenceOf != plane) {
        m_differenceFrame.setVolume(std::make_shared<const Volume>(
            differenceOf(planeOf(*m_first, plane.first, plane.second),
                         planeOf(*m_second, look.second.axis, look.second.slice))));
        m_differenceOf = plane;
    }
    PaneView view = look.first;
    view.axis = SliceAxis::z;
    view.slice = 0;
    const double range = differenceRange(look);
    view.range = {-range, range};
    return m_differenceFrame.render(view, size, look.pixelRatio, look.background);
}

QImage PaneComposer::compose(const QImage& own, const Look& look) {
    if (!m_secondIsThere)
        return own;
    if (look.secondShown)
        return m_secondFrame.render(look.second, own.size(), look.pixelRatio, look.background);
    const bool whole = look.mode == CompareMode::sideBySide || look.mode == CompareMode::four ||
                       look.mode == CompareMode::blink;
    if (whole || !m_firstIsThere)
        return own;
    if (look.mode == CompareMode::difference && (!m_first || !m_second))
        return own;
    if (look.mode == CompareMode::difference)
        return difference(own.size(), look);
    const QImage& second =
        m_secondFrame.render(look.second, own.size(), look.pixelRatio, look.background);
    QImage target = own.copy();
    target.setDevicePixelRatio(look.pixelRatio);
    if (look.mode == CompareMode::swipe)
        swipe(second, look, target);
    else
        checkerboard(second, look, target);
    return target;
}

} // namespace likeness
