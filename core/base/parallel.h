// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace likeness {

/// Cuts 0..count into contiguous ranges and runs `work(begin, end)` on each, the last one on the
/// caller's thread. Returns when all are done; the first exception of any range is thrown on the
/// caller's thread. `work` polls the stop request itself (JobContext::throwIfStopped is safe on any
/// thread).
template <typename Work>
void parallelRanges(std::int64_t count, int threads, Work&& work) {
    const std::int64_t parts =
        std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(count, 1));
    std::exception_ptr failure;
    std::mutex guard;
    const auto run = [&](std::int64_t part) {
        try {
            work(count * part / parts, count * (part + 1) / parts);
        } catch (...) {
            const std::scoped_lock lock(guard);
            if (!failure)
                failure = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> pool;
        for (std::int64_t part = 0; part + 1 < parts; ++part)
            pool.emplace_back(run, part);
        run(parts - 1);
    }
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace likeness
