// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeyCombination>
#include <QList>
#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <span>

class QKeyEvent;

namespace likeness {

/// What a key can do to the views.
enum class ViewAction {
    previousSlice,
    nextSlice,
    tenSlicesBack,
    tenSlicesOn,
    firstSlice,
    lastSlice,
    panLeft,
    panRight,
    panUp,
    panDown,
    zoomIn,
    zoomOut,
    oneToOne,
    fit,
    reset,
    holdSecond, ///< while it is held
    dividerBack,
    dividerOn,
    turnDivider
};

[[nodiscard]] std::span<const ViewAction> viewActions() noexcept;

/// What the mouse does. `likeness`: left or middle drag pans, wheel zooms, Ctrl+wheel steps slices,
/// right or Shift+left drag changes window and level. `fiji`: wheel steps slices and Ctrl+wheel
/// zooms, Space+drag and middle drag pan, a chosen tool has the left button, which else pans; right
/// drag changes the window (Fiji has no such drag). `slicer`: left drag changes the window, middle
/// or Shift+left drag pans, right drag zooms, wheel steps slices, Ctrl+wheel zooms. Where there is
/// one slice only the wheel always zooms.
enum class MousePreset { likeness, fiji, slicer };

/// Keys and mouse buttons of the views.
class ViewBindings {
public:
    ViewBindings(); ///< the defaults

    MousePreset mouse = MousePreset::likeness;

    [[nodiscard]] const QList<QKeyCombination>& keys(ViewAction action) const;
    void setKeys(ViewAction action, const QList<QKeyCombination>& keys);
    void resetKeys(ViewAction action);

    /// The action of a key; the first one if two have it.
    [[nodiscard]] std::optional<ViewAction> actionOf(QKeyCombination key) const;
    [[nodiscard]] std::optional<ViewAction> actionOf(const QKeyEvent& event) const;

    /// "previous-slice=Up, Left" for every action whose keys are not the default ones; and back.
    /// Words that are not understood are left out, as settings may be of another version.
    [[nodiscard]] QStringList toStrings() const;
    void fromStrings(const QStringList& texts);

    friend bool operator==(const ViewBindings&, const ViewBindings&) = default;

private:
    std::map<ViewAction, QList<QKeyCombination>> m_keys;
};

/// "fiji", for settings; and back, `likeness` for other words.
[[nodiscard]] QString toString(MousePreset preset);
[[nodiscard]] MousePreset mousePresetOf(const QString& text);

/// As people read them: "Up, Left".
[[nodiscard]] QString textOf(const QList<QKeyCombination>& keys);

} // namespace likeness
