// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"
#include "ui/models/checkpointlistmodel.h"
#include "ui/models/thumbnailstore.h"
#include "ui/pages/page.h"

#include <map>
#include <string>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QSpinBox;

namespace likeness {

class ImageStrip;
class ProjectSession;
struct Settings;

/// Models: sample images from one, look at its fixed-seed strip, train a new one on a set.
class GeneratePage final : public Page {
    Q_OBJECT

public:
    GeneratePage(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    void chooseTrainingSet(const QString& setId);
    void entered() override;

private:
    void setupModels();
    QWidget* makeSamplingCard();
    QWidget* makeTrainingCard();
    QWidget* makeStripCard();
    void setupLayout();
    void onSnapshot();
    void onModelChosen();
    void readShipped();
    void startSampling();
    void startPreview();
    void startTraining();
    void reportTraining(const TrainingResult& result);
    void showStrip(const std::string& key, std::vector<QImage> images);
    [[nodiscard]] const CheckpointEntry* current() const;

    ProjectSession& m_session;
    Settings& m_settings;
    CheckpointListModel* m_models;
    QListView* m_modelView;
    std::vector<CheckpointEntry> m_shipped;

    QLineEdit* m_setName;
    QSpinBox* m_count;
    QSpinBox* m_seed;
    QSpinBox* m_edge;
    QPushButton* m_sample;

    QComboBox* m_trainSet;
    QComboBox* m_family;
    QComboBox* m_preset;
    QComboBox* m_trainEdge;
    QDoubleSpinBox* m_minutes;
    QSpinBox* m_trainSeed;
    QPushButton* m_train;
    QLabel* m_lastTraining;

    ImageStrip* m_strip;
    QLabel* m_stripTitle;
    QPushButton* m_preview;
    std::map<std::string, std::vector<QImage>> m_strips; // by checkpoint hash
    std::string m_proposedFor; // hash of the model that the set name was proposed for
};

} // namespace likeness
