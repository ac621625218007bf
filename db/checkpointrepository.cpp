// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/checkpointrepository.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"
#include "db/clock.h"
#include "db/folders.h"
#include "db/signing.h"
#include "db/statement.h"

#include <algorithm>
#include <set>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kColumns =
    "id, name, model, preset, domain, set_id, sha256, metadata, steps, "
    "seconds, device, created_at";

CheckpointRecord checkpointOf(const Statement& row) {
    CheckpointRecord checkpoint;
    checkpoint.id = row.text(0);
    checkpoint.name = row.text(1);
    checkpoint.model = row.text(2);
    checkpoint.preset = row.text(3);
    const std::optional<Domain> domain = domainFrom(row.text(4));
    if (!domain)
        throw Error(ErrorCode::database, "checkpoint " + checkpoint.id,
                    "its domain is not one of rock, fibre and root", "restore a backup");
    checkpoint.domain = *domain;
    checkpoint.setId = row.optionalText(5);
    checkpoint.sha256 = row.text(6);
    checkpoint.metadata = row.json(7);
    checkpoint.steps = row.integer(8);
    checkpoint.seconds = row.real(9);
    checkpoint.device = row.text(10);
    checkpoint.createdAt = row.text(11);
    return checkpoint;
}

} // namespace

CheckpointRepository::CheckpointRepository(Database& database, fs::path folder, AuditLog& audit)
    : m_database(database)
    , m_folder(std::move(folder))
    , m_audit(audit) {
    makeFolder(m_folder);
}

CheckpointRecord CheckpointRepository::add(CheckpointRecord checkpoint, const fs::path& source) {
    std::error_code error;
    if (!fs::is_regular_file(source, error))
        throw Error(ErrorCode::notFound, source.string(), "there is no such file",
                    "check the name");
    checkpoint.sha256 = sha256OfFile(source);
    undelete(checkpoint.sha256);
    if (auto known = findSha256(checkpoint.sha256))
        return *known;
    checkpoint.id = randomId(8);
    checkpoint.createdAt = utcNow();
    const fs::path target = file(checkpoint.id);
    writeFileDurably(target, [&source, &target](const fs::path& temporary) {
        std::error_code failure;
        if (!fs::copy_file(source, temporary, fs::copy_options::overwrite_existing, failure))
            throw Error(ErrorCode::io, target.string(),
                        "the checkpoint cannot be copied, " + failure.message(),
                        "check the free space and the permissions");
    });
    try {
        insert(checkpoint);
    } catch (...) {
        fs::remove(target, error);
        throw;
    }
    return checkpoint;
}

/// A checkpoint that is added again comes out of the trash; its file is there still.
void CheckpointRepository::undelete(const std::string& sha256) {
    Statement row(m_database,
                  "SELECT id FROM checkpoint WHERE sha256 = ? AND deleted_at IS NOT NULL");
    if (!row.bind(sha256).step())
        return;
    Database::Transaction transaction(m_database);
    Statement(m_database, "UPDATE checkpoint SET deleted_at = NULL, set_id = (SELECT id FROM set_ "
                          "WHERE id = set_id AND deleted_at IS NULL) WHERE id = ?")
        .bind(row.text(0))
        .run();
    m_audit.add("checkpoint.restore", row.text(0), {{"sha256", sha256}});
    transaction.commit();
}

CheckpointRecord CheckpointRepository::take(CheckpointRecord checkpoint,
                                            const fs::path& source,
                                            const fs::path& state) {
    undelete(checkpoint.sha256);
    if (auto known = findSha256(checkpoint.sha256))
        return *known;
    checkpoint.id = randomId(8);
    checkpoint.createdAt = utcNow();
    const fs::path target = file(checkpoint.id);
    std::vector<std::pair<fs::path, fs::path>> moves{{source, target}};
    std::error_code error;
    if (fs::is_regular_file(state, error))
        moves.emplace_back(state, target.string() + ".state");
    std::vector<fs::path> moved;
    try {
        for (const auto& [from, to] : moves) {
            fs::rename(from, to, error);
            if (error)
                throw Error(ErrorCode::io, to.string(),
                            "the checkpoint cannot be moved here, " + error.message(),
                            "check the free space and the permissions");
            moved.push_back(to);
        }
        syncFiles(moved);
        insert(checkpoint);
    } catch (...) {
        for (const fs::path& path : moved)
            fs::remove(path, error);
        throw;
    }
    return checkpoint;
}

void CheckpointRepository::insert(const CheckpointRecord& checkpoint) {
    Database::Transaction transaction(m_database);
    Statement(m_database, std::string("INSERT INTO checkpoint (") + kColumns +
                              ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind(checkpoint.id, checkpoint.name, checkpoint.model, checkpoint.preset,
              toString(checkpoint.domain), checkpoint.setId, checkpoint.sha256, checkpoint.metadata,
              checkpoint.steps, checkpoint.seconds, checkpoint.device, checkpoint.createdAt)
        .run();
    m_audit.add("checkpoint.add", checkpoint.id,
                {{"name", checkpoint.name}, {"sha256", checkpoint.sha256}});
    transaction.commit();
}

std::vector<CheckpointRecord> CheckpointRepository::all() {
    Statement rows(m_database, std::string("SELECT ") + kColumns +
                                   " FROM checkpoint WHERE deleted_at IS NULL ORDER BY rowid");
    std::vector<CheckpointRecord> checkpoints;
    while (rows.step())
        checkpoints.push_back(checkpointOf(rows));
    return checkpoints;
}

CheckpointRecord CheckpointRepository::byId(const std::string& id) {
    Statement row(m_database, std::string("SELECT ") + kColumns +
                                  " FROM checkpoint WHERE id = ? AND deleted_at IS NULL");
    row.bind(id);
    if (!row.step())
        throw Error(ErrorCode::notFound, "checkpoint " + id, "the project has no such checkpoint",
                    "list its checkpoints");
    return checkpointOf(row);
}

std::optional<CheckpointRecord> CheckpointRepository::findSha256(const std::string& sha256) {
    Statement row(m_database, std::string("SELECT ") + kColumns +
                                  " FROM checkpoint WHERE sha256 = ? AND deleted_at IS NULL");
    row.bind(sha256);
    return row.step() ? std::optional(checkpointOf(row)) : std::nullopt;
}

fs::path CheckpointRepository::file(const std::string& id) const {
    return m_folder / (id + ".safetensors");
}

std::vector<std::string> CheckpointRepository::faults() {
    std::vector<std::string> faults;
    std::set<std::string> known;
    std::error_code ignored;
    Statement rows(m_database, "SELECT id, sha256 FROM checkpoint");
    while (rows.step()) { // those in the trash, too
        const fs::path path = file(rows.text(0));
        known.insert(path.filename().string());
        known.insert(path.filename().string().append(".state"));
        if (!fs::is_regular_file(path, ignored))
            faults.push_back(path.string() + ": the checkpoint is missing");
        else if (sha256OfFile(path) != rows.text(1))
            faults.push_back(path.string() + ": the checkpoint was altered");
    }
    for (const auto& entry : fs::directory_iterator(m_folder, ignored))
        if (!known.contains(entry.path().filename().string()))
            faults.push_back(entry.path().string() +
                             ": it belongs to no checkpoint of the project");
    std::sort(faults.begin(), faults.end());
    return faults;
}

} // namespace likeness
