// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/generate/gallery.h"
#include "ui/pages/page.h"

class QTabWidget;

namespace likeness {

class Deletions;
class EditSection;
class ExploreSection;
class ExternalSection;
class ModelChoice;
class ModelPanel;
class SampleSection;
class TrainSection;

/// Models: train one, draw images from it, look at them, edit them, explore what it has learnt; and
/// the generators of other people.
class GeneratePage final : public Page {
    Q_OBJECT

public:
    GeneratePage(ProjectSession& session,
                 ThumbnailStore& thumbnails,
                 Settings& settings,
                 QWidget* parent = nullptr);

    void chooseTrainingSet(const QString& setId);
    void entered() override;

Q_SIGNALS:
    void inspectRequested(const QString& setId, const QString& sampleId);

private:
    void setupSections();
    void setupLayout();
    void setupUndo();
    void showMore(const SampleRecord& sample, const QString& setName);

    ProjectSession& m_session;
    Settings& m_settings;
    ModelChoice* m_choice;
    Deletions* m_deletions;
    ModelPanel* m_models;
    QTabWidget* m_tabs;
    SampleSection* m_samples;
    TrainSection* m_training;
    EditSection* m_editing;
    ExploreSection* m_exploring;
    ExternalSection* m_external;
};

} // namespace likeness
