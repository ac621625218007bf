// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/workertalk.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <poll.h>
#include <stop_token>
#include <sys/eventfd.h>
#include <unistd.h>

namespace likeness {

namespace {

constexpr std::chrono::milliseconds kTimeToStop{2000};
constexpr std::chrono::milliseconds kTimeToSave{30000};
constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::size_t kKeptErrors = 8192;
constexpr const char* kWorker = "likeness-worker";

ErrorCode codeFrom(const std::string& word) {
    for (const ErrorCode code :
         {ErrorCode::io, ErrorCode::format, ErrorCode::config, ErrorCode::numeric,
          ErrorCode::notFound, ErrorCode::conflict, ErrorCode::unsupported, ErrorCode::database,
          ErrorCode::process, ErrorCode::memory, ErrorCode::cancelled}) {
        if (word == toString(code))
            return code;
    }
    return ErrorCode::process;
}

/// Text member or nothing; what another process sends is not trusted to have the right types.
std::string textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> numberOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                       : std::nullopt;
}

/// "step 1200, 14.1 steps/s, loss 0.412", and behind it what is wrong if something is
std::string detailOf(const Json& event) {
    const auto step = numberOf(event, "step");
    if (!step)
        return {};
    std::array<char, 96> text{};
    const double rate = numberOf(event, "steps_per_second").value_or(0.0);
    const Json losses = event.value("losses", Json::object());
    const auto loss = losses.is_object() ? numberOf(losses, "all") : std::nullopt;
    if (loss)
        std::snprintf(text.data(), text.size(), "step %.0f, %.1f steps/s, loss %.3f", *step, rate,
                      *loss);
    else
        std::snprintf(text.data(), text.size(), "step %.0f, %.1f steps/s", *step, rate);
    const std::string warning = textOf(event, "warning");
    return warning.empty() ? std::string(text.data()) : text.data() + (". " + warning);
}

/// Rings a bell whenever the control has a wish, and once for those that came before.
class Wishes {
public:
    Wishes(TrainingControl* control, int bell)
        : m_control(control) {
        if (control == nullptr)
            return;
        control->onChange([bell] { ::eventfd_write(bell, 1); });
        ::eventfd_write(bell, 1);
    }

    ~Wishes() {
        if (m_control != nullptr)
            m_control->onChange({});
    }

    Wishes(const Wishes&) = delete;
    Wishes& operator=(const Wishes&) = delete;

private:
    TrainingControl* m_control;
};

} // namespace

WorkerTalk::WorkerTalk(ChildProcess& child, JobContext& job, const TrainingMonitor& monitor)
    : m_child(child)
    , m_job(job)
    , m_monitor(monitor)
    , m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (m_wake < 0)
        throw Error(ErrorCode::process, kWorker, "the system has no free file handles",
                    "close other programs");
}

WorkerTalk::~WorkerTalk() {
    ::close(m_wake);
}

