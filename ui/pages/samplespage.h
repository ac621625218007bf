// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/importing.h"
#include "ui/pages/page.h"

#include <string>

class QListView;
class QStackedWidget;

namespace likeness {

class Deletions;
class DetailsPanel;
class EmptyState;
class ProjectSession;
class SampleListModel;
class SetListModel;
class ThumbnailStore;
struct Settings;

/// The sets of the project, their thumbnails and details; import by dialog or by dropping files.
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
    void removeSet();
    void removeSamples();
    [[nodiscard]] std::string currentSet() const;

    ProjectSession& m_session;
    Settings& m_settings;
    SetListModel* m_sets;
    SampleListModel* m_samples;
    QListView* m_setView;
    QListView* m_sampleView;
    DetailsPanel* m_details;
    Deletions* m_deletions;
    QStackedWidget* m_stack;
    std::string m_wantedSet; // chosen again after the snapshot changes
};

} // namespace likeness
