// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// Random access to the bytes of one file, wherever they are. Readers of formats see nothing else
/// of the outside, so that they can run in a process that may open no files.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;

    /// Copies bytes from `offset` on; returns how many, fewer than asked only at the end or after a
    /// read error.
    [[nodiscard]] virtual std::size_t read(std::uint64_t offset,
                                           std::span<std::byte> out) const noexcept = 0;

    /// What errors call it.
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;

    /// As read(), but fewer bytes are an Error(format) that calls the file truncated.
    void readExactly(std::uint64_t offset, std::span<std::byte> out) const;
};

using ByteSourcePtr = std::shared_ptr<const ByteSource>;

/// A regular file. Throws Error: notFound, io.
[[nodiscard]] ByteSourcePtr openFile(const std::filesystem::path& path);

/// Bytes in memory, which must outlive the source.
[[nodiscard]] ByteSourcePtr memorySource(std::span<const std::byte> bytes, std::string name);

} // namespace likeness
