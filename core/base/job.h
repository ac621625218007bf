// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace likeness {

/// One report of a running job. Reports are calls on the job's own thread; the receiver must be
/// quick.
struct Progress {
    double fraction = 0.0;             ///< 0..1, never falls within one job
    std::string stage;                 ///< what is being done, English, sentence case, no full stop
    std::optional<double> secondsLeft; ///< estimate; empty while unknown
    std::string detail;                ///< free text such as losses; may be empty
};

/// What a job gets from its caller: a request to stop and a place to report to. A job is a function
/// `Result f(const Input&, JobContext&)` that touches no global state and throws Cancelled when
/// stopped.
class JobContext {
public:
    using Sink = std::function<void(const Progress&)>;

    JobContext() = default;
    explicit JobContext(std::stop_token stop, Sink sink = {});

    [[nodiscard]] bool stopRequested() const noexcept { return m_stop.stop_requested(); }

    [[nodiscard]] const std::stop_token& stopToken() const noexcept { return m_stop; }

    /// Throws Cancelled when a stop was requested. Call at least every 100 ms of work.
    void throwIfStopped() const;

    /// Reports `fraction` of this context's share; the time left is estimated from the time already
    /// used unless the caller knows better.
    void report(double fraction,
                std::string stage,
                std::string detail = {},
                std::optional<double> secondsLeft = {});

    /// A context whose 0..1 maps to `from`..`to` of this one. It must not outlive this context.
    [[nodiscard]] JobContext part(double from, double to);

private:
    std::stop_token m_stop;
    Sink m_sink;
    double m_started = -1.0;
    double m_reached = 0.0;
    bool m_estimates = true;
};

} // namespace likeness
