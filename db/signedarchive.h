// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "db/signing.h"
#include "db/zip.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace likeness {

/// What goes into a signed archive.
struct SignedContent {
    std::string format; ///< "likeness-study", "likeness-ratings"
    int schema = 1;
    Json facts = Json::object(); ///< stand in the manifest
    ZipContent files;            ///< must give the same bytes each time they are asked
};

/// Writes a zip with stored entries that holds, beside the files, `manifest.json` (canonical JSON:
/// format, schema, facts, signing key, and path, size and SHA-256 of every file) and `signature`
/// (Ed25519 over the manifest). Equal content and key give equal bytes. Durable.
void writeSigned(const std::filesystem::path& path,
                 const SignedContent& content,
                 const KeyPair& key);

/// A signed archive whose signature, manifest and every content were verified when it was opened.
/// The signature tells that nothing was altered since somebody with `signingKey` made it; whether
/// that is the right person is for the caller to know.
class SignedArchive {
public:
    /// Throws Error: notFound, io, memory, format (what is wrong), unsupported (newer schema).
    SignedArchive(const std::filesystem::path& path, const std::string& format, int newestSchema);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_zip.path(); }

    [[nodiscard]] const Json& facts() const noexcept { return m_facts; }

    [[nodiscard]] const std::string& signingKey() const noexcept { return m_signingKey; }

    [[nodiscard]] const std::string& manifestSha256() const noexcept { return m_manifestSha256; }

    /// Names of the files, sorted.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] std::vector<std::byte> bytes(const std::string& name) const;
    [[nodiscard]] std::string text(const std::string& name) const;

    /// Throws Error(format) with the archive's name.
    [[noreturn]] void refuse(const std::string& why) const;

private:
    void verify(const Json& manifest, const std::string& format, int newestSchema);

    ZipReader m_zip;
    Json m_facts;
    std::string m_signingKey;
    std::string m_manifestSha256;
};

} // namespace likeness
