// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace likeness {

/// How far a run has come: in steps, in time, in a share of its own, or whichever of them ends
/// first. Paused time does not count.
class RunBudget {
public:
    RunBudget(std::optional<double> minutes, std::optional<std::int64_t> steps)
        : m_minutes(minutes)
        , m_steps(steps) {}

    /// The clock begins; `done` steps were made before, and `share` of what only the steps know the
    /// end of (TrainingStep::shareDone).
    void start(std::int64_t done, double share = 0.0);

    void setShare(double share) noexcept { m_share = share; }

    void pause();
    void resume();

    /// What remains shrinks to a tenth. A second call does nothing.
    void finish(std::int64_t done);

    [[nodiscard]] bool finishing() const noexcept { return m_finish.has_value(); }

    /// Of this run, without pauses.
    [[nodiscard]] double seconds() const;

    /// From 0 to 1. When what remains has shrunk it runs ten times as fast.
    [[nodiscard]] double fraction(std::int64_t done) const;

    /// Of the shrunken rest: 1 when it begins, 0 at its end; 1 before.
    [[nodiscard]] double restOfFinish(std::int64_t done) const;

    [[nodiscard]] double stepsPerSecond(std::int64_t done) const;

    /// Empty before the first step.
    [[nodiscard]] std::optional<double> secondsLeft(std::int64_t done) const;

    /// An estimate of the whole run; empty before the first step.
    [[nodiscard]] std::optional<double> secondsInAll(std::int64_t done) const;

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] double plainFraction(std::int64_t done) const;
    [[nodiscard]] double finished(std::int64_t done) const;

    std::optional<double> m_minutes;
    std::optional<std::int64_t> m_steps;
    std::optional<double> m_finish; ///< plain fraction at which finish() was called
    std::int64_t m_before = 0;
    double m_share = 0.0;
    double m_shareBefore = 0.0;
    Clock::time_point m_start = Clock::now();
    std::optional<Clock::time_point> m_paused;
};

} // namespace likeness
