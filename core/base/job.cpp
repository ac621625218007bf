// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

#include "core/base/error.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace likeness {

namespace {

double nowSeconds() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

// Before this share of the work is done, an extrapolation says more about start-up than about the
// work.
constexpr double kMinimumShareForEstimate = 0.02;

} // namespace

JobContext::JobContext(std::stop_token stop, Sink sink)
    : m_stop(std::move(stop))
    , m_sink(std::move(sink))
    , m_started(nowSeconds()) {}

void JobContext::throwIfStopped() const {
    if (m_stop.stop_requested())
        throw Cancelled();
}

void JobContext::report(double fraction,
                        std::string stage,
                        std::string detail,
                        std::optional<double> secondsLeft) {
    if (!m_sink)
        return;
    m_reached = std::max(m_reached, std::clamp(fraction, 0.0, 1.0));
    const double done = m_reached;
    if (!secondsLeft && m_estimates && done > kMinimumShareForEstimate)
        secondsLeft = (nowSeconds() - m_started) * (1.0 - done) / done;
    m_sink({done, std::move(stage), secondsLeft, std::move(detail)});
}

JobContext JobContext::part(double from, double to) {
    if (!m_sink)
        return JobContext(m_stop);
    JobContext child(m_stop, [this, from, to](const Progress& p) {
        // The time left of a part is not that of the whole, so the whole estimates anew.
        report(from + (to - from) * p.fraction, p.stage, p.detail);
    });
    child.m_estimates = false;
    return child;
}

} // namespace likeness
