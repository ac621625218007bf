// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/colourmap.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;

namespace likeness {

class ComparePanes;

/// Chooses how two images are set against each other and in which colours. Modes that the pair does
/// not allow are greyed, with the reason as their tool tip.
class CompareBar final : public QWidget {
    Q_OBJECT

public:
    /// `panes` must outlive the bar.
    explicit CompareBar(ComparePanes& panes, QWidget* parent = nullptr);

    /// After another picture or pairing.
    void refresh();

    /// Where there is nothing to choose but colours.
    void setModesVisible(bool on);

    [[nodiscard]] ColourMap colours() const;

Q_SIGNALS:
    void coloursChosen(likeness::ColourMap map);

private:
    void setupModes();
    void setupColours();

    ComparePanes& m_panes;
    QComboBox* m_mode;
    QComboBox* m_colours;
    QDoubleSpinBox* m_rate;
    bool m_modesVisible = true;
};

} // namespace likeness
