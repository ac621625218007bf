// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/modelchoice.h"

#include "db/workflow/generating.h"
#include "ui/models/projectsession.h"

#include <utility>

namespace likeness {

ModelChoice::ModelChoice(ProjectSession& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_models(new CheckpointListModel(this)) {
    connect(&session, &ProjectSession::snapshotChanged, this, &ModelChoice::refresh);
    connect(&session, &ProjectSession::closed, this, &ModelChoice::refresh);
    readShipped();
    refresh();
}

void ModelChoice::readShipped() {
    m_session.jobs().start(
        {tr("Reading the shipped models"), Lane::pictures, false}, this,
        [](JobContext&) { return shippedCheckpoints(shippedModels()); },
        [this](std::vector<CheckpointEntry> shipped) {
            m_shipped = std::move(shipped);
            refresh();
        });
}

void ModelChoice::refresh() {
    const std::string before = m_chosen;
    std::vector<CheckpointEntry> entries;
    if (m_session.isOpen()) {
        for (const CheckpointRecord& record : m_session.snapshot().checkpoints)
            entries.push_back(entryOf(record, m_session.snapshot().sets));
        entries = mergedCheckpoints(std::move(entries), m_shipped);
    }
    m_models->setEntries(std::move(entries));
    if (!current())
        m_chosen = m_models->at(0) ? m_models->at(0)->sha256 : std::string();
    Q_EMIT refreshed();
    if (m_chosen != before)
        Q_EMIT changed();
}

int ModelChoice::currentRow() const {
    for (int row = 0; row < m_models->rowCount(); ++row) {
        if (m_models->at(row)->sha256 == m_chosen)
            return row;
    }
    return -1;
}

const CheckpointEntry* ModelChoice::current() const {
    return m_models->at(currentRow());
}

void ModelChoice::chooseRow(int row) {
    const CheckpointEntry* entry = m_models->at(row);
    if (!entry || entry->sha256 == m_chosen)
        return;
    m_chosen = entry->sha256;
    Q_EMIT changed();
}

void ModelChoice::chooseId(const std::string& checkpointId) {
    for (int row = 0; row < m_models->rowCount(); ++row) {
        if (m_models->at(row)->id == checkpointId)
            chooseRow(row);
    }
}

std::string adopted(Project& project, const CheckpointEntry& entry) {
    return entry.file ? addCheckpoint(project, *entry.file).id : entry.id;
}

} // namespace likeness
