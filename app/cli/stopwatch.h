// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"

#include <functional>
#include <stop_token>
#include <string>

namespace likeness::cli {

/// Repeats a piece of work and reports its median and 95th percentile (nearest rank) as
/// {name, median, p95, unit, n}. The first round warms caches and is not counted.
class Stopwatch {
public:
    explicit Stopwatch(const JobContext& job)
        : m_job(job) {}

    [[nodiscard]] const std::stop_token& stopToken() const noexcept { return m_job.stopToken(); }

    /// Milliseconds a round. Throws Cancelled between rounds when stopped.
    [[nodiscard]] OrderedJson
    time(const std::string& name, int rounds, const std::function<void()>& work) const;

    /// What a round handles, and the unit of that by the second ("MB/s").
    struct Amount {
        double amount = 1.0;
        std::string unit;
    };

    /// Amount by second; p95 is the rate that 95 % of the rounds reach.
    [[nodiscard]] OrderedJson rate(const std::string& name,
                                   int rounds,
                                   const Amount& amount,
                                   const std::function<void()>& work) const;

private:
    [[nodiscard]] std::vector<double> seconds(int rounds, const std::function<void()>& work) const;

    const JobContext& m_job;
};

/// Processor and number of its threads, "Intel Xeon ..., 2 threads".
[[nodiscard]] std::string machineName();

} // namespace likeness::cli
