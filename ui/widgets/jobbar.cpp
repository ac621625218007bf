// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/jobbar.h"

#include "ui/jobs/jobrunner.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include <chrono>

namespace likeness {

namespace {

constexpr std::chrono::seconds kMessageLife{12};
constexpr int kBarSteps = 1000;

} // namespace

JobBar::JobBar(JobRunner& jobs, QWidget* parent)
    : QFrame(parent)
    , m_jobs(jobs)
    , m_title(makeLabel({}, LabelRole::section))
    , m_stage(makeLabel({}, LabelRole::muted))
    , m_left(makeLabel({}, LabelRole::muted))
    , m_bar(new QProgressBar)
    , m_cancel(makeButton(tr("Cancel")))
    , m_dismiss(makeButton(tr("Dismiss"))) {
    setProperty("role", QStringLiteral("bar"));
    setAccessibleName(tr("Running work"));
    setupLayout();
    m_fade.setSingleShot(true);
    m_fade.setInterval(kMessageLife);
    connect(&m_fade, &QTimer::timeout, this, &JobBar::dismiss);
    connect(m_dismiss, &QPushButton::clicked, this, &JobBar::dismiss);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (const auto job = m_jobs.shownJob())
            m_jobs.cancel(job->id);
    });
    connect(&jobs, &JobRunner::statusChanged, this, &JobBar::refresh);
    connect(&jobs, &JobRunner::cancelled, this, [this](JobId, const QString& title) {
        showMessage(tr("%1: stopped.").arg(title), false);
    });
    refresh();
}

void JobBar::setupLayout() {
    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(220);
    m_bar->setAccessibleName(tr("Share of the work done"));
    m_stage->setWordWrap(false);
    m_stage->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_left->setWordWrap(false);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 7, 16, 7);
    row->setSpacing(14);
    row->addWidget(m_title);
    row->addWidget(m_stage, 1);
    row->addWidget(m_left);
    row->addWidget(m_bar);
    row->addWidget(m_cancel);
    row->addWidget(m_dismiss);
}

void JobBar::refresh() {
    const auto job = m_jobs.shownJob();
    const bool hasMessage = !m_message.isEmpty();
    setVisible(!m_suppressed && (job || hasMessage));
    for (QWidget* widget : {static_cast<QWidget*>(m_left), static_cast<QWidget*>(m_bar),
                            static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_title)})
        widget->setVisible(job.has_value());
    m_dismiss->setVisible(!job && hasMessage);
    if (!job) {
        m_stage->setText(m_message);
        setRole(m_stage, m_messageIsError ? LabelRole::error : LabelRole::muted);
        return;
    }
    setRole(m_stage, LabelRole::muted);
    const int waiting = m_jobs.waitingShown();
    m_title->setText(waiting > 0 ? tr("%1 (%n more waiting)", nullptr, waiting).arg(job->title)
                                 : job->title);
    QString stage = job->cancelling ? tr("Stopping") : words::text(job->progress.stage);
    if (!job->cancelling && !job->progress.detail.empty())
        stage += QStringLiteral(" \u00b7 ") + words::text(job->progress.detail);
    m_stage->setText(stage);
    m_left->setText(job->progress.secondsLeft && !job->cancelling
                        ? tr("%1 left").arg(words::duration(*job->progress.secondsLeft))
                        : QString());
    m_bar->setValue(static_cast<int>(job->progress.fraction * kBarSteps));
    m_cancel->setEnabled(!job->cancelling);
}

void JobBar::showMessage(const QString& sentence, bool isError) {
    m_message = sentence;
    m_messageIsError = isError;
    startFading();
    refresh();
}

void JobBar::setSuppressed(bool suppressed) {
    m_suppressed = suppressed;
    startFading();
    refresh();
}

void JobBar::startFading() {
    // A message fades once it could be read; an error stays until it is dismissed.
    if (m_suppressed || m_messageIsError || m_message.isEmpty())
        m_fade.stop();
    else
        m_fade.start();
}

void JobBar::dismiss() {
    m_message.clear();
    refresh();
}

} // namespace likeness
