// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/childprocess.h"
#include "core/generation/client/training.h"

#include <chrono>
#include <optional>
#include <string>

namespace likeness {

/// One request to a worker process and what comes back: progress goes to the job, a stop request of
/// the job goes to the worker at once. A worker that does not end within 2 seconds of it is killed;
/// one that says it is saving gets 30.
class WorkerTalk {
public:
    /// `monitor` gets the events of a training and may steer it; it must outlive this object.
    WorkerTalk(ChildProcess& child, JobContext& job, const TrainingMonitor& monitor);
    ~WorkerTalk();
    WorkerTalk(const WorkerTalk&) = delete;
    WorkerTalk& operator=(const WorkerTalk&) = delete;

    /// The result object. Throws the worker's own Error, Error(process) if it died, Cancelled.
    [[nodiscard]] Json carryOut(const Json& request);

    /// One answer of a worker that stays. Throws as above; after anything but a refusal of its own
    /// the worker is of no more use: isOver().
    [[nodiscard]] Json ask(const Json& request);

    [[nodiscard]] bool isOver() const noexcept { return !m_answered; }

private:
    using Clock = std::chrono::steady_clock;

    void send(const Json& request);
    void exchange();
    [[nodiscard]] Json outcome(const std::string& end) const;
    void passOnStop();
    void passOnWishes();
    void takeOutput(std::string_view text);
    void takeLine(const std::string& line);
    void takeErrors(std::string_view text);
    [[nodiscard]] bool killIfOverdue();
    [[nodiscard]] int millisecondsToWait() const;
    [[nodiscard]] std::string lastWords() const;

    ChildProcess& m_child;
    JobContext& m_job;
    const TrainingMonitor& m_monitor;
    bool m_toldPaused = false;
    bool m_toldFinish = false;
    int m_wake = -1;
    std::string m_line;
    std::string m_errors;
    std::optional<Json> m_result;
    std::optional<Json> m_error;
    bool m_answered = false; ///< by a worker that stays
    std::optional<Clock::time_point> m_deadline;
    bool m_killed = false;
};

} // namespace likeness
