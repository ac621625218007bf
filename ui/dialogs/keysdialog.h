// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/viewbindings.h"

#include <QDialog>

class QComboBox;
class QKeySequenceEdit;
class QLabel;
class QPushButton;
class QTableWidget;

namespace likeness {

struct Settings;

/// Keys and mouse buttons as they are remembered.
[[nodiscard]] ViewBindings bindingsOf(const Settings& settings);

/// What an action is called, and what a preset of the mouse does, in words.
[[nodiscard]] QString nameOf(ViewAction action);
[[nodiscard]] QString nameOf(MousePreset preset);
[[nodiscard]] QString wordsFor(MousePreset preset);

/// Chooses the keys of the views and what the mouse does; each choice is remembered at once. A key
/// that another action has is not taken, and a sentence says whose it is.
class KeysDialog final : public QDialog {
    Q_OBJECT

public:
    /// `settings` must outlive the dialog.
    explicit KeysDialog(Settings& settings, QWidget* parent = nullptr);

Q_SIGNALS:
    void changed();

private:
    void setupTable();
    void refresh();
    void take(QKeyCombination key);
    void keep();
    [[nodiscard]] ViewAction chosen() const;

    Settings& m_settings;
    ViewBindings m_bindings;
    QComboBox* m_mouse;
    QLabel* m_mouseWords;
    QTableWidget* m_table;
    QKeySequenceEdit* m_key;
    QPushButton* m_resetOne;
    QLabel* m_note;
};

} // namespace likeness
