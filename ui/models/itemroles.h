// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace likeness {

/// Roles that the list models share and ListItemDelegate draws.
enum ItemRole {
    IdRole = Qt::UserRole, ///< opaque id, text
    DetailRole,            ///< second line, text
    TrailingRole,          ///< at the right of the first line, text
    ColourRole,            ///< dot before the first line, QColor
    BadgeRole,             ///< small capsule at the right of the second line, text
    BadgeColourRole,       ///< its colour, QColor
    FailedRole             ///< true when the item cannot be read
};

} // namespace likeness
