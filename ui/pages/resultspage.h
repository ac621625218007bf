// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/results.h"
#include "ui/jobs/jobrunner.h"
#include "ui/pages/page.h"

#include <string>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace likeness {

class EmptyState;
class ProjectSession;
class ResultsModel;
struct Settings;

/// Ratings beside automated metrics, one row per generator and the reference.
class ResultsPage final : public Page {
    Q_OBJECT

public:
    ResultsPage(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    void choose(const QString& studyId);
    void entered() override;

private:
    void setupTable();
    void setupLayout();
    void onSnapshot();
    void load();
    void show(const StudyResults& results);
    void measure();
    void exportCsv();

    ProjectSession& m_session;
    Settings& m_settings;
    ResultsModel* m_model;
    QComboBox* m_study;
    QTableView* m_table;
    QLabel* m_simulated;
    QLabel* m_summary;
    QLabel* m_notes;
    QPushButton* m_measure;
    QPushButton* m_export;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    std::string m_loaded; // study id shown or being read
    bool m_stale = true;
};

} // namespace likeness
