// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace likeness {

/// Decides whether a press of an answer counts. Times are monotonic nanoseconds.
class AnswerGate {
public:
    static constexpr std::int64_t kBounceNs = 150'000'000;

    explicit AnswerGate(std::int64_t minimumViewNs)
        : m_minimumViewNs(minimumViewNs) {}

    /// A stimulus is on screen since `firstFrameNs`; answers count once it was seen long enough.
    void open(std::int64_t firstFrameNs) {
        m_firstFrameNs = firstFrameNs;
        m_open = true;
    }

    /// Nothing counts until the next open().
    void close() { m_open = false; }

    /// The same trial again, after its answer could not be stored.
    void reopen() { m_open = true; }

    [[nodiscard]] bool isOpen() const { return m_open; }

    [[nodiscard]] std::int64_t firstFrameNs() const { return m_firstFrameNs; }

    /// True once per counted answer; the gate is closed then. A held key, a key too early, and the
    /// bounce of the key that answered last do not count.
    [[nodiscard]] bool accept(int value, std::int64_t nowNs, bool autoRepeat) {
        const bool bounced = value == m_lastValue && nowNs - m_lastPressNs < kBounceNs;
        m_lastValue = value;
        m_lastPressNs = nowNs;
        if (autoRepeat || bounced || !m_open || nowNs - m_firstFrameNs < m_minimumViewNs)
            return false;
        m_open = false;
        return true;
    }

private:
    std::int64_t m_minimumViewNs;
    std::int64_t m_firstFrameNs = 0;
    std::int64_t m_lastPressNs = -kBounceNs;
    int m_lastValue = 0;
    bool m_open = false;
};

} // namespace likeness
