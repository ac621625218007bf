// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/training.h"
#include "db/workflow/generating.h"
#include "ui/jobs/jobrunner.h"
#include "ui/jobs/mailbox.h"

#include <QFrame>
#include <QImage>
#include <QPointF>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace likeness {

class CurvePlot;
class HeldOutTable;
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

/// Notes of a run, one a line.
[[nodiscard]] QString sentencesOf(const Json& notes);

/// How a model that is there was trained.
struct TrainingHistory {
    QString title;
    QString sentence;
    QString warning; ///< may be empty
    QString notes;   ///< may be empty
    std::string model;
    TrainingCurves curves;
};

/// The run that goes on, or the history of a model: curves, figures, live images, and the buttons
/// that pause, finish and cancel. What a button does is said at once, before the run has heard of
/// it.
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

    /// The run that is followed, or 0.
    [[nodiscard]] JobId job() const { return m_job; }

    /// Not while a run is followed. The live images of the last run stay with `keepImages`.
    void showHistory(const TrainingHistory& history, bool keepImages = false);

private:
    void setupLayout();
    [[nodiscard]] QWidget* makeButtons();
    [[nodiscard]] QWidget* makePlots();
    void clear();
    void read();
    void take(const TrainingWatch& watch);
    void togglePause();
    void finishNow();
    void cancel();
    void followJob();
    void chooseCurve();
    void plotCurve();
    void chooseFigure();
    void plotHeldOut();
    void refresh();
    [[nodiscard]] QString stageWords() const;
    [[nodiscard]] QString emptyWords() const;

    JobRunner& m_jobs;
    QLabel* m_title;
    QLabel* m_stage;
    QLabel* m_warning;
    QLabel* m_notes;
    QProgressBar* m_bar;
    QPushButton* m_pause;
    QPushButton* m_finish;
    QPushButton* m_cancel;
    QComboBox* m_curve;
    CurvePlot* m_loss;
    CurvePlot* m_heldOut;
    QComboBox* m_figure;
    QWidget* m_plots;
    QLabel* m_noFigures;
    HeldOutTable* m_table;
    SeedGrid* m_live;
    QTimer m_timer;

    std::shared_ptr<TrainingWire> m_wire;
    JobId m_job = 0;
    std::string m_model;
    TrainingWatch m_newest;
    bool m_heard = false; // m_newest is of this run
    bool m_cancelling = false;
    std::vector<QPointF> m_lossPoints;
    std::vector<QPointF> m_ratePoints;
    std::vector<HeldOutFigures> m_figures;
    std::optional<HeldOutFigures> m_best;
    std::optional<HeldOutFigures> m_floor;
};

} // namespace likeness
