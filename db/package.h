// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/study/plan.h"
#include "db/signing.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace likeness {

/// What a study package is made from; all of it may leave the lead's machine. Where a stimulus
/// comes from has no place here.
struct PackageSource {
    Json definition;         ///< FrozenStudy::publicDefinition
    std::vector<Json> plans; ///< planToJson of slots 1, 2 ...
    std::function<std::vector<std::byte>(const std::string& stimulusId)> pixels;
};

/// Writes NAME.study: manifest.json (path, size and SHA-256 of every file), signature (Ed25519 over
/// the manifest), definition.json, plans/<slot>.json, stimuli/<id>.raw, in a zip with stored
/// entries. Equal source and key give equal bytes. Durable. Throws Error(io), Error(config).
void writePackage(const std::filesystem::path& path,
                  const PackageSource& source,
                  const KeyPair& key);

/// A study package, verified whole when it is opened: any altered byte anywhere is refused. It is
/// read in place; nothing is unpacked.
class StudyPackage {
public:
    /// Throws Error: notFound, io, memory, unsupported (newer format), format (not a package, or
    /// what was altered, in one sentence).
    explicit StudyPackage(const std::filesystem::path& path);
    ~StudyPackage();
    StudyPackage(StudyPackage&&) noexcept;
    StudyPackage& operator=(StudyPackage&&) noexcept;

    [[nodiscard]] const std::filesystem::path& path() const noexcept;
    [[nodiscard]] const Json& definition() const noexcept;
    [[nodiscard]] const std::string& definitionSha256() const noexcept;
    [[nodiscard]] const std::string& manifestSha256() const noexcept; ///< fixes every byte
    [[nodiscard]] const std::string& signingKey() const noexcept;     ///< of the lead, public
    [[nodiscard]] int slots() const noexcept;
    [[nodiscard]] int levels() const noexcept; ///< of the rating scale

    /// Throws Error(notFound) for a slot that the package does not hold.
    [[nodiscard]] const Plan& plan(int slot) const;

    /// Canonical pixels, their hash checked again. Throws Error: notFound, format.
    [[nodiscard]] Image stimulus(const std::string& id) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace likeness
