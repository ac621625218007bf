// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stopwatch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

namespace likeness::cli {

namespace {

double quantile(const std::vector<double>& sorted, double share) {
    const double rank = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

} // namespace

std::vector<double> Stopwatch::seconds(int rounds, const std::function<void()>& work) const {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    for (int i = 0; i <= rounds; ++i) {
        m_job.throwIfStopped();
        const auto start = Clock::now();
        work();
        if (i > 0)
            times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::ranges::sort(times);
    return times;
}

OrderedJson
Stopwatch::time(const std::string& name, int rounds, const std::function<void()>& work) const {
    const std::vector<double> times = seconds(rounds, work);
    return {{"name", name},
            {"median", 1e3 * quantile(times, 0.5)},
            {"p95", 1e3 * quantile(times, 0.95)},
            {"unit", "ms"},
            {"n", rounds}};
}

OrderedJson Stopwatch::rate(const std::string& name,
                            int rounds,
                            const Amount& amount,
                            const std::function<void()>& work) const {
    const std::vector<double> times = seconds(rounds, work);
    return {{"name", name},
            {"median", amount.amount / quantile(times, 0.5)},
            {"p95", amount.amount / quantile(times, 0.95)},
            {"unit", amount.unit},
            {"n", rounds}};
}

std::string machineName() {
    std::ifstream in("/proc/cpuinfo");
    std::string line;
    std::string model = "unknown processor";
    while (std::getline(in, line)) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            model = line.substr(colon + 2);
            break;
        }
    }
    return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " threads";
}

} // namespace likeness::cli
