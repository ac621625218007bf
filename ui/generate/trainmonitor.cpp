// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainmonitor.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/generation/client/packedset.h"
#include "ui/generate/formrow.h"
#include "ui/generate/heldouttable.h"
#include "ui/models/modelability.h"
#include "ui/plots/curveplot.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/seedgrid.h"
#include "ui/widgets/theme.h"
#include "ui/words.h"
#include "viewers/support/spanimage.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <chrono>
#include <utility>

namespace likeness {

namespace {

constexpr std::chrono::milliseconds kReading{200};
constexpr std::size_t kMostPoints = 2000;
constexpr int kThumbnail = 160;
constexpr int kBarSteps = 1000;
constexpr std::size_t kMostLive = 8;
constexpr int kChoice = 12; // characters that a choice asks room for

const QColor kHeld(0xe3, 0xb7, 0x6a);

enum Curve { curveLoss, curveRate };

enum Figure { figureScore, figurePorosity, figureS2, figureSpectrum };

double valueOf(const HeldOutFigures& figures, int figure) {
    switch (figure) {
    case figurePorosity:
        return figures.porosityDifference;
    case figureS2:
        return figures.s2Rmse;
    case figureSpectrum:
        return figures.spectrumDb;
    default:
        return figures.score;
    }
}

std::vector<QImage> picturesOf(const std::filesystem::path& file) {
    std::vector<QImage> images;
    const PackedSet set = readPackedSet(file);
    for (std::size_t i = 0; i < set.images.size() && i < kMostLive; ++i) {
        const ImageSpan span = set.span(i);
        const ImageSpan plane = span.slice(span.depth / 2);
        images.push_back(thumbnailOf(plane, firstViewOf(plane), QSize(kThumbnail, kThumbnail)));
    }
    return images;
}

// Every second point goes, so that a long run stays quick to draw.
void thin(std::vector<QPointF>& points) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points.size(); i += 2)
        points[kept++] = points[i];
    points.resize(kept);
}

QString nameOf(TrainingStage stage) {
    switch (stage) {
    case TrainingStage::starting:
        return TrainMonitor::tr("Starting");
    case TrainingStage::training:
        return TrainMonitor::tr("Training");
    case TrainingStage::paused:
        return TrainMonitor::tr("Paused");
    case TrainingStage::finishing:
        return TrainMonitor::tr("Finishing");
    case TrainingStage::saving:
        return TrainMonitor::tr("Saving");
    }
    return {};
}

void addPoint(std::vector<QPointF>& points, std::int64_t step, double value) {
    const auto x = static_cast<double>(step);
    if (step <= 0 || (!points.empty() && points.back().x() >= x))
        return;
    points.emplace_back(x, value);
    if (points.size() > kMostPoints)
        thin(points);
}

} // namespace

QString sentencesOf(const Json& notes) {
    QStringList lines;
    for (const Json& note : notes) {
        if (!note.is_string())
            continue;
        const QString text = words::text(note.get<std::string>());
        lines << (text.endsWith(QLatin1Char('.')) ? text : text + QLatin1Char('.'));
    }
    return lines.join(QLatin1Char('\n'));
}

std::function<void(const TrainingWatch&)> watcherOf(const std::shared_ptr<TrainingWire>& wire) {
    return [wire, shown = std::int64_t{-1}](const TrainingWatch& watch) mutable {
        TrainingWire::News news{watch, {}};
        if (watch.live && watch.liveStep != shown) {
            try {
                news.live = picturesOf(*watch.live);
                shown = watch.liveStep;
            } catch (const Error& error) { // replaced or gone meanwhile: the next ones come
                log(LogLevel::debug, error.what());
            }
        }
        wire->news.put(std::move(news));
    };
}

