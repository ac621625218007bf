// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/conditions.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QLabel;

namespace likeness {

class CurvePlot;
class ModelChoice;
class ProjectSession;

/// What a model with conditions was asked for, against what its images show by the same definition.
class AskedGot final : public QWidget {
    Q_OBJECT

public:
    AskedGot(ProjectSession& session, ModelChoice& choice, QWidget* parent = nullptr);

    void showSet(const std::string& setId);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refreshSets();
    void read();
    void adopt(std::vector<ConditionAgreement> agreements);
    void plot();

    ProjectSession& m_session;
    ModelChoice& m_choice;
    QComboBox* m_set;
    QComboBox* m_scalar;
    QLabel* m_words;
    CurvePlot* m_plot;
    std::vector<ConditionAgreement> m_agreements;
};

} // namespace likeness
