// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/viewlink.h"

#include <QPointer>
#include <QWidget>

#include <array>

class QLabel;
class QLineEdit;
class QToolButton;

namespace likeness {

/// The grey values that are drawn black and white, as numbers that can be typed, and where they
/// come from. One pair of numbers where both views show the same values, else one for each.
class WindowBox final : public QWidget {
    Q_OBJECT

public:
    explicit WindowBox(QWidget* parent = nullptr);

    /// The views whose window it shows and sets.
    void watch(ViewLink* link, std::array<ViewLink::Id, 2> views);

    /// Off: hidden, whatever the views show.
    void setShown(bool on);

private:
    struct Side {
        QLabel* name = nullptr;
        QLineEdit* low = nullptr;
        QLineEdit* high = nullptr;
        QWidget* box = nullptr;
    };

    void makeSide(std::size_t at);
    void apply(std::size_t at);
    void refresh();
    [[nodiscard]] QString noteText() const;

    QPointer<ViewLink> m_link;
    std::array<ViewLink::Id, 2> m_views{};
    std::array<Side, 2> m_sides;
    QLabel* m_note;
    QToolButton* m_reset;
    bool m_shown = true;
};

} // namespace likeness
