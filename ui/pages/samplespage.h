// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/importing.h"
#include "ui/pages/page.h"

#include <set>
#include <string>
#include <vector>

class QListView;
class QPushButton;
class QStackedWidget;

namespace likeness {

class Deletions;
class DetailsPanel;
class EmptyState;
class FilterBar;
class ProjectSession;
class SampleListModel;
class SetListModel;
class ThumbnailStore;
struct Settings;

/// The sets of the project, what is looked for in them, thumbnails and details; import by dialog or
/// by dropping files.
class SamplesPage final : public Page {
    Q_OBJECT

public:
    SamplesPage(ProjectSession& session,
                ThumbnailStore& thumbnails,
                Settings& settings,
                QWidget* parent = nullptr);

    void entered() override;

Q_SIGNALS:
    /// The set, and one of its samples or an empty id.
    void inspectRequested(const QString& setId, const QString& sampleId);
    void trainingRequested(const QString& setId);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void setupLists();
    void setupLayout();
    void openImport(const QStringList& paths);
    void startImport(const ImportRequest& request);
    void reportImport(const ImportResult& result);
    void onSnapshot();
    void onSetChosen();
    void onSampleChosen();
    void setupDeletion();
    void onFilter();
    void fillSets();
    void removeSets();
    void removeSamples();
    [[nodiscard]] std::vector<const SetRecord*> chosenSets() const;
    [[nodiscard]] std::string currentSet() const; ///< the first of them; empty without any

    ProjectSession& m_session;
    Settings& m_settings;
    SetListModel* m_sets;
    SampleListModel* m_samples;
    QListView* m_setView;
    QListView* m_sampleView;
    FilterBar* m_filter;
    DetailsPanel* m_details;
    QPushButton* m_train;
    Deletions* m_deletions;
    QStackedWidget* m_stack;
    std::set<std::string> m_wanted; // chosen again after the snapshot or the filter changes
    bool m_filling = false;
};

} // namespace likeness
