// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/generation/client/training.h"
#include "core/generation/processplace.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace likeness {

/// The worker's side of the conversation: one JSON object a line, the request in, events out. While
/// a request runs a thread listens for {"verb": "stop"}, the wishes "pause", "resume" and "finish",
/// and the end of the input, which means that the program that asked has died.
class Channel {
public:
    /// Takes over standard output: what libraries print there goes to standard error from now on.
    Channel();
    virtual ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// The first line, and the start of listening. Empty at the end of the input. Throws
    /// Error(format).
    [[nodiscard]] std::optional<Json> readRequest();

    /// The next request of a session, after the first. Waits for it; empty once a stop was asked
    /// for or the input has ended.
    [[nodiscard]] std::optional<Json> nextRequest();

    [[nodiscard]] std::stop_token stopToken() const noexcept { return m_stop.get_token(); }

    /// Where the wishes arrive.
    [[nodiscard]] TrainingControl& control() noexcept { return m_control; }

    /// Among the processes that carry out the request together.
    [[nodiscard]] virtual std::optional<ProcessPlace> place() const { return std::nullopt; }

    /// Safe on any thread.
    virtual void send(const Json& event);

    /// `kind`: "error" ends the conversation, "refusal" does not.
    void sendError(const Error& error, const char* kind = "error");

protected:
    struct Direct {};

    /// Without a conversation: the standard streams stay as they are.
    explicit Channel(Direct /*unused*/) {}

    std::stop_source m_stop;

private:
    void listen();
    /// False for what is neither a stop nor a wish.
    bool obey(const Json& verb);
    [[nodiscard]] std::optional<std::string> readLine(bool listening);
    void stopBecauseAbandoned();

    TrainingControl m_control;
    std::mutex m_sending;
    std::mutex m_queueing;
    std::condition_variable_any m_queued;
    std::deque<Json> m_requests; ///< of a session
    std::string m_pending;
    int m_output = -1;
    int m_wake[2] = {-1, -1};
    std::thread m_listener;
};

} // namespace likeness