void WorkerTalk::send(const Json& request) {
    // The request may fail to arrive only if the worker died at once, which its end then tells.
    (void)m_child.send(request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    const std::stop_callback wake(m_job.stopToken(), [this] { ::eventfd_write(m_wake, 1); });
    const Wishes wishes(m_monitor.control, m_wake);
    exchange();
}

Json WorkerTalk::carryOut(const Json& request) {
    send(request);
    return outcome(m_child.wait());
}

Json WorkerTalk::ask(const Json& request) {
    send(request);
    return outcome(m_answered ? std::string() : m_child.wait());
}

Json WorkerTalk::outcome(const std::string& end) const {
    if (m_result)
        return *m_result;
    if (m_error && codeFrom(textOf(*m_error, "code")) != ErrorCode::cancelled)
        throw Error(codeFrom(textOf(*m_error, "code")), textOf(*m_error, "what"),
                    textOf(*m_error, "why"), textOf(*m_error, "remedy"));
    if (m_error || m_killed || m_job.stopRequested())
        throw Cancelled();
    const std::string words = lastWords();
    throw Error(ErrorCode::process, kWorker,
                "it ended without an answer, " + (end.empty() ? "exit status 0" : end) +
                    (words.empty() ? "" : ", last words: " + words),
                "if memory was short, close other programs or use a smaller size");
}

void WorkerTalk::exchange() {
    std::array<char, 65536> buffer{};
    bool outputOpen = true;
    bool errorsOpen = true;
    while (outputOpen && !m_answered) {
        std::array<pollfd, 3> waits{{{m_child.output(), POLLIN, 0},
                                     {errorsOpen ? m_child.errors() : -1, POLLIN, 0},
                                     {m_wake, POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), millisecondsToWait()) < 0 && errno != EINTR)
            throw Error(ErrorCode::process, kWorker, "waiting for it failed");
        if (waits[2].revents != 0)
            passOnStop();
        if (killIfOverdue())
            return;
        if (waits[1].revents != 0) {
            const ssize_t n = ::read(m_child.errors(), buffer.data(), buffer.size());
            errorsOpen = n > 0 || (n < 0 && errno == EINTR);
            if (n > 0)
                takeErrors({buffer.data(), static_cast<std::size_t>(n)});
        }
        if (waits[0].revents != 0) {
            const ssize_t n = ::read(m_child.output(), buffer.data(), buffer.size());
            outputOpen = n > 0 || (n < 0 && errno == EINTR);
            if (n > 0)
                takeOutput({buffer.data(), static_cast<std::size_t>(n)});
        }
    }
}

void WorkerTalk::passOnStop() {
    eventfd_t count = 0;
    (void)::eventfd_read(m_wake, &count);
    passOnWishes();
    if (m_deadline || !m_job.stopRequested())
        return;
    (void)m_child.send("{\"verb\":\"stop\"}\n");
    m_deadline = Clock::now() + kTimeToStop;
}

void WorkerTalk::passOnWishes() {
    if (m_monitor.control == nullptr)
        return;
    const bool finish = m_monitor.control->finishing();
    const bool paused = m_monitor.control->paused();
    if (paused != m_toldPaused)
        (void)m_child.send(paused ? "{\"verb\":\"pause\"}\n" : "{\"verb\":\"resume\"}\n");
    if (finish && !m_toldFinish)
        (void)m_child.send("{\"verb\":\"finish\"}\n");
    m_toldPaused = paused;
    m_toldFinish = finish;
}

int WorkerTalk::millisecondsToWait() const {
    if (!m_deadline)
        return -1;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(*m_deadline - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count())) + 1;
}

bool WorkerTalk::killIfOverdue() {
    if (!m_deadline || Clock::now() < *m_deadline)
        return false;
    m_child.kill();
    m_killed = true;
    return true;
}

void WorkerTalk::takeOutput(std::string_view text) {
    m_line.append(text);
    if (m_line.size() > kLongestLine)
        throw Error(ErrorCode::process, kWorker, "it sent a line of more than 64 MB",
                    "install programs of one version");
    std::size_t begin = 0;
    for (std::size_t end = m_line.find('\n'); end != std::string::npos;
         end = m_line.find('\n', begin)) {
        takeLine(m_line.substr(begin, end - begin));
        begin = end + 1;
    }
    m_line.erase(0, begin);
}

void WorkerTalk::takeLine(const std::string& line) {
    const Json event = Json::parse(line, nullptr, false);
    const std::string kind = event.is_object() ? textOf(event, "event") : std::string();
    if (kind == "result" || kind == "answer") {
        m_result = event;
        m_answered = kind == "answer";
    } else if (kind == "error" || kind == "refusal") {
        m_error = event;
        m_answered = kind == "refusal";
    } else if (kind == "progress" || kind == "saving") {
        if (kind == "saving" && m_deadline)
            m_deadline = Clock::now() + kTimeToSave;
        m_job.report(numberOf(event, "fraction").value_or(0.0), textOf(event, "stage"),
                     detailOf(event), numberOf(event, "seconds_left"));
        if (m_monitor.watch)
            m_monitor.watch(trainingWatchFrom(event));
    }
}

void WorkerTalk::takeErrors(std::string_view text) {
    m_errors.append(text);
    if (m_errors.size() > kKeptErrors)
        m_errors.erase(0, m_errors.size() - kKeptErrors);
}

std::string WorkerTalk::lastWords() const {
    std::size_t end = m_errors.find_last_not_of(" \n\r\t");
    if (end == std::string::npos)
        return {};
    const std::size_t begin = m_errors.rfind('\n', end);
    return m_errors.substr(begin == std::string::npos ? 0 : begin + 1,
                           end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

} // namespace likeness
