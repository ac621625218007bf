// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/channel.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace likeness {

namespace {

constexpr std::size_t kLongestLine = std::size_t{16} << 20;
constexpr unsigned kSecondsToFinishAlone = 10;
constexpr int kAbandoned = 3;

} // namespace

Channel::Channel()
    : m_output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) {
    if (m_output < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || ::pipe2(m_wake, O_CLOEXEC) != 0)
        throw Error(ErrorCode::io, "starting the worker", "its standard streams cannot be set up",
                    "start it with standard input, output and error open");
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file beyond the quota is an error like a full disk
    // A terminal's Ctrl-C reaches the whole process group; the program that asked decides what it
    // means.
    std::signal(SIGINT, SIG_IGN);
}

Channel::~Channel() {
    const char end = 'e';
    if (m_listener.joinable()) {
        if (::write(m_wake[1], &end, 1) != 1)
            ::close(STDIN_FILENO);
        m_listener.join();
    }
    for (const int fd : {m_output, m_wake[0], m_wake[1]}) {
        if (fd >= 0)
            ::close(fd);
    }
}

std::optional<Json> Channel::readRequest() {
    std::optional<std::string> line = readLine(false);
    if (!line)
        return std::nullopt;
    m_listener = std::thread([this] { listen(); });
    try {
        Json request = Json::parse(*line);
        if (request.is_object())
            return request;
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, "the request", "it is no JSON object on one line");
    }
    throw Error(ErrorCode::format, "the request", "it is no JSON object on one line");
}

std::optional<Json> Channel::nextRequest() {
    std::unique_lock lock(m_queueing);
    if (!m_queued.wait(lock, m_stop.get_token(), [this] { return !m_requests.empty(); }))
        return std::nullopt;
    Json request = std::move(m_requests.front());
    m_requests.pop_front();
    return request;
}

void Channel::send(const Json& event) {
    const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(m_sending);
    std::size_t sent = 0;
    while (sent < line.size()) {
        const ssize_t n = ::write(m_output, line.data() + sent, line.size() - sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            m_stop.request_stop();
            return;
        }
        sent += static_cast<std::size_t>(n);
    }
}

void Channel::sendError(const Error& error, const char* kind) {
    send({{"event", kind},
          {"code", toString(error.code())},
          {"what", error.subject()},
          {"why", error.why()},
          {"remedy", error.remedy()}});
}

std::optional<std::string> Channel::readLine(bool listening) {
    for (;;) {
        const std::size_t end = m_pending.find('\n');
        if (end != std::string::npos) {
            std::string line = m_pending.substr(0, end);
            m_pending.erase(0, end + 1);
            return line;
        }
        if (m_pending.size() > kLongestLine)
            throw Error(ErrorCode::format, "the request", "its line is longer than 16 MB");
        std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {m_wake[0], POLLIN, 0}}};
        if (::poll(waits.data(), listening ? 2 : 1, -1) < 0 && errno != EINTR)
            return std::nullopt;
        if (listening && waits[1].revents != 0)
            return std::string();
        if (waits[0].revents == 0)
            continue;
        std::array<char, 65536> buffer{};
        const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return std::nullopt;
        if (n > 0)
            m_pending.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

void Channel::listen() {
    for (;;) {
        std::optional<std::string> line;
        try {
            line = readLine(true);
        } catch (const Error&) {
            line = std::nullopt;
        }
        if (!line)
            return stopBecauseAbandoned();
        if (line->empty())
            return;
        Json message = Json::parse(*line, nullptr, false);
        const auto verb = message.is_object() ? message.find("verb") : message.end();
        if (verb != message.end() && !obey(*verb)) {
            const std::lock_guard lock(m_queueing);
            m_requests.push_back(std::move(message));
            m_queued.notify_one();
        }
    }
}

bool Channel::obey(const Json& verb) {
    if (verb == "stop")
        m_stop.request_stop();
    else if (verb == "pause")
        m_control.pause();
    else if (verb == "resume")
        m_control.resume();
    else if (verb == "finish")
        m_control.finishNow();
    else
        return false;
    return true;
}

void Channel::stopBecauseAbandoned() {
    m_stop.request_stop();
    // What is finished is kept as after a stop; a run that does not end by itself is ended.
    pollfd wait{m_wake[0], POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(kSecondsToFinishAlone * 1000)) == 0)
        ::_exit(kAbandoned);
}

} // namespace likeness
