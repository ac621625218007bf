// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "db/database.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// Content-addressed files of a project: `assets/ab/<sha256>.<ext>`. A file is in place and whole
/// before its name is used, and on disk before a row that names it is committed; what a rolled-back
/// or killed transaction brought is removed again, at once or at the next start. Equal bytes are
/// kept once.
class AssetStore {
public:
    /// `folder` is the project's. Sweeps what an interrupted transaction left.
    AssetStore(const std::filesystem::path& folder, Database& database);
    AssetStore(const AssetStore&) = delete;
    AssetStore& operator=(const AssetStore&) = delete;

    struct Stored {
        std::string sha256;
        std::string extension;
    };

    /// Encodes pixels: PNG for 8/16-bit images, TIFF for such volumes, NPY for floats; lossless.
    [[nodiscard]] Stored putPixels(const Volume& volume);
    [[nodiscard]] Stored putBytes(std::span<const std::byte> bytes, const std::string& extension);

    [[nodiscard]] std::filesystem::path path(const std::string& sha256,
                                             const std::string& extension) const;

    /// Throws Error(database) when the asset is missing or altered.
    [[nodiscard]] std::vector<std::byte> bytes(const std::string& sha256,
                                               const std::string& extension) const;
    [[nodiscard]] Volume pixels(const std::string& sha256, const std::string& extension) const;

    /// Empty if the asset is there and has its hash; else what is wrong.
    [[nodiscard]] std::string fault(const std::string& sha256, const std::string& extension) const;

    /// Asset files that no row names, relative to the project.
    [[nodiscard]] std::vector<std::string> orphans() const;

    /// Lets go of files: when the open transaction ends, those that no row names any more are
    /// removed. Returns the bytes that this will free.
    std::uintmax_t release(const std::vector<std::string>& names);

private:
    void noteNew(const std::string& name);
    void settle();
    void sync();
    [[nodiscard]] std::filesystem::path place(const Stored& stored);
    void sweep();

    std::filesystem::path m_assets;
    std::filesystem::path m_staging;
    std::filesystem::path m_list; ///< names that came in since the last commit
    Database& m_database;
    std::vector<std::string> m_new;
};

/// What AssetStore::bytes() and pixels() read, given the project's folder alone: touches no
/// database, so that any thread may look while another one works on the project. The same checks
/// and errors.
[[nodiscard]] std::vector<std::byte> readAssetBytes(const std::filesystem::path& project,
                                                    const std::string& sha256,
                                                    const std::string& extension);
[[nodiscard]] Volume readAssetPixels(const std::filesystem::path& project,
                                     const std::string& sha256,
                                     const std::string& extension);

/// SHA-256 over "TYPE WxHxDxC\n" and the pixels: equal pixels, whatever the file.
[[nodiscard]] std::string pixelsSha256(const ImageSpan& span);

} // namespace likeness
