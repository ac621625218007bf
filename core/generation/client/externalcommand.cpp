// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/externalcommand.h"

#include "core/generation/client/childprocess.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <unistd.h>

namespace likeness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTickMilliseconds = 50;
constexpr std::size_t kKeptWords = 4096;
constexpr std::size_t kLongestLine = 4096;

/// The two output streams of a child, cut into lines.
class Streams {
public:
    Streams(const ChildProcess& child, const std::function<void(std::string_view)>& line)
        : m_polled{pollfd{child.output(), POLLIN, 0}, pollfd{child.errors(), POLLIN, 0}}
        , m_line(line) {}

    /// Waits at most `milliseconds` for something to read, and reads it. False: nothing came.
    bool read(int milliseconds) {
        if (m_polled[0].fd < 0 && m_polled[1].fd < 0) {
            ::poll(nullptr, 0, milliseconds);
            return false;
        }
        if (::poll(m_polled.data(), m_polled.size(), milliseconds) <= 0)
            return false;
        bool isRead = false;
        for (std::size_t i = 0; i < m_polled.size(); ++i) {
            if (m_polled[i].fd >= 0 && m_polled[i].revents != 0)
                isRead = readFrom(i) || isRead;
        }
        return isRead;
    }

    [[nodiscard]] std::string takeWords() {
        for (std::string& rest : m_rest) {
            if (!rest.empty())
                m_line(rest);
        }
        return std::move(m_words);
    }

private:
    bool readFrom(std::size_t stream) {
        std::array<char, 8192> buffer{};
        const ssize_t n = ::read(m_polled[stream].fd, buffer.data(), buffer.size());
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return false;
        if (n <= 0) {
            m_polled[stream].fd = -1; // poll() passes over it
            return false;
        }
        take(stream, {buffer.data(), static_cast<std::size_t>(n)});
        return true;
    }

    void take(std::size_t stream, std::string_view text) {
        m_words.append(text);
        if (m_words.size() > kKeptWords)
            m_words.erase(0, m_words.size() - kKeptWords);
        std::string& rest = m_rest.at(stream);
        for (const char c : text) {
            if (c == '\n' || c == '\r' || rest.size() >= kLongestLine) {
                if (!rest.empty())
                    m_line(rest);
                rest.clear();
            }
            if (c != '\n' && c != '\r')
                rest.push_back(c);
        }
    }

    std::array<pollfd, 2> m_polled;
    std::array<std::string, 2> m_rest;
    std::string m_words;
    const std::function<void(std::string_view)>& m_line;
};

} // namespace

ExternalEnd runExternal(const ExternalCommand& command,
                        const JobContext& job,
                        const std::function<void(std::string_view)>& line,
                        const std::function<void()>& tick) {
    const auto start = Clock::now();
    const auto seconds = [&] {
        return std::chrono::duration<double>(Clock::now() - start).count();
    };
    ChildProcess child("/bin/sh", {"-c", command.command}, {}, command.folder);
    child.closeInput();
    Streams streams(child, line);
    ExternalEnd end;
    auto ticked = start;
    while (!child.hasEnded()) {
        streams.read(kTickMilliseconds);
        if (Clock::now() - ticked >= std::chrono::milliseconds(kTickMilliseconds)) {
            ticked = Clock::now();
            tick();
        }
        end.stopped = job.stopRequested();
        end.timedOut = !end.stopped && command.seconds && seconds() > *command.seconds;
        if (end.stopped || end.timedOut)
            child.kill();
    }
    child.kill(); // what it may have left running in its group
    static_cast<void>(child.wait());
    while (streams.read(0))
        continue;
    end.exitCode = child.exitCode();
    end.seconds = seconds();
    end.lastWords = streams.takeWords();
    return end;
}

std::string shellQuoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

} // namespace likeness
