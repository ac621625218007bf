// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"

#include <QColor>

class QApplication;
class QIcon;
class QString;

/// Neutral dark greys, so that the surroundings never tint an image, and one calm accent.
namespace likeness::theme {

inline constexpr QColor kMuted{0xa4, 0xa4, 0xa4};
inline constexpr QColor kText{0xe4, 0xe4, 0xe4};
inline constexpr QColor kAccent{0x6e, 0xa8, 0xdc};

/// Palette, style sheet and resources of the whole program. Call once, before the first widget.
void apply(QApplication& application);

[[nodiscard]] QColor colour(Domain domain);
[[nodiscard]] QColor colour(Origin origin);

/// One of resources/icons by its bare name.
[[nodiscard]] QIcon icon(const QString& name);

} // namespace likeness::theme
