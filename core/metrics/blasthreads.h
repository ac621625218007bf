// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <omp.h>

namespace likeness {

/// Keeps linear algebra on the calling thread while it lives, if `wanted`. OpenMP's threads wait by
/// spinning: on matrices of a hundred columns they cost more than they bring, and on a busy machine
/// thirty times more (measured).
class OneBlasThread {
public:
    explicit OneBlasThread(bool wanted) noexcept
        : m_before(omp_get_max_threads()) {
        if (wanted)
            omp_set_num_threads(1);
    }

    ~OneBlasThread() { omp_set_num_threads(m_before); }

    OneBlasThread(const OneBlasThread&) = delete;
    OneBlasThread& operator=(const OneBlasThread&) = delete;

private:
    int m_before;
};

} // namespace likeness
