// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include "core/base/error.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <system_error>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void throwErrno(const fs::path& path, std::string_view doing, int error) {
    const std::string why = std::string(doing) + " failed, " + std::strerror(error);
    throw Error(ErrorCode::io, path.string(), why,
                error == ENOSPC ? "free some space and try again"
                                : "check the folder and its permissions");
}

class FileDescriptor {
public:
    FileDescriptor(const fs::path& path, int flags)
        : m_fd(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}

    ~FileDescriptor() {
        if (m_fd >= 0)
            ::close(m_fd);
    }

    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    [[nodiscard]] int get() const noexcept { return m_fd; }

private:
    int m_fd;
};

void syncPath(const fs::path& path, int flags) {
    const FileDescriptor file(path, flags);
    if (file.get() < 0)
        throwErrno(path, "opening", errno);
    if (::fsync(file.get()) != 0)
        throwErrno(path, "writing to disk", errno);
}

void writeAll(const fs::path& path, std::span<const std::byte> bytes) {
    const FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (file.get() < 0)
        throwErrno(path, "creating", errno);
    while (!bytes.empty()) {
        const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throwErrno(path, "writing", errno);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
}

fs::path folderOf(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// The extension stays last, because image libraries choose the format by it.
fs::path temporaryFor(const fs::path& path) {
    return folderOf(path) / (".part-" + std::to_string(::getpid()) + "-" + path.stem().string() +
                             path.extension().string());
}

/// `write` fills a temporary file, which then takes the name `path`.
void putInPlace(const fs::path& path, const std::function<void(const fs::path&)>& write) {
    const fs::path temporary = temporaryFor(path);
    try {
        write(temporary);
        if (::rename(temporary.c_str(), path.c_str()) != 0)
            throwErrno(path, "renaming", errno);
    } catch (...) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        throw;
    }
}

} // namespace

void writeFileDurably(const fs::path& path, const std::function<void(const fs::path&)>& write) {
    putInPlace(path, [&](const fs::path& temporary) {
        write(temporary);
        syncPath(temporary, O_RDONLY);
    });
    syncPath(folderOf(path), O_RDONLY | O_DIRECTORY);
}

void writeFilesDurably(std::span<const FileToWrite> files) {
    std::vector<fs::path> temporaries;
    try {
        for (const FileToWrite& file : files) {
            temporaries.push_back(temporaryFor(file.path));
            file.write(temporaries.back());
        }
        for (const fs::path& temporary : temporaries)
            syncPath(temporary, O_RDONLY);
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (::rename(temporaries[i].c_str(), files[i].path.c_str()) != 0)
                throwErrno(files[i].path, "renaming", errno);
        }
    } catch (...) {
        std::error_code ignored;
        for (const fs::path& temporary : temporaries)
            fs::remove(temporary, ignored);
        throw;
    }
    std::set<fs::path> folders;
    for (const FileToWrite& file : files)
        folders.insert(folderOf(file.path));
    for (const fs::path& folder : folders)
        syncPath(folder, O_RDONLY | O_DIRECTORY);
}

void writeFileUnsynced(const fs::path& path, std::span<const std::byte> bytes) {
    putInPlace(path, [bytes](const fs::path& temporary) { writeAll(temporary, bytes); });
}

void syncFiles(std::span<const fs::path> paths) {
    constexpr std::size_t kFew =
        8; // each alone is cheaper than all that the file system holds back
    if (paths.size() > kFew) {
        const FileDescriptor file(paths.front(), O_RDONLY);
        if (file.get() < 0)
            throwErrno(paths.front(), "opening", errno);
        if (::syncfs(file.get()) != 0)
            throwErrno(paths.front(), "writing to disk", errno);
        return;
    }
    for (const fs::path& path : paths) {
        syncPath(path, O_RDONLY);
        syncPath(folderOf(path), O_RDONLY | O_DIRECTORY);
    }
}

void writeFileDurably(const fs::path& path, std::span<const std::byte> bytes) {
    writeFileDurably(path, [bytes](const fs::path& temporary) { writeAll(temporary, bytes); });
}

void writeFileDurably(const fs::path& path, std::string_view text) {
    writeFileDurably(path, std::as_bytes(std::span(text.data(), text.size())));
}

std::vector<std::byte> readFile(const fs::path& path, std::uintmax_t limit) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw Error(ErrorCode::notFound, path.string(), "there is no such file", "check the name");
    if (!fs::is_regular_file(path, error))
        throw Error(ErrorCode::io, path.string(), "this is not a regular file", "name a file");
    const std::uintmax_t size = fs::file_size(path, error);
    if (error)
        throw Error(ErrorCode::io, path.string(), error.message());
    if (size > limit)
        throw Error(ErrorCode::memory, path.string(),
                    "the file has " + std::to_string(size) + " bytes, more than the limit of " +
                        std::to_string(limit));
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw Error(ErrorCode::io, path.string(), "the file cannot be opened for reading",
                    "check the permissions");
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uintmax_t>(in.gcount()) != size)
        throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    return bytes;
}

std::string readTextFile(const fs::path& path, std::uintmax_t limit) {
    const auto bytes = readFile(path, limit);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
    std::string name = (parent / "likeness-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throwErrno(parent, "making a temporary folder", errno);
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

bool naturalLess(std::string_view a, std::string_view b) noexcept {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            const auto runEnd = [&](std::string_view s, std::size_t from) {
                while (from < s.size() && isDigit(s[from]))
                    ++from;
                return from;
            };
            const std::size_t endA = runEnd(a, i);
            const std::size_t endB = runEnd(b, j);
            std::string_view numberA = a.substr(i, endA - i);
            std::string_view numberB = b.substr(j, endB - j);
            while (numberA.size() > 1 && numberA.front() == '0')
                numberA.remove_prefix(1);
            while (numberB.size() > 1 && numberB.front() == '0')
                numberB.remove_prefix(1);
            if (numberA.size() != numberB.size())
                return numberA.size() < numberB.size();
            if (numberA != numberB)
                return numberA < numberB;
            i = endA;
            j = endB;
            continue;
        }
        if (a[i] != b[j])
            return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
        ++i;
        ++j;
    }
    if ((a.size() - i) != (b.size() - j))
        return (a.size() - i) < (b.size() - j);
    return a < b;
}

} // namespace likeness
