// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/witness.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "db/folders.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

std::optional<Witness::Head> parseHead(std::string_view line) {
    Witness::Head head;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), head.seq);
    const auto space = static_cast<std::size_t>(end - line.data());
    if (error != std::errc{} || head.seq < 0 || line.size() != space + 65 || line[space] != ' ')
        return std::nullopt;
    head.hash = line.substr(space + 1);
    if (head.hash.find_first_not_of("0123456789abcdef") != std::string::npos)
        return std::nullopt;
    return head;
}

[[noreturn]] void throwIo(const fs::path& file, std::string_view doing) {
    const int error = errno;
    throw Error(ErrorCode::io, file.string(),
                std::string(doing) + " the witness file failed, " + std::strerror(error),
                error == ENOSPC ? "free some space and try again"
                                : "check the folder and its permissions");
}

} // namespace

Witness::Witness(const fs::path& file)
    : m_file(file) {
    std::error_code ignored;
    const bool isNew = !fs::exists(file, ignored);
    const std::string text = isNew ? std::string() : readTextFile(file);
    const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    std::size_t begin = 0;
    while (begin < whole) {
        const std::size_t end = text.find('\n', begin);
        const auto head = parseHead(std::string_view(text).substr(begin, end - begin));
        if (!head || (m_last && head->seq <= m_last->seq))
            throw Error(ErrorCode::database, file.string(), "the witness file is damaged",
                        "restore a backup of the store and its witness together");
        m_last = head;
        begin = end + 1;
    }
    m_descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (m_descriptor < 0)
        throwIo(file, "opening");
    m_size = static_cast<std::int64_t>(whole);
    if (isNew)
        syncFolder(file.parent_path());
}

Witness::~Witness() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

void Witness::append(const Head& head) {
    const std::string line = std::to_string(head.seq) + " " + head.hash + "\n";
    // Written at a known place, so that what an earlier failure left unfinished is overwritten.
    const ssize_t written = ::pwrite(m_descriptor, line.data(), line.size(), m_size);
    if (written != static_cast<ssize_t>(line.size())) {
        if (written >= 0)
            errno = ENOSPC;
        throwIo(m_file, "writing");
    }
    if (::ftruncate(m_descriptor, m_size + static_cast<std::int64_t>(line.size())) != 0 ||
        ::fdatasync(m_descriptor) != 0) {
        const int error = errno;
        // After a failed sync a later one may succeed without having written: no second try.
        ::close(m_descriptor);
        m_descriptor = -1;
        errno = error;
        throwIo(m_file, "syncing");
    }
    m_size += static_cast<std::int64_t>(line.size());
    m_last = head;
}

} // namespace likeness
