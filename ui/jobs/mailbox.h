// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace likeness {

/// What a running job tells while it runs: put in on its thread, taken out by a timer of the GUI's.
/// Shared by both, so that either may go first.
template <typename T>
class Mailbox {
public:
    void put(T letter) {
        const std::lock_guard lock(m_mutex);
        m_letters.push_back(std::move(letter));
    }

    [[nodiscard]] std::vector<T> take() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_letters, {});
    }

private:
    std::mutex m_mutex;
    std::vector<T> m_letters;
};

} // namespace likeness
