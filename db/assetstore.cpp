// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/assetstore.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/imaging/formats/png.h"
#include "core/imaging/io.h"
#include "db/folders.h"
#include "db/signing.h"
#include "db/statement.h"

#include <algorithm>
#include <fstream>
#include <set>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kUsed =
    "SELECT sha256 || '.' || extension FROM sample "
    "UNION SELECT mask_sha256 || '.png' FROM sample WHERE mask_sha256 IS NOT NULL "
    "UNION SELECT sha256 || '.raw' FROM study_stimulus";

std::string extensionFor(const Volume& volume) {
    if (volume.type() == PixelType::f32 || (volume.channels() != 1 && volume.channels() != 3))
        return "npy";
    return volume.depth() == 1 ? "png" : "tif";
}

fs::path relativePath(const std::string& name) {
    return fs::path(name.substr(0, 2)) / name;
}

} // namespace

AssetStore::AssetStore(const fs::path& folder, Database& database)
    : m_assets(folder / "assets")
    , m_staging(folder / "staging")
    , m_list(m_staging / "new-assets")
    , m_database(database) {
    makeFolder(m_assets);
    makeFolder(m_staging);
    sweep();
    database.addHooks({[this] { settle(); }, [this] { settle(); }, [this] { sync(); }});
}

void AssetStore::sweep() {
    std::error_code ignored;
    if (fs::exists(m_list, ignored)) {
        std::ifstream in(m_list);
        for (std::string name; std::getline(in, name);)
            if (name.size() > 65 && name.find('/') == std::string::npos)
                m_new.push_back(name);
        settle();
    }
    for (const auto& entry : fs::directory_iterator(m_staging, ignored))
        fs::remove_all(entry.path(), ignored);
}

void AssetStore::noteNew(const std::string& name) {
    std::ofstream out(m_list, std::ios::app);
    out << name << '\n' << std::flush;
    if (!out)
        throw Error(ErrorCode::io, m_list.string(), "the list of new files cannot be written",
                    "check the free space and the permissions");
    m_new.push_back(name);
}

/// Before a commit: a row must never name a file that a power failure may still take away.
void AssetStore::sync() {
    std::vector<fs::path> files;
    for (const std::string& name : m_new)
        files.push_back(m_assets / relativePath(name));
    syncFiles(files);
}

/// After a commit or rollback: whatever came in and no row names goes again.
void AssetStore::settle() {
    if (m_new.empty())
        return;
    try {
        Statement used(m_database,
                       "SELECT 1 FROM sample WHERE sha256 || '.' || extension = ?1 AND sha256 = ?2 "
                       "UNION SELECT 1 FROM sample WHERE mask_sha256 || '.png' = ?1 AND "
                       "mask_sha256 = ?2 "
                       "UNION SELECT 1 FROM study_stimulus WHERE sha256 || '.raw' = ?1 AND "
                       "sha256 = ?2");
        std::error_code ignored;
        for (const std::string& name : m_new)
            if (!used.bind(name, name.substr(0, 64)).step())
                fs::remove(m_assets / relativePath(name), ignored);
        fs::remove(m_list, ignored);
        m_new.clear();
    } catch (const Error& error) {
        log(LogLevel::warning, error.what());
    }
}

AssetStore::Stored AssetStore::putPixels(const Volume& volume) {
    const std::string extension = extensionFor(volume);
    if (extension == "png")
        return putBytes(encodePng(volume, "a sample"), extension);
    const fs::path staged = m_staging / (randomId(8) + "." + extension);
    if (!writeVolume(staged, volume))
        throw Error(ErrorCode::unsupported, "a sample", "its pixels cannot be stored without loss");
    Stored stored{sha256OfFile(staged), extension};
    std::error_code failure;
    if (fault(stored.sha256, extension).empty()) {
        fs::remove(staged, failure); // what stays in staging goes at the next start
        return stored;
    }
    const fs::path target = place(stored);
    fs::rename(staged, target, failure);
    if (failure)
        throw Error(ErrorCode::io, target.string(),
                    "the file cannot be put in place, " + failure.message(),
                    "check the permissions of the project's folder");
    return stored;
}

AssetStore::Stored AssetStore::putBytes(std::span<const std::byte> bytes,
                                        const std::string& extension) {
    Stored stored{sha256Hex(bytes), extension};
    if (!fault(stored.sha256, extension).empty())
        writeFileUnsynced(place(stored), bytes);
    return stored;
}

/// Where a new file goes; from now on it is known as new.
fs::path AssetStore::place(const Stored& stored) {
    fs::path target = path(stored.sha256, stored.extension);
    noteNew(target.filename().string());
    makeFolder(target.parent_path());
    return target;
}

fs::path AssetStore::path(const std::string& sha256, const std::string& extension) const {
    return m_assets / relativePath(sha256 + "." + extension);
}

std::string AssetStore::fault(const std::string& sha256, const std::string& extension) const {
    const fs::path file = path(sha256, extension);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        return file.string() + ": the file is missing";
    try {
        return sha256OfFile(file) == sha256 ? std::string() : file.string() + ": it was altered";
    } catch (const Error& error) {
        return error.what();
    }
}

std::vector<std::byte> AssetStore::bytes(const std::string& sha256,
                                         const std::string& extension) const {
    return readAssetBytes(m_assets.parent_path(), sha256, extension);
}

Volume AssetStore::pixels(const std::string& sha256, const std::string& extension) const {
    return readAssetPixels(m_assets.parent_path(), sha256, extension);
}

std::vector<std::string> AssetStore::orphans() const {
    std::set<std::string> names;
    Statement rows(m_database, kUsed);
    while (rows.step())
        names.insert(rows.text(0));
    std::vector<std::string> orphans;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(m_assets, ignored))
        if (!entry.is_directory(ignored) && !names.contains(entry.path().filename().string()))
            orphans.push_back("assets/" + fs::relative(entry.path(), m_assets, ignored).string());
    std::sort(orphans.begin(), orphans.end());
    return orphans;
}

std::vector<std::byte>
readAssetBytes(const fs::path& project, const std::string& sha256, const std::string& extension) {
    const fs::path file = project / "assets" / relativePath(sha256 + "." + extension);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        throw Error(ErrorCode::database, file.string(), "the file is missing",
                    "restore it from a backup of the project");
    std::vector<std::byte> bytes = readFile(file);
    if (sha256Hex(bytes) != sha256)
        throw Error(ErrorCode::database, file.string(), "it was altered",
                    "restore it from a backup of the project");
    return bytes;
}

Volume
readAssetPixels(const fs::path& project, const std::string& sha256, const std::string& extension) {
    static_cast<void>(readAssetBytes(project, sha256, extension));
    return readVolume(project / "assets" / relativePath(sha256 + "." + extension));
}

std::string pixelsSha256(const ImageSpan& span) {
    Sha256 hash;
    hash.update(std::string(toString(span.type)) + " " + std::to_string(span.width) + "x" +
                std::to_string(span.height) + "x" + std::to_string(span.depth) + "x" +
                std::to_string(span.channels) + "\n");
    hash.update(std::span(span.data, span.bytes()));
    return toHex(hash.finish());
}

} // namespace likeness
