// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainsection.h"

#include "ui/generate/runqueue.h"
#include "ui/generate/trainform.h"
#include "ui/generate/trainmonitor.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kFormWidth = 390;
constexpr int kBoth = 880; // width at which form and monitor stand beside each other

std::optional<double> numberIn(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number()
               ? std::optional(found->get<double>())
               : std::nullopt;
}

std::string textIn(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

QString endWords(const std::string& endedBy) {
    if (endedBy == "finish")
        return TrainSection::tr("finished early by hand");
    if (endedBy == "early stop")
        return TrainSection::tr("ended because it no longer got better");
    if (endedBy == "stop")
        return TrainSection::tr("cancelled; \u201cTrain on\u201d goes on with it");
    return {};
}

// "262 steps in 1 min 00 s · denoising error 0.41 · finished early by hand"
QString sentenceOf(const TrainingResult& result) {
    QStringList parts{TrainSection::tr("%L1 steps in %2")
                          .arg(result.run.steps)
                          .arg(words::duration(result.run.seconds))};
    // The trainer's own figures by noise level stay in the checkpoint; people watch the whole.
    if (const auto loss = numberIn(result.run.finalLosses, "all"))
        parts << QStringLiteral("%1 %2").arg(lossName(result.checkpoint.model).toLower(),
                                             words::number(*loss));
    const QString end =
        endWords(result.run.stoppedEarly ? std::string("stop") : result.run.endedBy);
    if (!end.isEmpty())
        parts << end;
    return parts.join(QStringLiteral(" \u00b7 "));
}

TrainingHistory historyOf(const CheckpointEntry& entry) {
    TrainingHistory history;
    history.title = TrainSection::tr("How %1 was trained").arg(words::text(entry.name));
    history.model = entry.model;
    CheckpointRecord record;
    record.metadata = entry.metadata;
    history.curves = curvesOf(record);
    QStringList parts;
    if (const auto seconds = numberIn(entry.metadata, "seconds"))
        parts
            << TrainSection::tr("%L1 steps in %2").arg(entry.steps).arg(words::duration(*seconds));
    if (const std::string device = textIn(entry.metadata, "device"); !device.empty())
        parts << TrainSection::tr("on %1").arg(words::text(device));
    if (const QString end = endWords(textIn(entry.metadata, "ended_by")); !end.isEmpty())
        parts << end;
    history.sentence = parts.join(QStringLiteral(" \u00b7 "));
    history.warning = words::text(textIn(entry.metadata, "warning"));
    if (const auto notes = entry.metadata.find("notes"); notes != entry.metadata.end())
        history.notes = sentencesOf(*notes);
    return history;
}

QScrollArea* scrolled(QWidget* content) {
    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    return scroll;
}

} // namespace

