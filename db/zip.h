// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// Limits of our archives; the classic format without its 64-bit extension.
inline constexpr std::size_t kZipMaximumEntries = 65'000;
inline constexpr std::uint64_t kZipMaximumBytes = 0xF000'0000ULL;

/// A name that may stand in an archive: relative, '/' between parts of [A-Za-z0-9._-], no part
/// empty,
/// "." or "..", at most 200 characters.
[[nodiscard]] bool isZipName(std::string_view name) noexcept;

/// What an archive is written from: names with the functions that give their bytes, so that not all
/// must be in memory at once.
using ZipContent = std::map<std::string, std::function<std::vector<std::byte>()>>;

/// Writes a zip archive with stored entries only, in the order of their names, with one fixed time:
/// equal content gives equal bytes. Durable. Throws Error(config) for a bad name or too much data,
/// Error(io).
void writeZip(const std::filesystem::path& path, const ZipContent& content);

/// Reads what writeZip writes and nothing else: every byte of the archive's headers must be the one
/// that writeZip would have written for the same names and sizes, and every content must have its
/// CRC. So there are no compressed or overlapping entries, no second names, links, comments or
/// gaps. Nothing is ever unpacked to disk.
class ZipReader {
public:
    struct Entry {
        std::string name;
        std::uint64_t offset = 0; ///< of the content
        std::uint32_t size = 0;
        std::uint32_t crc = 0;
    };

    /// Throws Error: notFound, io, format (what is wrong, in one sentence), memory (over the
    /// limits).
    explicit ZipReader(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return m_entries; }

    [[nodiscard]] const Entry* find(std::string_view name) const noexcept;

    /// Content, its CRC checked. Throws Error(format) when the entry is missing, damaged, or larger
    /// than `limit`.
    [[nodiscard]] std::vector<std::byte> read(std::string_view name,
                                              std::uint64_t limit = kZipMaximumBytes) const;
    [[nodiscard]] std::string readText(std::string_view name, std::uint64_t limit) const;

private:
    [[nodiscard]] std::vector<std::byte> bytesAt(std::uint64_t offset, std::size_t size) const;
    void readDirectory();
    void checkHeaders();
    [[noreturn]] void refuse(std::string_view why) const;

    std::filesystem::path m_path;
    mutable std::ifstream m_file;
    std::uint64_t m_fileSize = 0;
    std::vector<Entry> m_entries; ///< by name
};

} // namespace likeness
