// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QListView;
class QPushButton;

namespace likeness {

class Deletions;
class ModelChoice;
class ProjectSession;

/// The models to choose from, with what is known of the chosen one.
class ModelPanel final : public QWidget {
    Q_OBJECT

public:
    ModelPanel(ProjectSession& session,
               ModelChoice& choice,
               Deletions& deletions,
               QWidget* parent = nullptr);

    [[nodiscard]] QListView* view() const { return m_view; }

Q_SIGNALS:
    void resumeWanted();

private:
    void setupLayout();
    void refresh();
    void askRemoval();

    ProjectSession& m_session;
    ModelChoice& m_choice;
    Deletions& m_deletions;
    QListView* m_view;
    QLabel* m_about;
    QPushButton* m_resume;
    QPushButton* m_delete;
};

} // namespace likeness