TrainSection::TrainSection(ProjectSession& session,
                           Settings& settings,
                           ModelChoice& choice,
                           QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(choice)
    , m_form(new TrainForm(session, settings))
    , m_monitor(new TrainMonitor(session.jobs()))
    , m_queue(new RunQueue(session.jobs()))
    , m_formScroll(scrolled(m_form))
    , m_row(new QBoxLayout(QBoxLayout::LeftToRight, this)) {
    m_formScroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* right = new QVBoxLayout;
    right->setSpacing(12);
    right->addWidget(scrolled(m_monitor), 1);
    right->addWidget(m_queue);
    m_row->setContentsMargins(0, 12, 0, 0);
    m_row->setSpacing(12);
    m_row->addWidget(m_formScroll, 2);
    m_row->addLayout(right, 3);
    arrange();
    connect(m_form, &TrainForm::startWanted, this, [this] {
        if (auto request = m_form->request())
            start(std::move(*request));
    });
    connect(&session.jobs(), &JobRunner::statusChanged, this, &TrainSection::follow);
    connect(&session.jobs(), &JobRunner::finished, this,
            [this](JobId job) { end(job, tr("Cancelled before there was anything to keep")); });
    connect(&choice, &ModelChoice::changed, this, &TrainSection::chooseHistory);
    connect(&choice, &ModelChoice::refreshed, this, &TrainSection::showHistory);
    showHistory();
}

void TrainSection::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

// In a narrow window the monitor stands below the form, and each scrolls.
void TrainSection::arrange() {
    const bool both = width() >= kBoth;
    m_row->setDirection(both ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_formScroll->setMinimumWidth(both ? kFormWidth : 0);
    m_formScroll->setMaximumWidth(both ? kFormWidth : QWIDGETSIZE_MAX);
}

void TrainSection::chooseSet(const QString& setId) {
    m_form->chooseSet(setId);
}

void TrainSection::chooseResume() {
    const CheckpointEntry* entry = m_choice.current();
    auto request = m_form->request();
    if (!entry || entry->id.empty() || !request)
        return;
    request->setName = entry->trainedOn;
    request->moreSets.clear(); // of the form; the model was told its own
    request->conditions.clear();
    if (const auto told = conditionsOf(*entry); told && told->classes.size() > 1) {
        request->setName = told->classes.front().name;
        for (std::size_t i = 1; i < told->classes.size(); ++i)
            request->moreSets.push_back(told->classes[i].name);
    }
    request->model = entry->model;
    request->preset = entry->preset;
    request->size = entry->size;
    request->resume = entry->id;
    start(std::move(*request));
}

void TrainSection::start(TrainingRequest request) {
    auto wire = std::make_shared<TrainingWire>();
    Run run{0, tr("Training on %1").arg(words::text(request.setName)), request.model, wire};
    const auto id = std::make_shared<JobId>(0);
    run.job = m_session.run(
        {run.title}, ProjectSession::Effect::changes, this,
        [request = std::move(request), wire](Project& project, JobContext& job) {
            return trainOnSet(project, request, job, {watcherOf(wire), &wire->control});
        },
        [this, id](const TrainingResult& result) { report(*id, result); },
        [this, id](const std::exception_ptr& failure) {
            const QString sentence = words::explain(failure).sentence;
            end(*id, sentence);
            Q_EMIT messageRaised(sentence, true);
        });
    *id = run.job;
    m_runs.push_back(std::move(run));
    follow();
}

// Runs take their turns in the order in which they were started.
void TrainSection::follow() {
    if (m_runs.empty() || m_monitor->job() != 0)
        return;
    const Run& next = m_runs.front();
    const auto running = m_session.jobs().shownJob();
    if (!running || running->id != next.job)
        return;
    m_showsEnd = false;
    m_lastCheckpoint.clear();
    m_monitor->begin(next.title, next.job, next.model, next.wire);
}

void TrainSection::end(JobId job, const QString& sentence) {
    if (std::erase_if(m_runs, [job](const Run& run) { return run.job == job; }) == 0)
        return;
    if (m_monitor->job() != job)
        return;
    m_monitor->end(sentence);
    m_showsEnd = true;
}

void TrainSection::report(JobId job, const TrainingResult& result) {
    const QString sentence = sentenceOf(result);
    end(job, sentence);
    m_lastCheckpoint = result.checkpoint.id;
    if (result.run.warning)
        Q_EMIT messageRaised(words::text(*result.run.warning), true);
    else
        Q_EMIT messageRaised(tr("%1: %2.").arg(words::text(result.checkpoint.name), sentence),
                             false);
    Q_EMIT trained(result.checkpoint.id);
}

void TrainSection::chooseHistory() {
    m_showsEnd = false;
    showHistory();
}

void TrainSection::showHistory() {
    if (m_showsEnd || !m_runs.empty())
        return;
    const CheckpointEntry* entry = m_choice.current();
    if (entry) {
        m_monitor->showHistory(historyOf(*entry),
                               !m_lastCheckpoint.empty() && entry->id == m_lastCheckpoint);
        return;
    }
    TrainingHistory none;
    none.title = tr("No model yet");
    none.sentence = tr("Choose what to train on; how far it is, what it draws and how near that is "
                       "to real images is shown here while it trains.");
    m_monitor->showHistory(none);
}

} // namespace likeness