TrainMonitor::TrainMonitor(JobRunner& jobs, QWidget* parent)
    : QFrame(parent)
    , m_jobs(jobs)
    , m_title(makeLabel({}, LabelRole::section))
    , m_stage(makeLabel({}, LabelRole::muted))
    , m_warning(makeLabel({}, LabelRole::warning))
    , m_notes(makeLabel({}, LabelRole::muted))
    , m_bar(new QProgressBar)
    , m_pause(makeButton(tr("Pause")))
    , m_finish(makeButton(tr("Finish now")))
    , m_cancel(makeButton(tr("Cancel")))
    , m_curve(new QComboBox)
    , m_loss(new CurvePlot(tr("step"), QString()))
    , m_heldOut(new CurvePlot(tr("step"), QString()))
    , m_figure(new QComboBox)
    , m_plots(makePlots())
    , m_noFigures(makeLabel({}, LabelRole::muted))
    , m_table(new HeldOutTable)
    , m_live(new SeedGrid) {
    setProperty("role", QStringLiteral("card"));
    setupLayout();
    m_timer.setInterval(kReading);
    connect(&m_timer, &QTimer::timeout, this, &TrainMonitor::read);
    connect(m_curve, &QComboBox::currentIndexChanged, this, &TrainMonitor::chooseCurve);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &TrainMonitor::chooseFigure);
    connect(m_pause, &QPushButton::clicked, this, &TrainMonitor::togglePause);
    connect(m_finish, &QPushButton::clicked, this, &TrainMonitor::finishNow);
    connect(m_cancel, &QPushButton::clicked, this, &TrainMonitor::cancel);
    connect(&jobs, &JobRunner::statusChanged, this, &TrainMonitor::followJob);
    refresh();
}

QWidget* TrainMonitor::makeButtons() {
    m_pause->setToolTip(tr("The run waits, its time does not run on; what was trained is saved"));
    m_finish->setToolTip(tr("Lets the learning rate fall to zero within a tenth of what remains, "
                            "which makes better images than to cancel"));
    m_cancel->setToolTip(tr("Ends at once; what was trained is kept and can be trained on"));
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_pause);
    row->addWidget(m_finish);
    row->addWidget(m_cancel);
    return bar;
}

QWidget* TrainMonitor::makePlots() {
    m_curve->addItem(tr("Training loss"));
    m_curve->addItem(tr("Learning rate"));
    m_figure->addItem(tr("Held out: all together"));
    m_figure->addItem(tr("Held out: porosity"));
    m_figure->addItem(tr("Held out: two-point"));
    m_figure->addItem(tr("Held out: spectrum, dB"));
    nameField(m_curve, tr("Curve of the training"));
    nameField(m_figure, tr("Curve of the distance from held-out crops"));
    auto* plots = new QWidget;
    auto* row = new QHBoxLayout(plots);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    for (const auto& [choice, plot] :
         {std::pair(m_curve, m_loss), std::pair(m_figure, m_heldOut)}) {
        choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        choice->setMinimumContentsLength(kChoice);
        auto* column = new QVBoxLayout;
        column->setSpacing(6);
        column->addWidget(choice);
        column->addWidget(plot, 1);
        row->addLayout(column, 1);
    }
    return plots;
}

void TrainMonitor::setupLayout() {
    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Share of the training done"));
    nameField(m_live, tr("Images of fixed seeds while it trains"));
    m_live->setFocusPolicy(Qt::NoFocus);
    m_title->setWordWrap(true);
    m_stage->setObjectName(QStringLiteral("stage"));
    QVBoxLayout* column = makeCardColumn(this, {});
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    head->addWidget(makeButtons());
    column->addLayout(head);
    column->addWidget(m_bar);
    column->addWidget(m_stage);
    column->addWidget(m_warning);
    column->addWidget(m_plots, 1);
    column->addWidget(m_table);
    column->addWidget(m_noFigures);
    column->addWidget(m_live);
    column->addWidget(m_notes);
    column->addStretch(0);
}

void TrainMonitor::clear() {
    for (QLabel* label : {m_title, m_stage, m_warning, m_notes})
        label->clear();
    m_lossPoints.clear();
    m_ratePoints.clear();
    m_figures.clear();
    m_best.reset();
    m_floor.reset();
    m_newest = {};
    m_heard = false;
    m_cancelling = false;
    m_bar->setValue(0);
}

