// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobrunner.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace likeness {

namespace {

constexpr std::array kLanes = {Lane::project, Lane::pictures, Lane::rating};
constexpr std::chrono::milliseconds kReportInterval{50};

} // namespace

// Lives in the queue, on the lane's thread and in the delivery to the GUI thread. `run` and
// `context` are released on the GUI thread, because they may hold things that belong to it.
struct JobRunner::Job {
    JobId id = 0;
    JobSpec spec;
    QPointer<QObject> context; // GUI thread only
    Runnable run;
    FailureHandler failed;
    std::stop_source stop;
    bool dropped = false; // GUI thread only
    std::atomic<bool> started = false;
    std::atomic<bool> reportPending = false;
    std::mutex mutex; // guards progress
    Progress progress;
    Delivery delivery;          // set by the lane's thread before the hand-over
    std::exception_ptr failure; // the same
};

class JobRunner::LaneThread {
public:
    using Complete = std::function<void(std::shared_ptr<Job>)>;
    using Report = std::function<void(std::shared_ptr<Job>)>;

    LaneThread(Complete complete, Report report)
        : m_complete(std::move(complete))
        , m_report(std::move(report))
        , m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

    void post(std::shared_ptr<Job> job) {
        {
            const std::lock_guard lock(m_mutex);
            m_queue.push_back(std::move(job));
        }
        m_wake.notify_one();
    }

private:
    void loop(const std::stop_token& stop) {
        while (true) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock(m_mutex);
                if (!m_wake.wait(lock, stop, [this] { return !m_queue.empty(); }) ||
                    stop.stop_requested())
                    return;
                job = std::move(m_queue.front());
                m_queue.pop_front();
            }
            execute(*job, job);
            m_complete(std::move(job));
        }
    }

    void execute(Job& job, const std::shared_ptr<Job>& shared) {
        job.started = true;
        auto last = std::chrono::steady_clock::time_point{};
        JobContext context(job.stop.get_token(), [&](const Progress& progress) {
            {
                const std::lock_guard lock(job.mutex);
                job.progress = progress;
            }
            const auto now = std::chrono::steady_clock::now();
            if (now - last < kReportInterval || job.reportPending.exchange(true))
                return;
            last = now;
            m_report(shared);
        });
        try {
            context.throwIfStopped();
            m_report(shared);
            job.delivery = job.run(context);
        } catch (...) {
            job.failure = std::current_exception();
        }
    }

    Complete m_complete;
    Report m_report;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<std::shared_ptr<Job>> m_queue;
    std::jthread m_thread; // last: it uses all of the above
};

JobRunner::JobRunner(QObject* parent)
    : QObject(parent) {
    // A queued call is dropped by Qt once its receiver is gone, so late deliveries never reach a
    // dead runner.
    auto complete = [this](std::shared_ptr<Job> job) {
        QMetaObject::invokeMethod(
            this, [this, job = std::move(job)] { this->complete(job); }, Qt::QueuedConnection);
    };
    auto report = [this](std::shared_ptr<Job> job) {
        QMetaObject::invokeMethod(
            this,
            [this, job = std::move(job)] {
                job->reportPending = false;
                if (job->spec.shown && !job->dropped)
                    Q_EMIT statusChanged();
            },
            Qt::QueuedConnection);
    };
    for ([[maybe_unused]] const Lane lane : kLanes)
        m_lanes.push_back(std::make_unique<LaneThread>(complete, report));
}

JobRunner::~JobRunner() {
    for (const auto& job : m_jobs) {
        job->dropped = true;
        job->stop.request_stop();
    }
    m_lanes.clear();
}

JobRunner::LaneThread& JobRunner::lane(Lane lane) const {
    return *m_lanes.at(static_cast<std::size_t>(lane));
}

JobId JobRunner::enqueue(JobSpec spec, QObject* context, Runnable run, FailureHandler failed) {
    auto job = std::make_shared<Job>();
    job->id = ++m_last;
    job->spec = std::move(spec);
    job->context = context;
    job->run = std::move(run);
    job->failed = std::move(failed);
    m_jobs.push_back(job);
    lane(job->spec.lane).post(job);
    if (job->spec.shown)
        Q_EMIT statusChanged();
    return job->id;
}

void JobRunner::complete(const std::shared_ptr<Job>& job) {
    std::erase(m_jobs, job);
    const Delivery delivery = std::move(job->delivery);
    job->run = {};
    if (!job->dropped && job->context) {
        try {
            if (job->failure)
                std::rethrow_exception(job->failure);
            delivery();
        } catch (const Cancelled&) {
            Q_EMIT cancelled(job->id, job->spec.title);
        } catch (...) {
            if (job->failed)
                job->failed(std::current_exception());
            else
                Q_EMIT this->failed(job->spec.title, std::current_exception());
        }
    }
    Q_EMIT finished(job->id);
    if (job->spec.shown)
        Q_EMIT statusChanged();
}

void JobRunner::cancel(JobId id) {
    const auto job =
        std::find_if(m_jobs.begin(), m_jobs.end(), [id](const auto& j) { return j->id == id; });
    if (job == m_jobs.end())
        return;
    (*job)->stop.request_stop();
    if ((*job)->spec.shown)
        Q_EMIT statusChanged();
}

void JobRunner::drop(JobId id) {
    const auto job =
        std::find_if(m_jobs.begin(), m_jobs.end(), [id](const auto& j) { return j->id == id; });
    if (job == m_jobs.end())
        return;
    (*job)->dropped = true;
    cancel(id);
}

void JobRunner::cancelAll() {
    for (const auto& job : m_jobs)
        job->stop.request_stop();
    Q_EMIT statusChanged();
}

bool JobRunner::isBusy(Lane lane) const {
    return std::any_of(m_jobs.begin(), m_jobs.end(),
                       [lane](const auto& job) { return job->spec.lane == lane; });
}

std::optional<JobStatus> JobRunner::shownJob() const {
    for (const auto& job : m_jobs) {
        if (!job->spec.shown || !job->started)
            continue;
        const std::lock_guard lock(job->mutex);
        return JobStatus{job->id, job->spec.title, job->progress, job->stop.stop_requested()};
    }
    return std::nullopt;
}

int JobRunner::waitingShown() const {
    return static_cast<int>(waitingJobs().size());
}

std::vector<JobStatus> JobRunner::waitingJobs() const {
    std::vector<JobStatus> waiting;
    for (const auto& job : m_jobs) {
        if (job->spec.shown && !job->started && !job->stop.stop_requested())
            waiting.push_back({job->id, job->spec.title, {}, false});
    }
    return waiting;
}

} // namespace likeness
