// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/runbudget.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kFinishShare = 0.1; ///< of what remains, when it is to end soon

} // namespace

void RunBudget::start(std::int64_t done, double share) {
    m_before = done;
    m_share = m_shareBefore = share;
    m_start = Clock::now();
}

void RunBudget::pause() {
    if (!m_paused)
        m_paused = Clock::now();
}

void RunBudget::resume() {
    if (m_paused)
        m_start += Clock::now() - *m_paused;
    m_paused.reset();
}

void RunBudget::finish(std::int64_t done) {
    if (!m_finish)
        m_finish = plainFraction(done);
}

double RunBudget::seconds() const {
    const Clock::time_point now = m_paused ? *m_paused : Clock::now();
    return std::chrono::duration<double>(now - m_start).count();
}

double RunBudget::plainFraction(std::int64_t done) const {
    double fraction = m_share;
    if (m_steps)
        fraction = std::max(fraction, static_cast<double>(done) / static_cast<double>(*m_steps));
    if (m_minutes)
        fraction = std::max(fraction, seconds() / (60.0 * *m_minutes));
    return std::min(1.0, fraction);
}

double RunBudget::finished(std::int64_t done) const {
    const double rest = kFinishShare * (1.0 - *m_finish);
    return rest > 0.0 ? std::min(1.0, (plainFraction(done) - *m_finish) / rest) : 1.0;
}

double RunBudget::fraction(std::int64_t done) const {
    if (!m_finish)
        return plainFraction(done);
    const double part = finished(done);
    // Rounding must not keep a run from its end.
    return part > 1.0 - 1e-9 ? 1.0 : *m_finish + (1.0 - *m_finish) * part;
}

double RunBudget::restOfFinish(std::int64_t done) const {
    return m_finish ? 1.0 - finished(done) : 1.0;
}

double RunBudget::stepsPerSecond(std::int64_t done) const {
    const double passed = seconds();
    return done > m_before && passed > 0.0 ? static_cast<double>(done - m_before) / passed : 0.0;
}

std::optional<double> RunBudget::secondsLeft(std::int64_t done) const {
    const double rate = stepsPerSecond(done);
    if (!(rate > 0.0))
        return std::nullopt;
    double left = INFINITY;
    if (m_minutes)
        left = 60.0 * *m_minutes - seconds();
    if (m_steps)
        left = std::min(left, static_cast<double>(*m_steps - done) / rate);
    if (m_share > m_shareBefore)
        left = std::min(left, seconds() * (1.0 - m_share) / (m_share - m_shareBefore));
    if (m_finish)
        left *= kFinishShare * restOfFinish(done);
    return std::max(0.0, left);
}

std::optional<double> RunBudget::secondsInAll(std::int64_t done) const {
    const auto left = secondsLeft(done);
    return left ? std::optional(seconds() + *left) : std::nullopt;
}

} // namespace likeness
