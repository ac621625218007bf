// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/viewbindings.h"
#include "viewers/viewlink.h"

#include <QPointF>
#include <QSizeF>

#include <memory>

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

    /// Null: the defaults.
    void setBindings(std::shared_ptr<const ViewBindings> bindings);

    /// A drag pans whatever else the left button does.
    [[nodiscard]] bool isPanHeld() const noexcept { return m_panHeld; }

    bool press(const QMouseEvent& event);
    bool move(const QMouseEvent& event);
    bool release(const QMouseEvent& event);
    bool doubleClick(const QMouseEvent& event);
    bool wheel(const QWheelEvent& event, QSizeF pane);
    bool key(const QKeyEvent& event, QSizeF pane);
    bool keyReleased(const QKeyEvent& event);

    /// The keyboard has gone elsewhere.
    void leave() { m_panHeld = false; }

private:
    enum class Drag { none, pan, window, zoom };

    [[nodiscard]] Drag dragOf(const QMouseEvent& event) const;
    [[nodiscard]] const ViewBindings& bindings() const;
    bool sliceKey(ViewAction action);
    bool panKey(ViewAction action, QSizeF pane);

    ViewLink* m_link = nullptr;
    ViewLink::Id m_id = 0;
    CanvasRights m_rights;
    std::shared_ptr<const ViewBindings> m_bindings;
    bool m_panHeld = false;
    Drag m_drag = Drag::none;
    QPointF m_last;
    int m_wheelRest = 0;
};

} // namespace likeness
