// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/bytesource.h"

#include "core/base/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace likeness {

namespace {

class FileSource final : public ByteSource {
public:
    explicit FileSource(const std::filesystem::path& path)
        : m_name(path.string())
        // Without O_NONBLOCK a pipe would block here, before it can be refused.
        , m_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (m_fd < 0)
            fail(errno);

        struct stat status {};

        const bool known = ::fstat(m_fd, &status) == 0;
        if (known && S_ISREG(status.st_mode)) {
            m_size = static_cast<std::uint64_t>(status.st_size);
            return;
        }
        ::close(m_fd);
        throw Error(ErrorCode::io, m_name, "this is not a regular file", "name an image file");
    }

    ~FileSource() override { ::close(m_fd); }

    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    [[nodiscard]] std::uint64_t size() const noexcept override { return m_size; }

    [[nodiscard]] const std::string& name() const noexcept override { return m_name; }

    [[nodiscard]] std::size_t read(std::uint64_t offset,
                                   std::span<std::byte> out) const noexcept override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t n = ::pread(m_fd, out.data() + done, out.size() - done,
                                      static_cast<off_t>(offset + done));
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }

private:
    [[noreturn]] void fail(int error) const {
        if (error == ENOENT || error == ENOTDIR)
            throw Error(ErrorCode::notFound, m_name, "there is no such file", "check the name");
        throw Error(ErrorCode::io, m_name,
                    std::string("the file cannot be opened, ") + std::strerror(error),
                    "check the permissions");
    }

    std::string m_name;
    int m_fd;
    std::uint64_t m_size = 0;
};

class MemorySource final : public ByteSource {
public:
    MemorySource(std::span<const std::byte> bytes, std::string name)
        : m_bytes(bytes)
        , m_name(std::move(name)) {}

    [[nodiscard]] std::uint64_t size() const noexcept override { return m_bytes.size(); }

    [[nodiscard]] const std::string& name() const noexcept override { return m_name; }

    [[nodiscard]] std::size_t read(std::uint64_t offset,
                                   std::span<std::byte> out) const noexcept override {
        if (offset >= m_bytes.size())
            return 0;
        const std::size_t count = std::min<std::uint64_t>(out.size(), m_bytes.size() - offset);
        if (count > 0)
            std::memcpy(out.data(), m_bytes.data() + offset, count);
        return count;
    }

private:
    std::span<const std::byte> m_bytes;
    std::string m_name;
};

} // namespace

void ByteSource::readExactly(std::uint64_t offset, std::span<std::byte> out) const {
    if (read(offset, out) != out.size())
        throw Error(ErrorCode::format, name(),
                    "the file is truncated: it ends after " + std::to_string(size()) +
                        " bytes, in the middle of its content",
                    "copy it again from its origin");
}

ByteSourcePtr openFile(const std::filesystem::path& path) {
    return std::make_shared<FileSource>(path);
}

ByteSourcePtr memorySource(std::span<const std::byte> bytes, std::string name) {
    return std::make_shared<MemorySource>(bytes, std::move(name));
}

} // namespace likeness
