// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// Writes a whole file so that its final name never shows half of it: temporary name in the same
/// folder, write, fsync, rename, fsync of the folder. An existing file is replaced only by a
/// complete one. Throws Error(io) with the system's reason (disk full, read-only ...); the
/// temporary file is removed.
void writeFileDurably(const std::filesystem::path& path, std::span<const std::byte> bytes);
void writeFileDurably(const std::filesystem::path& path, std::string_view text);

/// The same for content made by another library: `write` fills the temporary path it is given.
void writeFileDurably(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write);

/// One file of several that are written together.
struct FileToWrite {
    std::filesystem::path path;
    std::function<void(const std::filesystem::path&)> write; ///< fills the temporary path
};

/// Several files in one pass: all are written and forced to disk under temporary names before the
/// first gets its own, in the order given; folders are forced to disk once. Throws Error(io);
/// whatever still has a temporary name is removed.
void writeFilesDurably(std::span<const FileToWrite> files);

/// The same without the waits for the disk: whole under its final name for every program, but after
/// a power failure only if syncFiles() had returned.
void writeFileUnsynced(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Forces files and the folders that hold them to disk, many at about the price of one. Throws
/// Error(io).
void syncFiles(std::span<const std::filesystem::path> paths);

/// Whole file. Throws Error(io), and Error(memory) if it is larger than `limit` bytes.
[[nodiscard]] std::vector<std::byte> readFile(const std::filesystem::path& path,
                                              std::uintmax_t limit = std::uintmax_t{1} << 32U);
[[nodiscard]] std::string readTextFile(const std::filesystem::path& path,
                                       std::uintmax_t limit = std::uintmax_t{1} << 28U);

/// A fresh folder with mode 0700 that is removed with its content when the object dies.
class TemporaryFolder {
public:
    explicit TemporaryFolder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path());
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

/// Order in which people count: "slice2" before "slice10"; ties by bytes.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b) noexcept;

} // namespace likeness
