// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/viewables.h"
#include "viewers/viewlink.h"

#include <QByteArray>
#include <QImage>
#include <QString>

#include <utility>
#include <vector>

namespace likeness {

/// Keyword and text, both written into the file.
using PictureNotes = std::vector<std::pair<QString, QString>>;

/// What a pane shows, under keywords that begin with `prefix` ("Left "): sample ids and hashes,
/// slice, window and scale, so that the picture can be made again.
[[nodiscard]] PictureNotes notesOf(const QString& prefix,
                                   const QString& title,
                                   const Viewable& viewable,
                                   const PaneView& view,
                                   double umPerPixel);

/// A PNG with the notes, and the program's version, as text chunks.
[[nodiscard]] QByteArray annotatedPng(const QImage& picture, const PictureNotes& notes);

} // namespace likeness
