// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

#include <QFrame>

#include <map>

class QButtonGroup;
class QToolButton;

namespace likeness {

/// The six places of the window, at its left edge.
class NavigationBar final : public QFrame {
    Q_OBJECT

public:
    explicit NavigationBar(QWidget* parent = nullptr);

    void setCurrent(PageId page);
    void clearCurrent();
    void setProjectOpen(bool open); ///< without a project only rating is possible

Q_SIGNALS:
    void chosen(likeness::PageId page);

private:
    QButtonGroup* m_group;
    std::map<PageId, QToolButton*> m_buttons;
};

/// Name of a page as people read it, and its key for the command line ("samples").
[[nodiscard]] QString pageTitle(PageId page);
[[nodiscard]] QString pageKey(PageId page);

} // namespace likeness
