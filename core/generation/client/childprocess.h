// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace likeness {

/// A child process in a process group of its own, with its three standard streams held by this
/// object. When the object dies the whole group is killed and the child reaped.
class ChildProcess {
public:
    /// `environment` is added to the caller's. Throws Error(process) if the program cannot be
    /// started.
    ChildProcess(const std::filesystem::path& program,
                 const std::map<std::string, std::string>& environment);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Writes to the child's standard input. False if it has closed it; never raises SIGPIPE.
    bool send(std::string_view text) noexcept;

    [[nodiscard]] int output() const noexcept { return m_output; }

    [[nodiscard]] int errors() const noexcept { return m_errors; }

    [[nodiscard]] pid_t id() const noexcept { return m_id; }

    void kill() noexcept;

    /// Waits for its end and says how it ended: "exit status 1", "killed by signal 9 (Killed)";
    /// empty for status 0.
    [[nodiscard]] std::string wait();

private:
    void start(const std::filesystem::path& program,
               const std::map<std::string, std::string>& environment);
    void closeAll() noexcept;

    pid_t m_id = -1;
    int m_input = -1;
    int m_output = -1;
    int m_errors = -1;
    bool m_reaped = false;
};

} // namespace likeness
