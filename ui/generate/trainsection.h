// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"
#include "ui/jobs/jobrunner.h"

#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QBoxLayout;
class QScrollArea;

namespace likeness {

class ModelChoice;
class ProjectSession;
class RunQueue;
class TrainForm;
class TrainMonitor;
struct Settings;
struct TrainingWire;

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

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    /// A run that goes on or waits for its turn.
    struct Run {
        JobId job = 0;
        QString title;
        std::string model;
        std::shared_ptr<TrainingWire> wire;
    };

    void start(TrainingRequest request);
    void follow();
    void end(JobId job, const QString& sentence);
    void report(JobId job, const TrainingResult& result);
    void arrange();
    void chooseHistory();
    void showHistory();

    ProjectSession& m_session;
    ModelChoice& m_choice;
    TrainForm* m_form;
    TrainMonitor* m_monitor;
    RunQueue* m_queue;
    QScrollArea* m_formScroll;
    QBoxLayout* m_row;
    std::vector<Run> m_runs;      // in the order of their turns
    bool m_showsEnd = false;      // of a run that left no model to show
    std::string m_lastCheckpoint; // of the run whose images are shown
};

} // namespace likeness
