// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;

namespace likeness {

class Deletions;

/// One line after a deletion: what went, and the button that brings it back.
class UndoBar final : public QFrame {
    Q_OBJECT

public:
    explicit UndoBar(Deletions& deletions, QWidget* parent = nullptr);

private:
    void say(const QString& sentence, bool canUndo);

    QLabel* m_sentence;
    QPushButton* m_undo;
    QTimer m_fade;
};

} // namespace likeness
