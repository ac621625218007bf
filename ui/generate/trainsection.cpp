// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainsection.h"

#include "ui/generate/runqueue.h"
#include "ui/generate/trainform.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

TrainSection::TrainSection(ProjectSession& session,
                           Settings& settings,
                           ModelChoice& choice,
                           QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(choice)
    , m_form(new TrainForm(session, settings))
    , m_queue(new RunQueue(session.jobs()))
    , m_last(makeLabel(tr("How far a training is stands in the bottom line; when it is done, its "
                          "model is in the list."),
                       LabelRole::muted)) {
    m_form->setMaximumWidth(460);
    auto* right = new QVBoxLayout;
    right->setSpacing(12);
    right->addWidget(m_last);
    right->addWidget(m_queue);
    right->addStretch(1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 12, 0, 0);
    row->setSpacing(12);
    row->addWidget(m_form, 2);
    row->addLayout(right, 3);
    connect(m_form, &TrainForm::startWanted, this, [this] {
        if (auto request = m_form->request())
            start(std::move(*request));
    });
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
    request->model = entry->model;
    request->preset = entry->preset;
    request->size = entry->size;
    request->resume = entry->id;
    start(std::move(*request));
}

void TrainSection::start(TrainingRequest request) {
    m_session.run(
        {tr("Training on %1").arg(words::text(request.setName))}, ProjectSession::Effect::changes,
        this,
        [request](Project& project, JobContext& job) { return trainOnSet(project, request, job); },
        [this](const TrainingResult& result) { report(result); });
}

void TrainSection::report(const TrainingResult& result) {
    // The trainer's own figures by noise level stay in the checkpoint; people watch the whole.
    const auto loss = result.run.finalLosses.find("all");
    const QString error = loss != result.run.finalLosses.end() && loss->is_number()
                              ? tr("; %1 %2").arg(lossName(result.checkpoint.model).toLower(),
                                                  words::number(loss->get<double>()))
                              : QString();
    const QString summary = tr("%1: %L2 steps in %3%4.")
                                .arg(words::text(result.checkpoint.name))
                                .arg(result.run.steps)
                                .arg(words::duration(result.run.seconds), error);
    m_last->setText(
        result.run.stoppedEarly
            ? tr("%1 It was stopped early; \u201cTrain on\u201d goes on with it.").arg(summary)
            : summary);
    if (result.run.warning)
        Q_EMIT messageRaised(words::text(*result.run.warning), true);
    Q_EMIT trained(result.checkpoint.id);
}

} // namespace likeness
