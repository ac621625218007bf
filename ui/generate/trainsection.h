// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"

#include <QWidget>

#include <string>

class QLabel;

namespace likeness {

class ModelChoice;
class ProjectSession;
class RunQueue;
class TrainForm;
struct Settings;

/// Training: what to train, the run that goes on, and those that wait.
class TrainSection final : public QWidget {
    Q_OBJECT

public:
    TrainSection(ProjectSession& session,
                 Settings& settings,
                 ModelChoice& choice,
                 QWidget* parent = nullptr);

    void chooseSet(const QString& setId);

    /// Goes on with the chosen model for as long as the form says.
    void chooseResume();

Q_SIGNALS:
    void messageRaised(const QString& sentence, bool isError);
    void trained(const std::string& checkpointId);

private:
    void start(TrainingRequest request);
    void report(const TrainingResult& result);

    ProjectSession& m_session;
    ModelChoice& m_choice;
    TrainForm* m_form;
    RunQueue* m_queue;
    QLabel* m_last;
};

} // namespace likeness
