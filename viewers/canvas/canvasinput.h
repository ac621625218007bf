// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/viewlink.h"

#include <QPointF>
#include <QSizeF>

class QKeyEvent;
class QMouseEvent;
class QWheelEvent;

namespace likeness {

/// What the input of a canvas may do.
struct CanvasRights {
    bool navigation = true;
    bool window = true;
    bool keys = true;
};

/// Turns events of one canvas into calls of its link. Every function answers whether it used the
/// event.
class CanvasInput {
public:
    void setTarget(ViewLink* link, ViewLink::Id id);

    void setRights(CanvasRights rights);

    bool press(const QMouseEvent& event);
    bool move(const QMouseEvent& event);
    bool release(const QMouseEvent& event);
    bool doubleClick(const QMouseEvent& event);
    bool wheel(const QWheelEvent& event, QSizeF pane);
    bool key(const QKeyEvent& event, QSizeF pane);

private:
    enum class Drag { none, pan, window };

    bool sliceKey(int key);
    bool panKey(int key, QSizeF pane);

    ViewLink* m_link = nullptr;
    ViewLink::Id m_id = 0;
    CanvasRights m_rights;
    Drag m_drag = Drag::none;
    QPointF m_last;
    int m_wheelRest = 0;
};

} // namespace likeness
