// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainmonitor.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/generation/client/packedset.h"
#include "ui/generate/formrow.h"
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

const QColor kHeld(0xe3, 0xb7, 0x6a);

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

QString stageWords(TrainingStage stage) {
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

} // namespace

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
    , m_notes(makeLabel({}, LabelRole::warning))
    , m_bar(new QProgressBar)
    , m_pause(makeButton(tr("Pause")))
    , m_finish(makeButton(tr("Finish now")))
    , m_stop(makeButton(tr("Stop")))
    , m_loss(new CurvePlot(tr("step"), tr("training loss")))
    , m_heldOut(new CurvePlot(tr("step"), QString()))
    , m_figure(new QComboBox)
    , m_liveTitle(makeLabel({}, LabelRole::muted))
    , m_live(new SeedGrid) {
    setProperty("role", QStringLiteral("card"));
    setupLayout();
    m_timer.setInterval(kReading);
    connect(&m_timer, &QTimer::timeout, this, &TrainMonitor::read);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &TrainMonitor::plotHeldOut);
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (!m_wire)
            return;
        if (m_wire->control.paused())
            m_wire->control.resume();
        else
            m_wire->control.pause();
        refreshButtons();
    });
    connect(m_finish, &QPushButton::clicked, this, [this] {
        if (m_wire)
            m_wire->control.finishNow();
        refreshButtons();
    });
    connect(m_stop, &QPushButton::clicked, this, [this] { m_jobs.cancel(m_job); });
    refreshButtons();
}

QWidget* TrainMonitor::makeButtons() {
    m_finish->setToolTip(tr("Ends well within a tenth of what remains"));
    m_stop->setToolTip(tr("Ends at once; what was trained is kept and can be trained on"));
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_pause);
    row->addWidget(m_finish);
    row->addWidget(m_stop);
    return bar;
}

void TrainMonitor::setupLayout() {
    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Share of the training done"));
    m_figure->addItem(tr("All together, against real crops"));
    m_figure->addItem(tr("Difference of porosity"));
    m_figure->addItem(tr("Two-point correlation, RMSE"));
    m_figure->addItem(tr("Spectrum, RMSE in dB"));
    nameField(m_figure, tr("Distance from held-out crops"));
    nameField(m_live, tr("Images of fixed seeds while it trains"));
    m_live->setFocusPolicy(Qt::NoFocus);
    QVBoxLayout* column = makeCardColumn(this, {});
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    head->addWidget(makeButtons());
    auto* losses = new QVBoxLayout;
    QLabel* lossTitle = makeLabel(tr("What the network minimises"), LabelRole::muted);
    losses->addWidget(lossTitle);
    losses->addWidget(m_loss, 1);
    auto* held = new QVBoxLayout;
    held->addWidget(m_figure);
    held->addWidget(m_heldOut, 1);
    lossTitle->setMinimumHeight(m_figure->sizeHint().height());
    auto* plots = new QHBoxLayout;
    plots->setSpacing(12);
    plots->addLayout(losses, 1);
    plots->addLayout(held, 1);
    column->addLayout(head);
    column->addWidget(m_bar);
    column->addWidget(m_stage);
    column->addWidget(m_notes);
    column->addLayout(plots, 1);
    column->addWidget(m_liveTitle);
    column->addWidget(m_live);
}

void TrainMonitor::begin(const QString& title,
                         JobId job,
                         const std::string& model,
                         std::shared_ptr<TrainingWire> wire) {
    showHistory(title, model, {});
    m_wire = std::move(wire);
    m_job = job;
    m_stage->setText(tr("Waiting for its turn"));
    m_timer.start();
    refreshButtons();
}

void TrainMonitor::end(const QString& sentence) {
    read();
    m_timer.stop();
    m_wire.reset();
    m_job = 0;
    m_bar->setValue(0);
    m_stage->setText(sentence);
    refreshButtons();
}

