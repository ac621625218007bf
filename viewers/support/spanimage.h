// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "viewers/support/valuesample.h"

#include <QImage>
#include <QSize>

namespace likeness {

/// One plane as a picture of its own size: Format_Grayscale8 or Format_RGB32. Throws Error(config)
/// unless depth is 1 and channels are 1 or 3.
[[nodiscard]] QImage pictureOf(const ImageSpan& plane, DisplayRange range);

/// The plane reduced by area means (never enlarged) to lie within `bounds`, aspect kept, at least
/// 1x1.
[[nodiscard]] QImage thumbnailOf(const ImageSpan& plane, DisplayRange range, QSize bounds);

/// Range of the first view: colour pictures 0..type maximum (float: 0..1), grey ones
/// ValueSample::firstView().
[[nodiscard]] DisplayRange firstViewOf(const ImageSpan& span);

} // namespace likeness
