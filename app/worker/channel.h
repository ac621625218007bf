// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/generation/processplace.h"

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace likeness {

/// The worker's side of the conversation: one JSON object a line, the request in, events out. While
/// a request runs a thread listens for {"verb": "stop"} and for the end of the input, which means
/// that the program that asked has died.
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

    [[nodiscard]] std::stop_token stopToken() const noexcept { return m_stop.get_token(); }

    /// Among the processes that carry out the request together.
    [[nodiscard]] virtual std::optional<ProcessPlace> place() const { return std::nullopt; }

    /// Safe on any thread.
    virtual void send(const Json& event);
    void sendError(const Error& error);

protected:
    struct Direct {};

    /// Without a conversation: the standard streams stay as they are.
    explicit Channel(Direct /*unused*/) {}

    std::stop_source m_stop;

private:
    void listen();
    [[nodiscard]] std::optional<std::string> readLine(bool listening);
    void stopBecauseAbandoned();

    std::mutex m_sending;
    std::string m_pending;
    int m_output = -1;
    int m_wake[2] = {-1, -1};
    std::thread m_listener;
};

} // namespace likeness