void TrainMonitor::showHistory(const QString& title,
                               const std::string& model,
                               const TrainingCurves& curves) {
    if (m_wire)
        return;
    m_title->setText(title);
    m_stage->clear();
    m_notes->clear();
    m_model = model;
    m_lossPoints.clear();
    for (const TrainingPoint& point : curves.loss)
        m_lossPoints.emplace_back(static_cast<double>(point.step), point.value);
    m_figures = curves.heldOut;
    m_floor = curves.floor;
    m_live->setRows({}, {});
    m_liveTitle->clear();
    m_loss->setTitles(tr("step"), lossName(model));
    plotLoss();
    plotHeldOut();
    refreshButtons();
}

void TrainMonitor::read() {
    if (!m_wire)
        return;
    const std::vector<TrainingWire::News> letters = m_wire->news.take();
    for (const TrainingWire::News& news : letters) {
        take(news.watch);
        if (!news.live.empty()) {
            m_live->setRows({news.live}, {tr("Step %L1").arg(news.watch.liveStep)});
            m_live->updateGeometry();
        }
    }
    if (letters.empty())
        return;
    plotLoss();
    plotHeldOut();
    refreshButtons();
}

void TrainMonitor::take(const TrainingWatch& watch) {
    if (const auto all = watch.losses.find("all");
        all != watch.losses.end() && all->is_number() && watch.step > 0 &&
        (m_lossPoints.empty() || m_lossPoints.back().x() < static_cast<double>(watch.step)))
        m_lossPoints.emplace_back(static_cast<double>(watch.step), all->get<double>());
    if (m_lossPoints.size() > kMostPoints)
        thin(m_lossPoints);
    if (watch.heldOut && (m_figures.empty() || m_figures.back().step != watch.heldOut->step))
        m_figures.push_back(*watch.heldOut);
    if (watch.floor)
        m_floor = watch.floor;
    QStringList parts{stageWords(watch.stage), tr("step %L1").arg(watch.step)};
    if (watch.stepsPerSecond > 0.0)
        parts << tr("%1 steps a second").arg(words::number(watch.stepsPerSecond));
    if (watch.secondsLeft)
        parts << tr("%1 left").arg(words::duration(*watch.secondsLeft));
    m_stage->setText(parts.join(QStringLiteral(" \u00b7 ")));
    m_bar->setValue(static_cast<int>(watch.fraction * kBarSteps));
    QStringList notes;
    if (watch.warning)
        notes << words::text(*watch.warning);
    for (const Json& note : watch.notes) {
        if (note.is_string())
            notes << words::text(note.get<std::string>());
    }
    m_notes->setText(notes.join(QLatin1Char('\n')));
}

void TrainMonitor::plotLoss() {
    if (m_lossPoints.empty())
        m_loss->clear();
    else
        m_loss->setCurve(lossName(m_model), theme::kAccent, m_lossPoints);
}

void TrainMonitor::plotHeldOut() {
    m_heldOut->clear();
    const int figure = m_figure->currentIndex();
    m_heldOut->setTitles(tr("step"), m_figure->currentText());
    if (m_figures.empty())
        return;
    std::vector<QPointF> points;
    for (const HeldOutFigures& figures : m_figures)
        points.emplace_back(static_cast<double>(figures.step), valueOf(figures, figure));
    m_heldOut->setCurve(tr("generated"), kHeld, points, CurvePlot::Kind::lineWithPoints);
    m_heldOut->setLevel(tr("real, training crops"), theme::kMuted,
                        m_floor ? std::optional(valueOf(*m_floor, figure)) : std::nullopt);
}

void TrainMonitor::refreshButtons() {
    const bool running = m_wire != nullptr;
    for (QWidget* widget : {static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_finish),
                            static_cast<QWidget*>(m_stop), static_cast<QWidget*>(m_bar)})
        widget->setVisible(running);
    m_notes->setVisible(!m_notes->text().isEmpty());
    m_stage->setVisible(!m_stage->text().isEmpty());
    m_liveTitle->setVisible(!m_liveTitle->text().isEmpty());
    m_live->setVisible(m_live->columns() > 0);
    if (!running)
        return;
    m_pause->setText(m_wire->control.paused() ? tr("Go on") : tr("Pause"));
    m_finish->setEnabled(!m_wire->control.finishing());
}

} // namespace likeness
