// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/maskbrush.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QSpinBox;

namespace likeness {

/// The tools that paint a mask: brush, eraser, box, undo, clear, and a mask from a file.
class MaskBar final : public QWidget {
    Q_OBJECT

public:
    explicit MaskBar(MaskBrush& brush, QWidget* parent = nullptr);

Q_SIGNALS:
    void fileWanted();

private:
    [[nodiscard]] QPushButton*
    addMode(const QString& text, const QString& key, MaskBrush::Mode mode);
    void refresh();

    MaskBrush& m_brush;
    QSpinBox* m_diameter;
    QPushButton* m_undo;
    QPushButton* m_clear;
    QLabel* m_share;
};

} // namespace likeness
