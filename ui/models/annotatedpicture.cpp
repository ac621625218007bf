// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/annotatedpicture.h"

#include "core/base/error.h"
#include "ui/words.h"

#include <QBuffer>

namespace likeness {

namespace {

QString number(double value) {
    return QString::number(value, 'g', 10);
}

} // namespace

PictureNotes notesOf(const QString& prefix,
                     const QString& title,
                     const Viewable& viewable,
                     const PaneView& view,
                     double umPerPixel) {
    // Slices of a stack along its own axis are samples of their own.
    const bool ownSlice = viewable.isStack() && view.axis == SliceAxis::z;
    const SampleRecord& sample =
        viewable.samples.at(ownSlice ? static_cast<std::size_t>(view.slice) : 0);
    PictureNotes notes;
    const auto add = [&](const char* key, const QString& text) {
        notes.emplace_back(prefix + QLatin1String(key), text);
    };
    add("Title", title);
    add("Sample", words::text(sample.id));
    add("SHA-256", words::text(sample.sha256));
    add("Pixels SHA-256", words::text(sample.pixelsSha256));
    add("Axis", QString(QChar(u"xyz"[static_cast<int>(view.axis)])));
    add("Slice", QString::number(view.slice));
    add("Black", number(view.range.low));
    add("White", number(view.range.high));
    add("Zoom", number(view.zoom.width()));
    add("Micrometres per pixel",
        umPerPixel > 0.0 ? number(umPerPixel) : QStringLiteral("not calibrated"));
    return notes;
}

QByteArray annotatedPng(const QImage& picture, const PictureNotes& notes) {
    QImage image = picture.convertToFormat(QImage::Format_RGB32);
    image.setText(QStringLiteral("Software"), QStringLiteral("Likeness " LIKENESS_VERSION));
    for (const auto& [key, text] : notes)
        image.setText(key, text);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        throw Error(ErrorCode::memory, "The picture cannot be saved",
                    "there is not enough memory for it", "make the window smaller");
    return bytes;
}

} // namespace likeness
