// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QListView;
class QPushButton;
class QSlider;
class QStackedWidget;

namespace likeness {

class Deletions;
class GalleryModel;
class Lightbox;
class ModelChoice;
class ProjectSession;
class ThumbnailStore;
struct Settings;

/// What a gallery works with.
struct GalleryParts {
    ProjectSession& session;
    ThumbnailStore& thumbnails;
    Settings& settings;
    ModelChoice& choice;
    Deletions& deletions;
};

/// All images that the chosen model made, with their seeds. Several can be chosen, one can be
/// looked at in full.
class Gallery final : public QWidget {
    Q_OBJECT

public:
    explicit Gallery(const GalleryParts& parts, QWidget* parent = nullptr);

    /// Brings a set to the front, once the project shows it.
    void showSet(const std::string& setId);

Q_SIGNALS:
    void moreWanted(const likeness::SampleRecord& sample, const QString& setName);
    void editWanted(const likeness::SampleRecord& sample);
    void inspectWanted(const QString& setId, const QString& sampleId);

private:
    void setupView();
    void setupLayout();
    void setupMenu();
    [[nodiscard]] QWidget* makeToolbar();
    void refresh();
    void refreshSelection();
    void setEdge(int edge);
    void enlarge(int row);
    void removeChosen();
    void removeSet();
    [[nodiscard]] std::vector<SampleRecord> chosen() const;
    [[nodiscard]] QString titleOf(const std::vector<SampleRecord>& samples) const;

    ProjectSession& m_session;
    Settings& m_settings;
    ModelChoice& m_choice;
    Deletions& m_deletions;
    GalleryModel* m_model;
    QListView* m_view;
    Lightbox* m_lightbox;
    QComboBox* m_sets;
    QSlider* m_size;
    QPushButton* m_more;
    QPushButton* m_edit;
    QPushButton* m_delete;
    QLabel* m_summary;
    QStackedWidget* m_stack;
    std::string m_wantedSet; // to be shown as soon as there is one
};

} // namespace likeness
