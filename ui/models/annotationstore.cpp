// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/annotationstore.h"

#include "db/clock.h"
#include "ui/models/projectsession.h"
#include "ui/words.h"

#include <QUndoCommand>

#include <algorithm>
#include <utility>

namespace likeness {

/// From one state of an annotation to another; a state that is absent is no annotation.
class AnnotationStore::Step final : public QUndoCommand {
public:
    Step(AnnotationStore& store,
         std::optional<AnnotationRecord> from,
         std::optional<AnnotationRecord> to,
         const QString& text)
        : QUndoCommand(text)
        , m_store(store)
        , m_from(std::move(from))
        , m_to(std::move(to))
        , m_isNew(!m_from) {}

    void redo() override { go(m_from, m_to); }

    void undo() override { go(m_to, m_from); }

private:
    void go(const std::optional<AnnotationRecord>& here,
            const std::optional<AnnotationRecord>& there) {
        m_store.show(there ? *there : *here, there.has_value());
        // Only the first row of an annotation is an addition: what was removed comes back changed.
        const Write write = !there                          ? Write::remove
                            : std::exchange(m_isNew, false) ? Write::add
                                                            : Write::change;
        m_store.store(there ? *there : *here, write);
    }

    AnnotationStore& m_store;
    std::optional<AnnotationRecord> m_from;
    std::optional<AnnotationRecord> m_to;
    bool m_isNew;
};

AnnotationStore::AnnotationStore(ProjectSession& session, QObject* parent)
    : QObject(parent)
    , m_session(session) {
    connect(&session, &ProjectSession::opened, this, [this] {
        m_steps.clear();
        m_records.clear();
        reload();
    });
    connect(&session, &ProjectSession::snapshotChanged, this, &AnnotationStore::reload);
    connect(&session, &ProjectSession::closed, this, [this] {
        ++m_writes;
        m_steps.clear();
        m_records.clear();
        Q_EMIT changed();
    });
    if (session.isOpen())
        reload();
}

const AnnotationRecord* AnnotationStore::find(const std::string& id) const {
    const auto found = std::find_if(m_records.begin(), m_records.end(),
                                    [&](const AnnotationRecord& r) { return r.id == id; });
    return found == m_records.end() ? nullptr : &*found;
}

std::string AnnotationStore::add(const std::string& sampleId, const Annotation& mark) {
    AnnotationRecord record;
    record.id = AnnotationRepository::newId();
    record.sampleId = sampleId;
    record.mark = mark;
    record.author = userName();
    record.createdAt = record.changedAt = utcNow();
    const std::string id = record.id;
    m_steps.push(new Step(*this, std::nullopt, std::move(record), tr("annotation")));
    return id;
}

void AnnotationStore::change(const std::string& id, const Annotation& mark) {
    const AnnotationRecord* former = find(id);
    if (!former || former->mark == mark)
        return;
    AnnotationRecord record = *former;
    record.mark = mark;
    record.author = userName();
    record.changedAt = utcNow();
    m_steps.push(new Step(*this, *former, std::move(record), tr("change")));
}

void AnnotationStore::remove(const std::string& id) {
    if (const AnnotationRecord* former = find(id))
        m_steps.push(new Step(*this, *former, std::nullopt, tr("removal")));
}

void AnnotationStore::show(const AnnotationRecord& record, bool present) {
    const auto found = std::find_if(m_records.begin(), m_records.end(),
                                    [&](const AnnotationRecord& r) { return r.id == record.id; });
    if (found != m_records.end() && present) {
        *found = record;
    } else if (found != m_records.end()) {
        m_records.erase(found);
    } else if (present) {
        const auto later = std::upper_bound(
            m_records.begin(), m_records.end(), record,
            [](const auto& a, const auto& b) { return a.createdAt < b.createdAt; });
        m_records.insert(later, record);
    }
    Q_EMIT changed();
}

void AnnotationStore::store(const AnnotationRecord& record, Write write) {
    ++m_writes;
    m_session.run(
        {tr("Keeping an annotation"), Lane::project, false}, ProjectSession::Effect::reads, this,
        [record, write](Project& project, JobContext&) {
            AnnotationRepository& annotations = project.annotations();
            if (write == Write::add)
                annotations.add(record.sampleId, record.mark, record.id);
            else if (write == Write::change)
                annotations.change(record.id, record.mark);
            else
                annotations.remove(record.id);
            return true;
        },
        [](bool) {},
        [this](const std::exception_ptr& failure) {
            m_steps.clear(); // they may build on what was not stored
            reload();
            Q_EMIT failed(words::explain(failure).sentence);
        });
}

/// A change that was made since it was asked for is already seen and will be stored: what was read
/// without it is read again.
void AnnotationStore::reload() {
    if (!m_session.isOpen())
        return;
    m_session.run(
        {tr("Reading annotations"), Lane::project, false}, ProjectSession::Effect::reads, this,
        [](Project& project, JobContext&) { return project.annotations().all(); },
        [this, writes = m_writes](std::vector<AnnotationRecord> records) {
            if (writes != m_writes)
                return reload();
            m_records = std::move(records);
            Q_EMIT changed();
        });
}

} // namespace likeness
