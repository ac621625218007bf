// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <QString>

class QPainter;

namespace likeness {

/// A bar of 1, 2 or 5 times a power of ten.
struct ScaleBar {
    double lengthUm = 0.0;
    double pixels = 0.0; ///< logical screen pixels
    QString text;        ///< "20 µm", "1 mm", "500 nm"
};

/// The longest step that is not longer than `maximumPixels`. An empty text when either input is not
/// positive.
[[nodiscard]] ScaleBar chooseScaleBar(double umPerPixel, double maximumPixels);

/// Draws into the lower right corner of `pane`: the bar with its length, or the word
/// "not calibrated".
void drawScaleBar(QPainter& painter, const QRect& pane, double umPerPixel);

} // namespace likeness
