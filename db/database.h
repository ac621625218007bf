// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace SQLite {
class Database;
}

namespace likeness {

/// One SQLite file of ours, open for life with an exclusive lock: journal DELETE, synchronous
/// EXTRA, foreign keys on, schema not trusted, no memory mapping. Because the lock is never let go,
/// SQLite ends a commit by overwriting and syncing the journal's head instead of unlinking the
/// journal. One thread at a time.
class Database {
public:
    struct Options {
        bool create = false;  ///< make the file if it is not there
        bool salvage = false; ///< open in spite of damage, to copy out what can be read
    };

    /// Throws Error: notFound, conflict (another process has it open; after 0.25 s), unsupported
    /// (network file system), database (damaged, with SQLite's words), io (read-only, no rights).
    Database(const std::filesystem::path& file, const Options& options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return m_file; }

    /// Runs one or more statements that return nothing and take no values.
    void execute(const std::string& sql);

    [[nodiscard]] std::int64_t pragma(std::string_view name);
    void setPragma(std::string_view name, std::int64_t value);

    /// The first line of PRAGMA quick_check or integrity_check that is not "ok", and broken foreign
    /// keys; empty if all is well.
    [[nodiscard]] std::vector<std::string> integrityFaults(bool full);

    /// From now on UPDATE and DELETE of these tables, and any change to the schema, is refused by
    /// SQLite's authorizer while a statement is prepared: beside the triggers, which a changed file
    /// could lack.
    void protect(std::vector<std::string> appendOnlyTables);

    /// Writes a compact copy (VACUUM INTO), durable under its final name.
    void copyTo(const std::filesystem::path& target);

    /// Called around each outermost COMMIT and after each ROLLBACK. What `committing` throws ends
    /// in a rollback. A `committed` hook must not throw: the data are in the file already.
    struct Hooks {
        std::function<void()> committed;
        std::function<void()> rolledBack;
        std::function<void()> committing = {};
    };

    void addHooks(Hooks hooks) { m_hooks.push_back(std::move(hooks)); }

    /// Scope of one transaction (BEGIN IMMEDIATE); inside another one a savepoint. Rolls back
    /// unless commit() returned.
    class Transaction {
    public:
        explicit Transaction(Database& database);
        ~Transaction();
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;

        /// Throws Error(io) when the disk is full or fails, and rolls back.
        void commit();

    private:
        void rollBack() noexcept;

        Database& m_database;
        int m_level;
        bool m_open = true;
    };

    [[nodiscard]] SQLite::Database& handle() noexcept { return *m_handle; }

    /// Throws databaseError. After a failed read, write or sync nothing more is written through
    /// this object: the file must be opened again, because the system may have dropped what it
    /// could not write.
    [[noreturn]] void fail(int extendedCode, std::string_view message);

private:
    void configure();
    void check(int code);

    std::filesystem::path m_file;
    std::unique_ptr<SQLite::Database> m_handle;
    std::vector<std::string> m_appendOnly;
    std::vector<Hooks> m_hooks;
    int m_depth = 0;
    std::string m_failed; ///< why nothing more is written; empty while all is well
};

/// Turns SQLite's result code into one sentence with what to do: full disk, locked, damaged,
/// read-only, forbidden.
[[nodiscard]] Error
databaseError(const std::filesystem::path& file, int extendedCode, std::string_view message);

/// The name of a network file system by its statfs magic number ("NFS", "CIFS", "FUSE" ...); empty
/// for local ones. SQLite's locks and syncs cannot be relied upon there.
[[nodiscard]] std::string_view networkFileSystem(std::int64_t magic) noexcept;

/// Throws Error(unsupported) if `folder` lies on a network file system.
void requireLocalFolder(const std::filesystem::path& folder);

} // namespace likeness
