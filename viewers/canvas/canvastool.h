// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointF>

class QMouseEvent;
class QPainter;
class QTransform;

namespace likeness {

/// What the left button does on a canvas in place of panning, and what is drawn over the picture
/// for it. Positions are picture pixels: (0.5, 0.5) is the middle of the first one.
class CanvasTool : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Each answers whether it used the event.
    virtual bool press(const QMouseEvent& event, QPointF picture) = 0;
    virtual bool move(const QMouseEvent& event, QPointF picture) = 0;
    virtual bool release(const QMouseEvent& event, QPointF picture) = 0;

    /// The second press of a double click, which is no press().
    virtual bool doubleClick(const QMouseEvent& /*event*/, QPointF /*picture*/) { return false; }

    virtual void leave() {}

    /// `toPane` takes picture pixels to logical pixels of the pane.
    virtual void draw(QPainter& painter, const QTransform& toPane) = 0;

Q_SIGNALS:
    void redrawWanted();
};

} // namespace likeness
