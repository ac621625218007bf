// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/childprocess.h"

#include "core/base/error.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

extern char** environ;

namespace likeness {

namespace {

[[noreturn]] void fail(const std::filesystem::path& program, int error) {
    throw Error(ErrorCode::process, program.string(),
                std::string("it cannot be started, ") + std::strerror(error),
                "check the installation");
}

/// A connected pair: [0] stays here, [1] goes to the child. A socket, because it can be written to
/// without SIGPIPE.
struct Pair {
    int fd[2] = {-1, -1};

    explicit Pair(const std::filesystem::path& program) {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
            fail(program, errno);
    }

    ~Pair() {
        for (const int one : fd) {
            if (one >= 0)
                ::close(one);
        }
    }

    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    [[nodiscard]] int keep() noexcept { return std::exchange(fd[0], -1); }
};

/// The caller's environment with some variables set anew, as posix_spawn wants it.
class Environment {
public:
    explicit Environment(const std::map<std::string, std::string>& changes) {
        for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
            const std::string text = *entry;
            if (!changes.contains(text.substr(0, text.find('='))))
                m_entries.push_back(text);
        }
        for (const auto& [name, value] : changes)
            m_entries.push_back(name + "=" + value);
        for (std::string& entry : m_entries)
            m_pointers.push_back(entry.data());
        m_pointers.push_back(nullptr);
    }

    [[nodiscard]] char** get() noexcept { return m_pointers.data(); }

private:
    std::vector<std::string> m_entries;
    std::vector<char*> m_pointers;
};

struct SpawnSettings {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    }

    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }

    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
};

} // namespace

struct ChildProcess::Command {
    const std::filesystem::path& program;
    const std::vector<std::string>& arguments;
    const std::map<std::string, std::string>& environment;
    const std::filesystem::path& folder;
};

ChildProcess::ChildProcess(const std::filesystem::path& program,
                           const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment,
                           const std::filesystem::path& folder) {
    try {
        start({program, arguments, environment, folder});
    } catch (...) {
        closeAll();
        throw;
    }
}

void ChildProcess::start(const Command& command) {
    Pair input(command.program);
    Pair output(command.program);
    Pair errors(command.program);
    SpawnSettings settings;
    ::posix_spawn_file_actions_adddup2(&settings.actions, input.fd[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, output.fd[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, errors.fd[1], STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, STDERR_FILENO + 1);
    if (!command.folder.empty())
        ::posix_spawn_file_actions_addchdir_np(&settings.actions, command.folder.c_str());
    Environment variables(command.environment);
    std::vector<std::string> words{command.program.string()};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int error = ::posix_spawn(&m_id, command.program.c_str(), &settings.actions,
                                    &settings.attributes, pointers.data(), variables.get());
    if (error != 0) {
        m_id = -1;
        fail(command.program, error);
    }
    m_input = input.keep();
    m_output = output.keep();
    m_errors = errors.keep();
}

ChildProcess::~ChildProcess() {
    if (m_id > 0 && !m_reaped) {
        kill();
        (void)wait();
    }
    closeAll();
}

void ChildProcess::closeAll() noexcept {
    for (int* fd : {&m_input, &m_output, &m_errors}) {
        if (*fd >= 0)
            ::close(*fd);
        *fd = -1;
    }
}

bool ChildProcess::send(std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t n = ::send(m_input, text.data(), text.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void ChildProcess::closeInput() noexcept {
    if (m_input >= 0)
        ::close(m_input);
    m_input = -1;
}

void ChildProcess::kill() noexcept {
    if (m_id > 0 && !m_reaped)
        ::kill(-m_id, SIGKILL);
}

bool ChildProcess::hasEnded() const noexcept {
    if (m_reaped)
        return true;
    // It stays a zombie, so that its group's number is nobody else's when kill() follows.
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(m_id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == m_id;
}

std::string ChildProcess::wait() {
    pid_t ended = m_reaped ? m_id : -1;
    while (!m_reaped) {
        ended = ::waitpid(m_id, &m_status, 0);
        m_reaped = ended >= 0 || errno != EINTR;
    }
    if (ended < 0)
        return "its end could not be observed";
    if (WIFSIGNALED(m_status))
        return "killed by signal " + std::to_string(WTERMSIG(m_status)) + " (" +
               ::strsignal(WTERMSIG(m_status)) + ")";
    if (WEXITSTATUS(m_status) != 0)
        return "exit status " + std::to_string(WEXITSTATUS(m_status));
    return {};
}

int ChildProcess::exitCode() const noexcept {
    return WIFSIGNALED(m_status) ? 128 + WTERMSIG(m_status) : WEXITSTATUS(m_status);
}

} // namespace likeness