void TrainMonitor::begin(const QString& title,
                         JobId job,
                         const std::string& model,
                         std::shared_ptr<TrainingWire> wire) {
    clear();
    m_live->setRows({}, {});
    m_wire = std::move(wire);
    m_job = job;
    m_model = model;
    m_title->setText(title);
    m_timer.start();
    chooseCurve();
    chooseFigure();
    refresh();
}

void TrainMonitor::end(const QString& sentence) {
    read();
    m_timer.stop();
    m_wire.reset();
    m_job = 0;
    refresh();
    m_stage->setText(sentence);
    m_stage->show();
}

void TrainMonitor::showHistory(const TrainingHistory& history, bool keepImages) {
    if (m_wire)
        return;
    clear();
    m_title->setText(history.title);
    m_stage->setText(history.sentence);
    m_warning->setText(history.warning);
    m_notes->setText(history.notes);
    m_model = history.model;
    for (const TrainingPoint& point : history.curves.loss)
        addPoint(m_lossPoints, point.step, point.value);
    for (const TrainingPoint& point : history.curves.learningRate)
        addPoint(m_ratePoints, point.step, point.value);
    m_figures = history.curves.heldOut;
    m_floor = history.curves.floor;
    for (const HeldOutFigures& figures : m_figures) {
        if (history.curves.bestStep == figures.step)
            m_best = figures;
    }
    if (!keepImages)
        m_live->setRows({}, {});
    chooseCurve();
    chooseFigure();
    refresh();
}

void TrainMonitor::read() {
    if (!m_wire)
        return;
    const std::vector<TrainingWire::News> letters = m_wire->news.take();
    for (const TrainingWire::News& news : letters) {
        take(news.watch);
        if (!news.live.empty()) {
            m_live->setRows({news.live},
                            {tr("Images of fixed seeds, step %L1").arg(news.watch.liveStep)});
            m_live->updateGeometry();
        }
    }
    if (letters.empty())
        return;
    plotCurve();
    plotHeldOut();
    refresh();
}

void TrainMonitor::take(const TrainingWatch& watch) {
    m_newest = watch;
    m_heard = true;
    if (const auto all = watch.losses.find("all"); all != watch.losses.end() && all->is_number())
        addPoint(m_lossPoints, watch.step, all->get<double>());
    addPoint(m_ratePoints, watch.step, watch.learningRate);
    if (watch.heldOut && (m_figures.empty() || m_figures.back().step != watch.heldOut->step))
        m_figures.push_back(*watch.heldOut);
    if (watch.floor)
        m_floor = watch.floor;
    if (watch.best)
        m_best = watch.best;
    m_bar->setValue(static_cast<int>(watch.fraction * kBarSteps));
    m_warning->setText(watch.warning ? words::text(*watch.warning) : QString());
    m_notes->setText(sentencesOf(watch.notes));
}

void TrainMonitor::togglePause() {
    if (!m_wire)
        return;
    if (m_wire->control.paused())
        m_wire->control.resume();
    else
        m_wire->control.pause();
    refresh();
}

void TrainMonitor::finishNow() {
    if (m_wire)
        m_wire->control.finishNow();
    refresh();
}

void TrainMonitor::cancel() {
    m_cancelling = m_wire != nullptr;
    refresh();
    m_jobs.cancel(m_job);
}

// A run can be cancelled elsewhere, too.
void TrainMonitor::followJob() {
    const auto running = m_jobs.shownJob();
    if (!m_wire || m_cancelling || !running || running->id != m_job || !running->cancelling)
        return;
    m_cancelling = true;
    refresh();
}

void TrainMonitor::chooseCurve() {
    m_curve->setItemText(curveLoss, lossName(m_model));
    m_loss->clear();
    m_loss->setTitles(tr("step"), m_curve->currentText());
    plotCurve();
}

