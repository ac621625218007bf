// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace likeness {

/// A lane runs one job at a time, in the order of arrival, on a thread of its own.
enum class Lane {
    project,  ///< everything that uses the Project
    pictures, ///< decoding for the screen
    rating    ///< the rating session, so that an answer never waits for other work
};

struct JobSpec {
    QString title; ///< for people: "Training on sandstone"
    Lane lane = Lane::project;
    bool shown = true; ///< listed in the job bar; false for small background reads
};

using JobId = quint64; ///< 0 is no job

struct JobStatus {
    JobId id = 0;
    QString title;
    Progress progress;
    bool cancelling = false;
};

/// The only place that knows threads. `work` gets a snapshot by value and runs on the lane's
/// thread; what it returns (or throws, with its own type) is delivered on the GUI thread, and only
/// if `context` is still alive and the job was not dropped. All members are for the GUI thread.
class JobRunner final : public QObject {
    Q_OBJECT

public:
    using FailureHandler = std::function<void(std::exception_ptr)>;

    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override; ///< Stops every job and waits for it.

    /// Runs `work(JobContext&)` and hands its value to `done`. A failure of either goes to
    /// `failed`, or to the signal of that name when there is none; being cancelled is no failure
    /// and only ends the job.
    template <typename Work, typename Done>
    JobId start(JobSpec spec, QObject* context, Work work, Done done, FailureHandler failed = {}) {
        using Result = std::invoke_result_t<Work&, JobContext&>;
        auto task = std::make_shared<Work>(std::move(work));
        Runnable run = [task, done = std::move(done)](JobContext& job) -> Delivery {
            if constexpr (std::is_void_v<Result>) {
                (*task)(job);
                return done;
            } else {
                auto result = std::make_shared<Result>((*task)(job));
                return [done, result]() mutable { done(std::move(*result)); };
            }
        };
        return enqueue(std::move(spec), context, std::move(run), std::move(failed));
    }

    /// Asks the job to stop; returns at once. What it still returns is delivered.
    void cancel(JobId id);

    /// Asks the job to stop and delivers nothing of it any more.
    void drop(JobId id);

    void cancelAll();

    [[nodiscard]] bool isBusy(Lane lane) const;
    [[nodiscard]] std::optional<JobStatus>
    shownJob() const;                       ///< the running job that the job bar shows
    [[nodiscard]] int waitingShown() const; ///< shown jobs that wait for their turn

    /// Those jobs in the order of their turns, without the ones that were asked to stop.
    [[nodiscard]] std::vector<JobStatus> waitingJobs() const;

Q_SIGNALS:
    void statusChanged(); ///< shownJob() or waitingShown() changed; at most 20 times a second while
                          ///< a job runs
    void finished(likeness::JobId id);
    void cancelled(likeness::JobId id, const QString& title);
    void failed(const QString& title, std::exception_ptr failure);

private:
    using Delivery = std::function<void()>;
    using Runnable = std::function<Delivery(JobContext&)>;
    struct Job;
    class LaneThread;

    JobId enqueue(JobSpec spec, QObject* context, Runnable run, FailureHandler failed);
    void complete(const std::shared_ptr<Job>& job);
    [[nodiscard]] LaneThread& lane(Lane lane) const;

    std::vector<std::unique_ptr<LaneThread>> m_lanes;
    std::vector<std::shared_ptr<Job>> m_jobs; // in order of arrival
    JobId m_last = 0;
};

/// Keeps only the newest of a series of jobs: starting another one drops the former.
class LatestJob {
public:
    explicit LatestJob(JobRunner& jobs)
        : m_jobs(&jobs) {}

    ~LatestJob() { drop(); }

    LatestJob(const LatestJob&) = delete;
    LatestJob& operator=(const LatestJob&) = delete;

    template <typename... Arguments>
    void start(Arguments&&... arguments) {
        drop();
        m_id = m_jobs->start(std::forward<Arguments>(arguments)...);
    }

    void drop() {
        if (m_jobs && m_id != 0)
            m_jobs->drop(std::exchange(m_id, 0));
    }

private:
    QPointer<JobRunner> m_jobs;
    JobId m_id = 0;
};

} // namespace likeness
