// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace likeness {

/// A child process in a process group of its own, with its three standard streams held by this
/// object. When the object dies the whole group is killed and the child reaped.
class ChildProcess {
public:
    /// `environment` is added to the caller's. Throws Error(process) if the program cannot be
    /// started.
    /// It works in `folder`, or where the caller does if that is empty.
    ChildProcess(const std::filesystem::path& program,
                 const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment,
                 const std::filesystem::path& folder = {});
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Writes to the child's standard input. False if it has closed it; never raises SIGPIPE.
    bool send(std::string_view text) noexcept;

    [[nodiscard]] int output() const noexcept { return m_output; }

    [[nodiscard]] int errors() const noexcept { return m_errors; }

    [[nodiscard]] pid_t id() const noexcept { return m_id; }

    /// The child's standard input ends.
    void closeInput() noexcept;

    /// Kills the whole group, until wait() has returned.
    void kill() noexcept;

    /// Does not wait.
    [[nodiscard]] bool hasEnded() const noexcept;

    /// Waits for its end and says how it ended: "exit status 1", "killed by signal 9 (Killed)";
    /// empty for status 0.
    [[nodiscard]] std::string wait();

    /// After wait(): its status, or 128 + n after signal n.
    [[nodiscard]] int exitCode() const noexcept;

private:
    struct Command;

    void start(const Command& command);
    void closeAll() noexcept;

    pid_t m_id = -1;
    int m_input = -1;
    int m_output = -1;
    int m_errors = -1;
    int m_status = 0; ///< as waitpid() gives it
    bool m_reaped = false;
};

} // namespace likeness
