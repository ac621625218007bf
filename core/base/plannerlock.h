// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>

namespace likeness {

/// The lock that every caller of FFTW's planner (making and destroying plans, not executing them)
/// must hold: the planner's state is one per process, and plans are made in more than one library
/// and thread.
[[nodiscard]] inline std::mutex& fourierPlannerMutex() noexcept {
    static std::mutex mutex;
    return mutex;
}

} // namespace likeness