// Without clear(), which would undo what somebody zoomed to.
void TrainMonitor::plotCurve() {
    const bool rate = m_curve->currentIndex() == curveRate;
    const std::vector<QPointF>& points = rate ? m_ratePoints : m_lossPoints;
    if (!points.empty())
        m_loss->setCurve(m_curve->currentText(), theme::kAccent, points);
}

void TrainMonitor::chooseFigure() {
    m_heldOut->clear();
    m_heldOut->setTitles(tr("step"), tr("distance from held-out crops"));
    plotHeldOut();
}

void TrainMonitor::plotHeldOut() {
    if (m_figures.empty())
        return;
    const int figure = m_figure->currentIndex();
    std::vector<QPointF> points;
    for (const HeldOutFigures& figures : m_figures)
        points.emplace_back(static_cast<double>(figures.step), valueOf(figures, figure));
    m_heldOut->setCurve(tr("generated"), kHeld, points, CurvePlot::Kind::lineWithPoints);
    m_heldOut->setLevel(tr("real crops"), theme::kMuted,
                        m_floor ? std::optional(valueOf(*m_floor, figure)) : std::nullopt);
}

QString TrainMonitor::stageWords() const {
    const TrainingControl& control = m_wire->control;
    const TrainingStage stage = m_newest.stage;
    QStringList parts;
    if (m_cancelling)
        parts << tr("Cancelling: what was trained is being saved");
    else if (!m_heard)
        parts << tr("Reading the images");
    else if (stage == TrainingStage::saving || stage == TrainingStage::finishing)
        parts << nameOf(stage);
    else if (control.finishing())
        parts << tr("Finishing");
    else if (control.paused() && stage != TrainingStage::paused)
        parts << tr("Pausing");
    else if (!control.paused() && stage == TrainingStage::paused)
        parts << tr("Going on");
    else
        parts << nameOf(stage);
    if (m_heard)
        parts << tr("step %L1").arg(m_newest.step);
    if (m_newest.stepsPerSecond > 0.0)
        parts << tr("%1 steps a second").arg(words::number(m_newest.stepsPerSecond));
    if (m_newest.secondsLeft && !m_cancelling)
        parts << tr("%1 left").arg(words::duration(*m_newest.secondsLeft));
    if (m_newest.learningRate > 0.0)
        parts << tr("learning rate %1").arg(words::number(m_newest.learningRate));
    return parts.join(QStringLiteral(" \u00b7 "));
}

QString TrainMonitor::emptyWords() const {
    if (!m_figures.empty() || m_floor)
        return {};
    if (m_wire)
        return tr("Figures against held-out crops and images of fixed seeds come a little later.");
    return m_lossPoints.empty() ? tr("This model carries no curves of its training.")
                                : tr("Nothing was held out to compare this model with.");
}

void TrainMonitor::refresh() {
    const bool running = m_wire != nullptr;
    if (running)
        m_stage->setText(stageWords());
    for (QWidget* widget : {static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_finish),
                            static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_bar)})
        widget->setVisible(running);
    for (QLabel* label : {m_stage, m_warning, m_notes})
        label->setVisible(!label->text().isEmpty());
    m_plots->setVisible(running || !m_lossPoints.empty() || !m_figures.empty());
    m_table->setFigures(m_figures.empty() ? std::nullopt : std::optional(m_figures.back()), m_best,
                        m_floor);
    m_noFigures->setText(emptyWords());
    m_noFigures->setVisible(!m_noFigures->text().isEmpty());
    m_live->setVisible(m_live->columns() > 0);
    if (!running)
        return;
    const bool ends = m_cancelling || m_wire->control.finishing() ||
                      m_newest.stage == TrainingStage::finishing ||
                      m_newest.stage == TrainingStage::saving;
    m_pause->setText(m_wire->control.paused() ? tr("Resume") : tr("Pause"));
    m_pause->setEnabled(!ends);
    m_finish->setEnabled(!ends);
    m_cancel->setEnabled(!m_cancelling);
}

} // namespace likeness
