// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace likeness {

/// Threads that do one job together, again and again. Each computes torch operations alone (one
/// thread, denormal numbers as zero): on small networks that is faster than splitting each
/// operation.
class WorkerPool {
public:
    explicit WorkerPool(int workers);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(m_threads.size()); }

    /// Calls work(0) ... work(size() - 1) at once and returns when all have ended; throws what the
    /// first of them threw.
    void run(const std::function<void(int worker)>& work);

    /// Calls task(0) ... task(count - 1), each on the next free thread, and returns or throws as
    /// run() does.
    void spread(std::int64_t count, const std::function<void(std::int64_t)>& task);

private:
    void serve(int worker);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    const std::function<void(int)>* m_work = nullptr;
    std::uint64_t m_round = 0;
    int m_busy = 0;
    bool m_ending = false;
    std::vector<std::exception_ptr> m_failures;
    std::vector<std::thread> m_threads;
};

} // namespace likeness
