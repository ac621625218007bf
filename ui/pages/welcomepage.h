// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace likeness {

/// What stands in the window while no project is open.
class WelcomePage final : public QWidget {
    Q_OBJECT

public:
    explicit WelcomePage(QWidget* parent = nullptr);

    void setRecent(const QStringList& projects);
    void
    setBusy(const QString& sentence); ///< while a project is being made or opened; empty ends it

Q_SIGNALS:
    void newChosen();
    void openChosen();
    void demoChosen();
    void recentChosen(const QString& project);

private:
    QVBoxLayout* m_recent;
    QLabel* m_recentTitle;
    QLabel* m_busy;
    QWidget* m_choices;
};

} // namespace likeness
