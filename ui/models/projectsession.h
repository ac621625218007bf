// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/project.h"
#include "db/records.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/pixelsource.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What the pages show of a project: a value, read again after every change.
struct ProjectSnapshot {
    QString name;
    std::filesystem::path folder;
    std::vector<SetRecord> sets;
    std::map<std::string, std::vector<SampleRecord>> samples; ///< by set id
    std::vector<CheckpointRecord> checkpoints;
    std::vector<StudyRecord> studies;

    [[nodiscard]] const SetRecord* findSet(const std::string& id) const;
    [[nodiscard]] const SetRecord* findSetNamed(const std::string& name) const;
    [[nodiscard]] const StudyRecord* findStudy(const std::string& id) const;
    [[nodiscard]] const std::vector<SampleRecord>& samplesOf(const std::string& setId) const;
};

[[nodiscard]] ProjectSnapshot readSnapshot(Project& project);

/// The open project, or none. The Project itself is touched in the project lane only; the pages see
/// the snapshot.
class ProjectSession final : public QObject {
    Q_OBJECT

public:
    using Opener = std::function<Project(JobContext&)>;

    explicit ProjectSession(JobRunner& jobs, QObject* parent = nullptr);

    [[nodiscard]] bool isOpen() const { return m_snapshot != nullptr; }

    /// Valid while isOpen().
    [[nodiscard]] const ProjectSnapshot& snapshot() const { return *m_snapshot; }

    /// Null while nothing is open; stays valid after a change.
    [[nodiscard]] const std::shared_ptr<const ProjectSnapshot>& sharedSnapshot() const {
        return m_snapshot;
    }

    /// Reads from the project that is open now, also after it was closed.
    [[nodiscard]] PixelSource pixelSource() const;

    [[nodiscard]] JobRunner& jobs() const { return m_jobs; }

    /// Replaces the open project by the one that `opener` makes or opens, in a job of that title.
    /// The former one is closed first, so that a project can be opened again. Failures come as
    /// openingFailed().
    void open(const QString& title, Opener opener);
    void close();

    enum class Effect { reads, changes };

    /// Runs `work(Project&, JobContext&)` in the project lane and hands its value to `done`. After
    /// `changes` the snapshot is read again before `done` is called; also when the work was stopped
    /// or failed half-way, as it may have stored a part.
    template <typename Work, typename Done>
    JobId run(JobSpec spec,
              Effect effect,
              QObject* context,
              Work work,
              Done done,
              JobRunner::FailureHandler failed = {}) {
        using Result = std::invoke_result_t<Work&, Project&, JobContext&>;
        spec.lane = Lane::project;
        auto slot = m_slot;
        const auto isShown = std::make_shared<bool>(effect == Effect::reads);
        const JobId id = m_jobs.start(
            std::move(spec), context,
            [slot, effect, work = std::move(work)](JobContext& job) mutable {
                Project& project = slot->value();
                auto outcome = std::make_shared<Outcome<Result>>();
                outcome->value = work(project, job);
                if (effect == Effect::changes)
                    outcome->snapshot =
                        std::make_shared<const ProjectSnapshot>(readSnapshot(project));
                return outcome;
            },
            [this, slot, isShown,
             done = std::move(done)](const std::shared_ptr<Outcome<Result>>& outcome) mutable {
                *isShown = true;
                if (outcome->snapshot)
                    adopt(slot, outcome->snapshot);
                done(std::move(*outcome->value));
            },
            std::move(failed));
        if (effect == Effect::changes)
            m_changes.emplace(id, isShown);
        return id;
    }

Q_SIGNALS:
    void opened();
    void closed();
    void snapshotChanged();
    void openingFailed(std::exception_ptr failure);

private:
    using Slot = std::shared_ptr<std::optional<Project>>;

    template <typename Result>
    struct Outcome {
        std::optional<Result> value;
        std::shared_ptr<const ProjectSnapshot> snapshot;
    };

    void adopt(const Slot& slot, std::shared_ptr<const ProjectSnapshot> snapshot);
    void onFinished(JobId id);
    void refresh();

    JobRunner& m_jobs;
    Slot m_slot;
    std::shared_ptr<const ProjectSnapshot> m_snapshot;
    std::map<JobId, std::shared_ptr<bool>> m_changes; // running; true once its snapshot is shown
};

} // namespace likeness
