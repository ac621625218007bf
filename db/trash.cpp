// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/trash.h"

#include "core/base/error.h"
#include "db/clock.h"
#include "db/statement.h"

#include <algorithm>
#include <set>

namespace likeness {

namespace fs = std::filesystem;

namespace {

/// All stamps in use: one deletion, one time.
constexpr const char* kStamps = "SELECT deleted_at FROM set_ WHERE deleted_at IS NOT NULL UNION "
                                "SELECT deleted_at FROM sample WHERE deleted_at IS NOT NULL UNION "
                                "SELECT deleted_at FROM checkpoint WHERE deleted_at IS NOT NULL";

/// What is kept but stands on something deleted: what is deleted, what stands on it, how many.
constexpr const char* kBroken =
    "SELECT 'image ' || parent.id, 'image', set_.name, count(*) FROM sample "
    "JOIN sample AS parent ON parent.id = sample.parent_id JOIN set_ ON set_.id = sample.set_id "
    "WHERE sample.deleted_at IS NULL AND parent.deleted_at IS NOT NULL GROUP BY parent.id, set_.id "
    "UNION ALL "
    "SELECT 'model ' || checkpoint.name, 'image', set_.name, count(*) FROM sample "
    "JOIN checkpoint ON checkpoint.id = sample.checkpoint_id JOIN set_ ON set_.id = sample.set_id "
    "WHERE sample.deleted_at IS NULL AND checkpoint.deleted_at IS NOT NULL "
    "GROUP BY checkpoint.id, set_.id "
    "UNION ALL "
    "SELECT 'set ' || set_.deleted_name, 'image', set_.deleted_name, count(*) FROM sample "
    "JOIN set_ ON set_.id = sample.set_id "
    "WHERE sample.deleted_at IS NULL AND set_.deleted_at IS NOT NULL GROUP BY set_.id "
    "UNION ALL "
    "SELECT 'set ' || set_.deleted_name, 'model', checkpoint.name, 1 FROM checkpoint "
    "JOIN set_ ON set_.id = checkpoint.set_id "
    "WHERE checkpoint.deleted_at IS NULL AND set_.deleted_at IS NOT NULL";

std::vector<std::string> texts(Database& database, const char* sql, const std::string& value) {
    Statement rows(database, sql);
    rows.bind(value);
    std::vector<std::string> found;
    while (rows.step())
        found.push_back(rows.text(0));
    return found;
}

std::int64_t number(Database& database, const char* sql) {
    Statement row(database, sql);
    return row.step() ? row.integer(0) : 0;
}

std::string unusedStamp(Database& database) {
    std::set<std::string> used;
    Statement rows(database, kStamps);
    while (rows.step())
        used.insert(rows.text(0));
    std::string stamp = utcNow();
    while (used.contains(stamp)) // for less than a millisecond
        stamp = utcNow();
    return stamp;
}

void requireLive(Database& database,
                 const char* sql,
                 const std::string& kind,
                 const std::string& id) {
    Statement row(database, sql);
    if (!row.bind(id).step())
        throw Error(ErrorCode::notFound, kind + " " + id, "the project has no such " + kind,
                    "list what the project holds");
}

Json selectionJson(const TrashSelection& selection) {
    return {{"sets", selection.sets},
            {"samples", selection.samples},
            {"checkpoints", selection.checkpoints}};
}

std::uintmax_t sizeOf(const fs::path& file) {
    std::error_code missing;
    const std::uintmax_t size = fs::file_size(file, missing);
    return missing ? 0 : size;
}

} // namespace

struct Trash::Broken {
    std::string deleted;
    std::string why;
};

Trash::Trash(Database& database, AssetStore& assets, AuditLog& audit, fs::path checkpoints)
    : m_database(database)
    , m_assets(assets)
    , m_audit(audit)
    , m_checkpoints(std::move(checkpoints)) {}

std::string Trash::remove(const TrashSelection& selection) {
    if (selection.empty())
        throw Error(ErrorCode::config, "Nothing was deleted", "nothing was chosen",
                    "choose sets, images or models");
    Database::Transaction transaction(m_database);
    refuseFrozen(selection);
    const std::string at = unusedStamp(m_database);
    mark(selection, at);
    if (const auto fault = broken())
        throw Error(ErrorCode::conflict, "The " + fault->deleted + " cannot be deleted", fault->why,
                    "delete those as well, or keep both");
    m_audit.add("trash.delete", at, selectionJson(selection));
    transaction.commit();
    return at;
}

void Trash::mark(const TrashSelection& selection, const std::string& at) {
    for (const std::string& id : selection.sets)
        markSet(id, at);
    for (const std::string& id : selection.samples) {
        requireLive(m_database,
                    "SELECT 1 FROM sample WHERE id = ? AND (deleted_at IS NULL OR "
                    "set_id IN (SELECT id FROM set_ WHERE deleted_at IS NOT NULL))",
                    "sample", id);
        Statement(m_database,
                  "UPDATE sample SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL")
            .bind(at, id)
            .run();
    }
    for (const std::string& id : selection.checkpoints) {
        requireLive(m_database, "SELECT 1 FROM checkpoint WHERE id = ? AND deleted_at IS NULL",
                    "checkpoint", id);
        Statement(m_database, "UPDATE checkpoint SET deleted_at = ? WHERE id = ?")
            .bind(at, id)
            .run();
    }
}

void Trash::markSet(const std::string& id, const std::string& at) {
    requireLive(m_database, "SELECT 1 FROM set_ WHERE id = ? AND deleted_at IS NULL", "set", id);
    Statement(m_database, "UPDATE set_ SET deleted_at = ?, deleted_name = name, name = id "
                          "WHERE id = ?")
        .bind(at, id)
        .run();
    Statement(m_database,
              "UPDATE sample SET deleted_at = ? WHERE set_id = ? AND deleted_at IS NULL")
        .bind(at, id)
        .run();
}

void Trash::refuseFrozen(const TrashSelection& selection) {
    std::set<std::string> names;
    for (const std::string& id : selection.sets)
        for (const std::string& name : texts(m_database, "SELECT name FROM set_ WHERE id = ?", id))
            names.insert(name);
    for (const std::string& id : selection.samples)
        for (const std::string& name :
             texts(m_database,
                   "SELECT set_.name FROM sample JOIN set_ ON set_.id = sample.set_id "
                   "WHERE sample.id = ?",
                   id))
            names.insert(name);
    Statement studies(m_database, "SELECT name, definition FROM study WHERE state <> 'draft'");
    while (studies.step()) {
        const Json definition = studies.json(1);
        Json used = definition.value("sets", Json::array());
        used.push_back(definition.value("reference_set", ""));
        for (const Json& set : used)
            if (set.is_string() && names.contains(set.get<std::string>()))
                throw Error(ErrorCode::conflict,
                            "The set " + set.get<std::string>() + " must stay as it is",
                            "the study " + studies.text(0) + " is frozen and uses it",
                            "delete only what no frozen study uses");
    }
}

std::optional<Trash::Broken> Trash::broken() {
    Statement row(m_database, std::string(kBroken) + " LIMIT 1");
    if (!row.step())
        return std::nullopt;
    const bool model = row.text(1) == "model";
    const std::int64_t count = row.integer(3);
    const std::string what = model ? "the model " + row.text(2)
                                   : (count == 1 ? "an image" : std::to_string(count) + " images") +
                                         " of the set " + row.text(2);
    return Broken{row.text(0), what + (count == 1 ? " depends on it" : " depend on it")};
}

void Trash::restore(const std::string& at) {
    Database::Transaction transaction(m_database);
    if (texts(m_database,
              "SELECT id FROM set_ WHERE deleted_at = ?1 UNION "
              "SELECT id FROM sample WHERE deleted_at = ?1 UNION "
              "SELECT id FROM checkpoint WHERE deleted_at = ?1",
              at)
            .empty())
        throw Error(ErrorCode::notFound, "Nothing was restored",
                    "the trash holds no deletion of this time", "list the trash");
    for (const std::string& id :
         texts(m_database, "SELECT id FROM set_ WHERE deleted_at = ?", at)) {
        const auto former = texts(m_database, "SELECT deleted_name FROM set_ WHERE id = ?", id);
        Statement(m_database, "UPDATE set_ SET deleted_at = NULL, deleted_name = NULL, name = ? "
                              "WHERE id = ?")
            .bind(freeName(former.front()), id)
            .run();
    }
    Statement(m_database, "UPDATE sample SET deleted_at = NULL WHERE deleted_at = ?")
        .bind(at)
        .run();
    Statement(m_database, "UPDATE checkpoint SET deleted_at = NULL WHERE deleted_at = ?")
        .bind(at)
        .run();
    if (const auto fault = broken())
        throw Error(ErrorCode::conflict, "The deletion cannot be taken back",
                    "the " + fault->deleted + " lies in the trash, and " + fault->why,
                    "restore that first");
    m_audit.add("trash.restore", at, Json::object());
    transaction.commit();
}

std::string Trash::freeName(const std::string& wanted) {
    const auto taken = [this](const std::string& name) {
        return !texts(m_database, "SELECT id FROM set_ WHERE name = ?", name).empty();
    };
    if (!taken(wanted))
        return wanted;
    constexpr std::size_t kRoom = 180; // of the 200 bytes that a name may have
    const std::string stem = wanted.substr(0, std::min(wanted.size(), kRoom)) + " (restored";
    std::string name = stem + ")";
    for (int i = 2; taken(name); ++i)
        name = stem + " " + std::to_string(i) + ")";
    return name;
}

std::vector<Deletion> Trash::deletions() {
    std::vector<Deletion> deletions;
    Statement stamps(m_database, std::string(kStamps) + " ORDER BY 1 DESC");
    while (stamps.step()) {
        Deletion deletion;
        deletion.at = stamps.text(0);
        deletion.sets =
            texts(m_database, "SELECT deleted_name FROM set_ WHERE deleted_at = ? ORDER BY rowid",
                  deletion.at);
        deletion.models =
            texts(m_database, "SELECT name FROM checkpoint WHERE deleted_at = ? ORDER BY rowid",
                  deletion.at);
        Statement samples(m_database, "SELECT count(*) FROM sample WHERE deleted_at = ?");
        samples.bind(deletion.at);
        deletion.samples = samples.step() ? samples.integer(0) : 0;
        deletions.push_back(std::move(deletion));
    }
    return deletions;
}

std::optional<std::string> Trash::deletionOfSet(const std::string& name) {
    const auto found = texts(m_database,
                             "SELECT deleted_at FROM set_ WHERE deleted_name = ? "
                             "ORDER BY deleted_at DESC LIMIT 1",
                             name);
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::optional<std::string> Trash::deletionOf(const std::string& id) {
    const auto found =
        texts(m_database,
              "SELECT deleted_at FROM sample WHERE id = ?1 AND deleted_at IS NOT NULL UNION "
              "SELECT deleted_at FROM checkpoint WHERE id = ?1 AND deleted_at IS NOT NULL",
              id);
    return found.empty() ? std::nullopt : std::optional(found.front());
}

Purged Trash::purge() {
    Purged purged;
    Database::Transaction transaction(m_database);
    std::vector<std::string> assets;
    Statement files(m_database, "SELECT sha256 || '.' || extension FROM sample "
                                "WHERE deleted_at IS NOT NULL UNION "
                                "SELECT mask_sha256 || '.png' FROM sample "
                                "WHERE deleted_at IS NOT NULL AND mask_sha256 IS NOT NULL");
    while (files.step())
        assets.push_back(files.text(0));
    purged.bytes = m_assets.release(assets);
    purged.sets = number(m_database, "SELECT count(*) FROM set_ WHERE deleted_at IS NOT NULL");
    purged.samples = number(m_database, "SELECT count(*) FROM sample WHERE deleted_at IS NOT NULL");
    purged.checkpoints =
        number(m_database, "SELECT count(*) FROM checkpoint WHERE deleted_at IS NOT NULL");
    m_database.execute("DELETE FROM metric_value WHERE "
                       "set_id IN (SELECT id FROM set_ WHERE deleted_at IS NOT NULL) OR "
                       "reference_set_id IN (SELECT id FROM set_ WHERE deleted_at IS NOT NULL) OR "
                       "sample_id IN (SELECT id FROM sample WHERE deleted_at IS NOT NULL);"
                       "DELETE FROM annotation WHERE "
                       "sample_id IN (SELECT id FROM sample WHERE deleted_at IS NOT NULL);"
                       "DELETE FROM sample WHERE deleted_at IS NOT NULL;"
                       "DELETE FROM checkpoint WHERE deleted_at IS NOT NULL;"
                       "DELETE FROM set_ WHERE deleted_at IS NOT NULL;");
    m_audit.add(
        "trash.purge", "project",
        {{"sets", purged.sets}, {"samples", purged.samples}, {"checkpoints", purged.checkpoints}});
    transaction.commit();
    purged.bytes += removeStrayCheckpoints();
    return purged;
}

/// Files of checkpoints that the project no longer has; those of an interrupted purge, too.
std::uintmax_t Trash::removeStrayCheckpoints() {
    constexpr std::size_t kIdLength = 16;
    std::uintmax_t bytes = 0;
    std::error_code ignored;
    std::vector<fs::path> strays;
    for (const auto& entry : fs::directory_iterator(m_checkpoints, ignored)) {
        const std::string name = entry.path().filename().string();
        const std::string id = name.substr(0, std::min(name.size(), kIdLength));
        const std::string end = name.substr(id.size());
        if ((end == ".safetensors" || end == ".safetensors.state") &&
            texts(m_database, "SELECT id FROM checkpoint WHERE id = ?", id).empty())
            strays.push_back(entry.path());
    }
    for (const fs::path& stray : strays) {
        const std::uintmax_t size = sizeOf(stray);
        bytes += fs::remove(stray, ignored) ? size : 0;
    }
    return bytes;
}

std::vector<std::string> Trash::faults() {
    std::vector<std::string> faults;
    if (const auto fault = broken())
        faults.push_back("the " + fault->deleted + " lies in the trash, but " + fault->why);
    return faults;
}

} // namespace likeness
