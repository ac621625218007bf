// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/database.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace likeness {

/// One numbered SQL file of `db/sql`, taken into the program at build time. Applied once, in its
/// own transaction; a released one never changes.
struct Migration {
    int version = 0;
    std::string_view name;
    std::string_view sql;
};

/// A kind of SQLite file that is ours.
struct Schema {
    std::int32_t applicationId = 0; ///< at offset 68 of the file
    std::string_view kind;          ///< "project", "rating store"
    std::span<const Migration> migrations;
    std::span<const std::string_view> appendOnlyTables;

    [[nodiscard]] int version() const noexcept { return migrations.back().version; }
};

/// The files of `db/sql` and `db/sql/store`, in order.
[[nodiscard]] std::span<const Migration> projectMigrations() noexcept;
[[nodiscard]] std::span<const Migration> ratingStoreMigrations() noexcept;

[[nodiscard]] const Schema& projectSchema() noexcept;
[[nodiscard]] const Schema& ratingStoreSchema() noexcept;

/// Opens (or makes) a file of this kind and brings it to the newest version; before an existing
/// file is migrated a copy `<stem>-v<version>-backup.sqlite` is written beside it. Throws Error
/// beside what Database throws: unsupported (newer schema, both versions are named and the file's
/// bytes are unchanged), format (not one of ours, or its tables, views and triggers are not those
/// of its version).
[[nodiscard]] std::unique_ptr<Database> openDatabase(const std::filesystem::path& file,
                                                     const Schema& schema,
                                                     const Database::Options& options);

} // namespace likeness
