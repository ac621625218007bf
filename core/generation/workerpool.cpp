// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/workerpool.h"

#include <torch/torch.h>

#include <atomic>

namespace likeness {

WorkerPool::WorkerPool(int workers, Processes* processes)
    : m_processes(processes)
    , m_failures(static_cast<std::size_t>(workers)) {
    for (int i = 0; i < workers; ++i)
        m_threads.emplace_back([this, i] { serve(i); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void WorkerPool::run(const std::function<void(int)>& work) {
    std::unique_lock lock(m_mutex);
    m_work = &work;
    m_busy = size();
    ++m_round;
    m_changed.notify_all();
    m_changed.wait(lock, [this] { return m_busy == 0; });
    m_work = nullptr;
    std::exception_ptr first;
    for (std::exception_ptr& failure : m_failures) {
        if (failure && !first)
            first = failure;
        failure = nullptr;
    }
    if (first)
        std::rethrow_exception(first);
}

void WorkerPool::spread(std::int64_t count, const std::function<void(std::int64_t)>& task) {
    std::atomic<std::int64_t> next{0};
    run([&](int) {
        for (std::int64_t i = next++; i < count; i = next++)
            task(i);
    });
}

void WorkerPool::serve(int worker) {
    at::set_num_threads(1);
    at::globalContext().setFlushDenormal(true);
    std::uint64_t served = 0;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [&] { return m_ending || m_round != served; });
        if (m_ending)
            return;
        served = m_round;
        const std::function<void(int)>& work = *m_work;
        lock.unlock();
        std::exception_ptr failure;
        try {
            work(worker);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        m_failures[static_cast<std::size_t>(worker)] = failure;
        if (--m_busy == 0)
            m_changed.notify_all();
    }
}

} // namespace likeness
