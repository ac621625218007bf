// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/migrations.h"

#include "db/statement.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kProjectAppendOnly[] = {
    "rating_event", "rating_chain",   "rating_conflict", "unblinding_event",
    "audit",        "study_stimulus", "study_plan",      "project"};
constexpr std::string_view kStoreAppendOnly[] = {"store", "rating_event"};

/// A file that was just made, or whose making was interrupted before anything was in it.
bool isEmpty(Database& database) {
    Statement tables(database, "SELECT count(*) FROM sqlite_schema");
    return tables.step() && tables.integer(0) == 0 && database.pragma("application_id") == 0 &&
           database.pragma("user_version") == 0;
}

int checkedVersion(Database& database, const Schema& schema) {
    const std::string file = database.file().string();
    if (database.pragma("application_id") != schema.applicationId)
        throw Error(ErrorCode::format, file,
                    "this is not a Likeness " + std::string(schema.kind) + " file",
                    "open the folder or file that Likeness made");
    const auto version = static_cast<int>(database.pragma("user_version"));
    if (version > schema.version())
        throw Error(ErrorCode::unsupported, file,
                    "it was written by a newer Likeness, with schema version " +
                        std::to_string(version) + " where this one knows " +
                        std::to_string(schema.version()),
                    "update Likeness; the file was left as it is");
    if (version < 1)
        throw Error(ErrorCode::format, file, "its schema version is " + std::to_string(version),
                    "restore a backup");
    return version;
}

void migrate(Database& database, const Schema& schema, int from) {
    for (const Migration& migration : schema.migrations) {
        if (migration.version <= from)
            continue;
        Database::Transaction transaction(database);
        database.execute(std::string(migration.sql));
        database.setPragma("application_id", schema.applicationId);
        database.setPragma("user_version", migration.version);
        transaction.commit();
    }
}

constexpr const char* kSchemaText =
    "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') "
    "FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1";

/// What the tables, indexes, views and triggers of this version look like.
std::vector<std::string> expectedSchema(const Schema& schema) {
    SQLite::Database model(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (const Migration& migration : schema.migrations)
        model.exec(std::string(migration.sql));
    std::vector<std::string> lines;
    SQLite::Statement rows(model, kSchemaText);
    while (rows.executeStep())
        lines.push_back(rows.getColumn(0).getString());
    return lines;
}

/// A trigger that somebody put into the file could rewrite ratings as they are stored.
void requireExpectedSchema(Database& database, const Schema& schema) {
    std::vector<std::string> expected;
    try {
        expected = expectedSchema(schema);
    } catch (const SQLite::Exception& error) {
        throw databaseError(database.file(), error.getExtendedErrorCode(), error.getErrorStr());
    }
    std::vector<std::string> found;
    Statement rows(database, kSchemaText);
    while (rows.step())
        found.push_back(rows.text(0));
    if (found == expected)
        return;
    const auto firstWords = [](const std::string& line) {
        return line.substr(0, line.find(' ', line.find(' ') + 1));
    };
    for (const std::string& line : found)
        if (std::find(expected.begin(), expected.end(), line) == expected.end())
            throw Error(ErrorCode::format, database.file().string(),
                        "it holds a " + firstWords(line) + " that Likeness did not make",
                        "restore a backup");
    throw Error(ErrorCode::format, database.file().string(),
                "tables, views or triggers of its version are missing", "restore a backup");
}

void requireSound(Database& database) {
    const std::vector<std::string> faults = database.integrityFaults(false);
    if (!faults.empty())
        throw Error(ErrorCode::database, faults.front(), "the file is damaged",
                    "keep it as it is and restore a backup beside it");
}

} // namespace

const Schema& projectSchema() noexcept {
    // "LkPr" and "LkRs" as numbers; file(1) shows them.
    static const Schema kSchema{0x4C6B5072, "project", projectMigrations(), kProjectAppendOnly};
    return kSchema;
}

const Schema& ratingStoreSchema() noexcept {
    static const Schema kSchema{0x4C6B5273, "rating store", ratingStoreMigrations(),
                                kStoreAppendOnly};
    return kSchema;
}

std::unique_ptr<Database>
openDatabase(const fs::path& file, const Schema& schema, const Database::Options& options) {
    auto database = std::make_unique<Database>(file, options);
    if (options.create && isEmpty(*database)) {
        migrate(*database, schema, 0);
    } else {
        const int version = checkedVersion(*database, schema);
        if (options.salvage)
            return database; // as it is: damage and additions stop no reading
        requireSound(*database);
        if (version < schema.version()) {
            database->copyTo(file.parent_path() /
                             (file.stem().string() + "-v" + std::to_string(version) + "-backup" +
                              file.extension().string()));
            migrate(*database, schema, version);
        }
    }
    requireExpectedSchema(*database, schema);
    database->protect({schema.appendOnlyTables.begin(), schema.appendOnlyTables.end()});
    return database;
}

} // namespace likeness
