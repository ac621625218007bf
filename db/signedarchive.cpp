// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/signedarchive.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr const char* kManifest = "manifest.json";
constexpr const char* kSignature = "signature";
constexpr std::uint64_t kManifestLimit = std::uint64_t{1} << 26U;

std::vector<std::byte> bytesOf(const std::string& text) {
    const auto* const data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

Json fileEntry(const std::string& path, const std::vector<std::byte>& bytes) {
    return {{"path", path}, {"sha256", sha256Hex(bytes)}, {"size", bytes.size()}};
}

} // namespace

void writeSigned(const std::filesystem::path& path,
                 const SignedContent& content,
                 const KeyPair& key) {
    Json files = Json::array();
    for (const auto& [name, bytes] : content.files)
        files.push_back(fileEntry(name, bytes()));
    const std::string manifest = canonicalJson({{"format", content.format},
                                                {"schema", content.schema},
                                                {"facts", content.facts},
                                                {"files", files},
                                                {"signing_key", key.signingKey()}});
    ZipContent all = content.files;
    all[kManifest] = [&manifest] { return bytesOf(manifest); };
    all[kSignature] = [&manifest, &key] { return key.sign(manifest); };
    writeZip(path, all);
}

SignedArchive::SignedArchive(const std::filesystem::path& path,
                             const std::string& format,
                             int newestSchema)
    : m_zip(path) {
    const std::string text = m_zip.readText(kManifest, kManifestLimit);
    const Json manifest = Json::parse(text, nullptr, false);
    if (!manifest.is_object())
        refuse("its manifest is not JSON");
    m_manifestSha256 = sha256Hex(text);
    try {
        m_signingKey = manifest.at("signing_key").get<std::string>();
        if (!verifySignature(text, m_zip.read(kSignature, 64), m_signingKey))
            refuse("its signature does not belong to its manifest: it was altered");
        verify(manifest, format, newestSchema);
        m_facts = manifest.at("facts");
    } catch (const Json::exception&) {
        refuse("its manifest lacks what a manifest holds");
    }
}

void SignedArchive::verify(const Json& manifest, const std::string& format, int newestSchema) {
    if (manifest.at("format") != format)
        refuse("it is not a file of the kind " + format);
    const int schema = manifest.at("schema").get<int>();
    if (schema > newestSchema)
        throw Error(ErrorCode::unsupported, path().string(),
                    "it was written by a newer Likeness, in format version " +
                        std::to_string(schema) + " where this one knows " +
                        std::to_string(newestSchema),
                    "update Likeness");
    if (schema < 1 || manifest.size() != 5)
        refuse("its manifest is not one of any known format version");
    const Json& files = manifest.at("files");
    if (!files.is_array() || files.size() + 2 != m_zip.entries().size())
        refuse("it holds other files than its manifest names");
    for (const Json& file : files) {
        const auto name = file.at("path").get<std::string>();
        const ZipReader::Entry* const entry = m_zip.find(name);
        if (entry == nullptr || name == kManifest || name == kSignature)
            refuse("its manifest names a file that is missing");
        if (file.at("size") != entry->size)
            refuse(name + " has another size than the manifest says");
        if (file != fileEntry(name, m_zip.read(name)))
            refuse(name + " was altered");
    }
}

std::vector<std::string> SignedArchive::names() const {
    std::vector<std::string> names;
    for (const ZipReader::Entry& entry : m_zip.entries())
        if (entry.name != kManifest && entry.name != kSignature)
            names.push_back(entry.name);
    return names;
}

std::vector<std::byte> SignedArchive::bytes(const std::string& name) const {
    return m_zip.read(name);
}

std::string SignedArchive::text(const std::string& name) const {
    return m_zip.readText(name, kZipMaximumBytes);
}

void SignedArchive::refuse(const std::string& why) const {
    throw Error(ErrorCode::format, path().string(), why, "get the file again from its sender");
}

} // namespace likeness
