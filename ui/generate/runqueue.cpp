// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/runqueue.h"

#include "ui/generate/formrow.h"
#include "ui/jobs/jobrunner.h"
#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace likeness {

RunQueue::RunQueue(JobRunner& jobs, QWidget* parent)
    : QFrame(parent)
    , m_jobs(jobs)
    , m_rows(new QVBoxLayout) {
    setProperty("role", QStringLiteral("card"));
    setAccessibleName(tr("Work that waits"));
    makeCardColumn(this, tr("Waiting"))->addLayout(m_rows);
    m_rows->setSpacing(6);
    connect(&jobs, &JobRunner::statusChanged, this, &RunQueue::refresh);
    refresh();
}

void RunQueue::refresh() {
    const std::vector<JobStatus> waiting = m_jobs.waitingJobs();
    QString said;
    for (const JobStatus& job : waiting)
        said += QString::number(job.id) + QLatin1Char(';');
    if (said == m_shown && isHidden() == waiting.empty())
        return; // progress comes twenty times a second
    m_shown = said;
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    for (const JobStatus& job : waiting) {
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        auto* remove = makeButton(tr("Remove"));
        remove->setAccessibleName(tr("Remove %1").arg(job.title));
        connect(remove, &QPushButton::clicked, this, [this, id = job.id] { m_jobs.drop(id); });
        row->addWidget(makeLabel(job.title), 1);
        row->addWidget(remove);
        m_rows->addWidget(line);
    }
    setVisible(!waiting.empty());
}

} // namespace likeness
