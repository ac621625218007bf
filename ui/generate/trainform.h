// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"

#include <QFrame>

#include <optional>
#include <string>
#include <utility>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QCheckBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace likeness {

class ProjectSession;
class TrainEstimate;
struct Settings;

/// What a new model is trained on, of what kind and how long.
class TrainForm final : public QFrame {
    Q_OBJECT

public:
    TrainForm(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    void chooseSet(const QString& setId);

    /// Empty while no set is chosen.
    [[nodiscard]] std::optional<TrainingRequest> request() const;

Q_SIGNALS:
    void changed(); ///< request() may differ
    void startWanted();

private:
    void setupChoices();
    void setupLimits();
    [[nodiscard]] QWidget* makeConditions();
    [[nodiscard]] QStringList chosenSets() const;
    void setupLayout();
    void fillSets();
    void refresh();
    void start();

    ProjectSession& m_session;
    Settings& m_settings;
    QListWidget* m_sets;
    QComboBox* m_family;
    QLabel* m_about;
    QComboBox* m_preset;
    QComboBox* m_size;
    std::vector<std::pair<QCheckBox*, std::string>> m_conditions; // with the word of each
    QWidget* m_conditionRow;
    QComboBox* m_holdOut;
    QCheckBox* m_earlyStop;
    QComboBox* m_limit;
    QDoubleSpinBox* m_minutes;
    QSpinBox* m_steps;
    QSpinBox* m_seed;
    TrainEstimate* m_estimate;
    QPushButton* m_start;
};

} // namespace likeness
