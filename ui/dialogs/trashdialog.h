// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/trash.h"

#include <QDialog>

#include <vector>

class QLabel;
class QListWidget;
class QPushButton;

namespace likeness {

class Deletions;
class ProjectSession;

/// What was deleted and can be restored, and the way to be rid of it for good.
class TrashDialog final : public QDialog {
    Q_OBJECT

public:
    TrashDialog(ProjectSession& session, Deletions& deletions, QWidget* parent = nullptr);

private:
    void read();
    void fill(std::vector<Deletion> deletions);
    void restoreChosen();
    void askPurge();

    ProjectSession& m_session;
    Deletions& m_care;
    std::vector<Deletion> m_deletions;
    QListWidget* m_list;
    QLabel* m_sentence;
    QPushButton* m_restore;
    QPushButton* m_purge;
};

/// "the set rock images, 3 images".
[[nodiscard]] QString contentsOf(const Deletion& deletion);

} // namespace likeness
