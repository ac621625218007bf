// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/studying.h"
#include "ui/models/projectsession.h"
#include "ui/pages/page.h"

#include <string>

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;

namespace likeness {

class DetailsPanel;
struct Settings;
class StudyListModel;

/// The life of a study: new, freeze, package, merge, pilot, unblind.
class StudyPage final : public Page {
    Q_OBJECT

public:
    StudyPage(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    void entered() override;

Q_SIGNALS:
    void ratingRequested(const QString& package);
    void resultsRequested(const QString& studyId);

private:
    QWidget* makeActions();
    void setupLayout();
    void onSnapshot();
    void onChosen();
    void openDialog();
    void freeze();
    void exportPackage();
    void bundle(const QString& file, bool thenRate);
    void rateHere();
    void merge(const QStringList& files);
    void chooseRatings();
    void simulate();
    void unblind();
    void exportData();
    [[nodiscard]] const StudyRecord* current() const;

    /// Runs a change of the current study and says `sentence` when it is done.
    template <typename Work>
    void change(const QString& title, const QString& sentence, Work work);

    /// Says `done` in the message line, or with `remarks` in a dialog that `about` introduces.
    void tell(const QString& done, const QString& about, const std::vector<std::string>& remarks);

    ProjectSession& m_session;
    Settings& m_settings;
    StudyListModel* m_studies;
    QListView* m_view;
    QStackedWidget* m_stack;
    DetailsPanel* m_details;
    QLabel* m_next;
    QPushButton* m_freeze;
    QPushButton* m_export;
    QPushButton* m_rate;
    QPushButton* m_merge;
    QPushButton* m_simulate;
    QPushButton* m_unblind;
    QPushButton* m_results;
    QPushButton* m_data;
    std::string m_wanted;
};

} // namespace likeness
