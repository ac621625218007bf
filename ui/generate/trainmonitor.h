// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/training.h"
#include "db/workflow/generating.h"
#include "ui/jobs/jobrunner.h"
#include "ui/jobs/mailbox.h"

#include <QFrame>
#include <QImage>
#include <QTimer>

#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace likeness {

class CurvePlot;
class SeedGrid;

/// What a run tells and what it can be told, shared with its thread.
struct TrainingWire {
    struct News {
        TrainingWatch watch;
        std::vector<QImage> live; ///< empty: no new ones
    };

    Mailbox<News> news;
    TrainingControl control;
};

/// Makes the wire's end for the run: takes its news, with pictures of new live samples.
[[nodiscard]] std::function<void(const TrainingWatch&)>
watcherOf(const std::shared_ptr<TrainingWire>& wire);

/// The run that goes on, or the history of a model: curves, live images, figures, and the buttons
/// that pause, finish and stop.
class TrainMonitor final : public QFrame {
    Q_OBJECT

public:
    explicit TrainMonitor(JobRunner& jobs, QWidget* parent = nullptr);

    /// Follows a run until end(); `model` is its family.
    void begin(const QString& title,
               JobId job,
               const std::string& model,
               std::shared_ptr<TrainingWire> wire);
    void end(const QString& sentence);

    [[nodiscard]] bool isFollowing() const { return m_wire != nullptr; }

    /// The history of a trained model; not while a run is followed.
    void showHistory(const QString& title, const std::string& model, const TrainingCurves& curves);

private:
    void setupLayout();
    [[nodiscard]] QWidget* makeButtons();
    void read();
    void take(const TrainingWatch& watch);
    void plotLoss();
    void plotHeldOut();
    void refreshButtons();

    JobRunner& m_jobs;
    QLabel* m_title;
    QLabel* m_stage;
    QLabel* m_notes;
    QProgressBar* m_bar;
    QPushButton* m_pause;
    QPushButton* m_finish;
    QPushButton* m_stop;
    CurvePlot* m_loss;
    CurvePlot* m_heldOut;
    QComboBox* m_figure;
    QLabel* m_liveTitle;
    SeedGrid* m_live;
    QTimer m_timer;

    std::shared_ptr<TrainingWire> m_wire;
    JobId m_job = 0;
    std::string m_model;
    std::vector<QPointF> m_lossPoints;
    std::vector<HeldOutFigures> m_figures;
    std::optional<HeldOutFigures> m_floor;
};

} // namespace likeness
