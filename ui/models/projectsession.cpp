// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/projectsession.h"

#include "core/base/error.h"
#include "ui/words.h"

#include <algorithm>

namespace likeness {

namespace {

template <typename Records, typename Predicate>
auto findIn(const Records& records, Predicate predicate) -> decltype(records.data()) {
    const auto found = std::find_if(records.begin(), records.end(), predicate);
    return found == records.end() ? nullptr : &*found;
}

} // namespace

const SetRecord* ProjectSnapshot::findSet(const std::string& id) const {
    return findIn(sets, [&](const SetRecord& set) { return set.id == id; });
}

const SetRecord* ProjectSnapshot::findSetNamed(const std::string& wanted) const {
    return findIn(sets, [&](const SetRecord& set) { return set.name == wanted; });
}

const StudyRecord* ProjectSnapshot::findStudy(const std::string& id) const {
    return findIn(studies, [&](const StudyRecord& study) { return study.id == id; });
}

const std::vector<SampleRecord>& ProjectSnapshot::samplesOf(const std::string& setId) const {
    static const std::vector<SampleRecord> none;
    const auto found = samples.find(setId);
    return found == samples.end() ? none : found->second;
}

ProjectSnapshot readSnapshot(Project& project) {
    ProjectSnapshot snapshot;
    snapshot.name = words::text(project.name());
    snapshot.folder = project.folder();
    snapshot.sets = project.sets();
    for (const SetRecord& set : snapshot.sets)
        snapshot.samples.emplace(set.id, project.samples(set.id));
    snapshot.checkpoints = project.checkpoints();
    snapshot.studies = project.studies();
    return snapshot;
}

ProjectSession::ProjectSession(JobRunner& jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs) {
    connect(&jobs, &JobRunner::finished, this, &ProjectSession::onFinished);
}

void ProjectSession::open(const QString& title, Opener opener) {
    close();
    auto slot = std::make_shared<std::optional<Project>>();
    m_slot = slot;
    m_jobs.start(
        {title, Lane::project, true}, this,
        [slot, opener = std::move(opener)](JobContext& job) {
            slot->emplace(opener(job));
            return std::make_shared<const ProjectSnapshot>(readSnapshot(slot->value()));
        },
        [this, slot](std::shared_ptr<const ProjectSnapshot> snapshot) {
            if (slot != m_slot)
                return;
            m_snapshot = std::move(snapshot);
            Q_EMIT opened();
            Q_EMIT snapshotChanged();
        },
        [this](const std::exception_ptr& failure) { Q_EMIT openingFailed(failure); });
}

PixelSource ProjectSession::pixelSource() const {
    const std::filesystem::path folder = m_snapshot ? m_snapshot->folder : std::filesystem::path();
    return [folder](const SampleRecord& sample) { return Project::pixelsIn(folder, sample); };
}

void ProjectSession::close() {
    if (!m_slot)
        return;
    // The project dies in its own lane, after the work that still uses it.
    m_jobs.start(
        {tr("Closing the project"), Lane::project, false}, this,
        [slot = std::move(m_slot)](JobContext&) { slot->reset(); }, [] {});
    m_slot.reset();
    if (!m_snapshot)
        return;
    m_snapshot.reset();
    Q_EMIT closed();
}

void ProjectSession::adopt(const Slot& slot, std::shared_ptr<const ProjectSnapshot> snapshot) {
    if (slot != m_slot)
        return;
    m_snapshot = std::move(snapshot);
    Q_EMIT snapshotChanged();
}

void ProjectSession::onFinished(JobId id) {
    const auto change = m_changes.find(id);
    if (change == m_changes.end())
        return;
    const bool isShown = *change->second;
    m_changes.erase(change);
    if (!isShown)
        refresh();
}

void ProjectSession::refresh() {
    if (!isOpen())
        return;
    m_jobs.start(
        {tr("Reading the project"), Lane::project, false}, this,
        [slot = m_slot](JobContext&) {
            return std::make_shared<const ProjectSnapshot>(readSnapshot(slot->value()));
        },
        [this, slot = m_slot](std::shared_ptr<const ProjectSnapshot> snapshot) {
            adopt(slot, std::move(snapshot));
        });
}

} // namespace likeness
