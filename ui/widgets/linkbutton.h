// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/compare/orthopanes.h"

#include <QToolButton>

#include <optional>

class QActionGroup;
class QMenu;

namespace likeness {

/// Ties two views together or sets them apart, and says in its menu what of them is tied, and how.
class LinkButton final : public QToolButton {
    Q_OBJECT

public:
    explicit LinkButton(bool linked, QWidget* parent = nullptr);

    [[nodiscard]] bool isLinked() const { return isChecked(); }

    /// Everything off while the button is.
    [[nodiscard]] LinkChoice choice() const;

    /// Empty: what suits the images.
    [[nodiscard]] std::optional<WindowLink> windows() const;

Q_SIGNALS:
    void changed();

private:
    struct Entry {
        QString text;
        int value;
    };

    QActionGroup* addGroup(QMenu* menu, const QString& title, std::initializer_list<Entry> entries);

    QActionGroup* m_navigation;
    QActionGroup* m_slices;
    QActionGroup* m_sliceUnit;
    QActionGroup* m_windows;
};

} // namespace likeness
