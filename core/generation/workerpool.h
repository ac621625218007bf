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

class Processes;

/// Threads that do one job together, again and again. Each computes torch operations alone (one
/// thread, denormal numbers as zero): on small networks that is faster than splitting each
/// operation. `processes` are those that do their share of the same job, each with such threads;
/// null if there are no others.
class WorkerPool {
public:
    explicit WorkerPool(int workers, Processes* processes = nullptr);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(m_threads.size()); }

    [[nodiscard]] Processes* processes() const noexcept { return m_processes; }

    /// Calls work(0) ... work(size() - 1) at once and returns when all have ended; throws what the
    /// first of them threw.
    void run(const std::function<void(int worker)>& work);

    /// Calls task(0) ... task(count - 1), each on the next free thread, and returns or throws as
    /// run() does.
    void spread(std::int64_t count, const std::function<void(std::int64_t)>& task);

private:
    void serve(int worker);

    Processes* m_processes;
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
