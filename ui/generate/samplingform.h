// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"
#include "ui/models/modelchoice.h"

#include <QFrame>

class QLineEdit;
class QPushButton;
class QSpinBox;

namespace likeness {

class ConditionFields;
class ProjectSession;
struct Settings;

/// How many images, of what size, into which set; only what the chosen model can do can be asked.
class SamplingForm final : public QFrame {
    Q_OBJECT

public:
    SamplingForm(ProjectSession& session,
                 Settings& settings,
                 ModelChoice& choice,
                 QWidget* parent = nullptr);

    /// Generates `count` further images into the set, with seeds that it does not hold yet.
    void generateMore(const QString& setName, int count);

Q_SIGNALS:
    void generated(const likeness::SamplingResult& result);
    void messageRaised(const QString& sentence, bool isError);

private:
    void setupFields();
    void setupLayout();
    void refresh();
    void start();
    void run(const SamplingRequest& request);

    ProjectSession& m_session;
    Settings& m_settings;
    ModelChoice& m_choice;
    QLineEdit* m_setName;
    QSpinBox* m_count;
    QSpinBox* m_seed;
    QSpinBox* m_width;
    QSpinBox* m_height;
    QSpinBox* m_steps;
    ConditionFields* m_conditions;
    QPushButton* m_generate;
    std::string m_proposedFor; // hash of the model that the set name was proposed for
};

} // namespace likeness
