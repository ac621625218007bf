// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/deletions.h"

#include "ui/models/projectsession.h"

namespace likeness {

Deletions::Deletions(ProjectSession& session, QObject* parent)
    : QObject(parent)
    , m_session(session) {
    connect(&session, &ProjectSession::closed, this, [this] {
        m_done.clear();
        Q_EMIT changed();
    });
}

void Deletions::remove(const TrashSelection& selection, const QString& what) {
    if (selection.empty())
        return;
    m_session.run(
        {tr("Deleting %1").arg(what), Lane::project, false}, ProjectSession::Effect::changes, this,
        [selection](Project& project, JobContext&) { return project.trash().remove(selection); },
        [this, what](const std::string& at) {
            m_done.push_back({at, what});
            Q_EMIT changed();
            Q_EMIT removed(what);
        });
}

void Deletions::undo() {
    if (m_done.empty())
        return;
    const Done last = m_done.back();
    m_done.pop_back();
    Q_EMIT changed();
    restore(last.at, last.what);
}

void Deletions::restore(const std::string& at, const QString& what) {
    std::erase_if(m_done, [&](const Done& done) { return done.at == at; });
    Q_EMIT changed();
    m_session.run(
        {tr("Restoring %1").arg(what), Lane::project, false}, ProjectSession::Effect::changes, this,
        [at](Project& project, JobContext&) {
            project.trash().restore(at);
            return true;
        },
        [this, what](bool) { Q_EMIT restored(what); });
}

void Deletions::purge() {
    m_done.clear();
    Q_EMIT changed();
    m_session.run(
        {tr("Emptying the trash")}, ProjectSession::Effect::changes, this,
        [](Project& project, JobContext&) { return project.trash().purge(); },
        [this](const Purged& purged) { Q_EMIT this->purged(purged); });
}

} // namespace likeness
