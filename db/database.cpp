// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/database.h"

#include "core/base/files.h"
#include "db/statement.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/vfs.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr int kBusyMs = 250;

struct NetworkMagic {
    std::uint32_t magic;
    std::string_view name;
};

// linux/magic.h, and those that live outside the kernel's tree.
constexpr NetworkMagic kNetworks[] = {
    {0x00006969U, "NFS"},   {0xFF534D42U, "CIFS"},   {0xFE534D42U, "SMB2"},
    {0x0000517BU, "SMB"},   {0x65735546U, "FUSE"},   {0x5346414FU, "AFS"},
    {0x6B414653U, "AFS"},   {0x00C36400U, "Ceph"},   {0x01021997U, "9P"},
    {0x73757245U, "Coda"},  {0x0BD00BD0U, "Lustre"}, {0x47504653U, "GPFS"},
    {0x7461636FU, "OCFS2"}, {0x01161970U, "GFS2"},   {0xAAD7AAEAU, "Panasas"},
    {0x19830326U, "BeeGFS"}};

bool changesSchema(int action) noexcept {
    switch (action) {
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_INDEX:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TRIGGER:
    case SQLITE_DROP_VIEW:
    case SQLITE_DROP_VTABLE:
    case SQLITE_ALTER_TABLE:
    case SQLITE_ATTACH:
        return true;
    default:
        return false;
    }
}

bool loosensRules(std::string_view pragma) noexcept {
    constexpr std::string_view kPragmas[] = {
        "writable_schema",          "foreign_keys",   "journal_mode",
        "recursive_triggers",       "synchronous",    "trusted_schema",
        "ignore_check_constraints", "application_id", "user_version"};
    return std::find(std::begin(kPragmas), std::end(kPragmas), pragma) != std::end(kPragmas);
}

int authorize(
    void* tables, int action, const char* first, const char* second, const char*, const char*) {
    const auto& appendOnly = *static_cast<const std::vector<std::string>*>(tables);
    if (changesSchema(action))
        return SQLITE_DENY;
    if (action == SQLITE_PRAGMA && second != nullptr && loosensRules(first))
        return SQLITE_DENY;
    if ((action == SQLITE_UPDATE || action == SQLITE_DELETE) &&
        std::find(appendOnly.begin(), appendOnly.end(), first) != appendOnly.end())
        return SQLITE_DENY;
    return SQLITE_OK;
}

struct Diagnosis {
    ErrorCode code;
    std::string_view why;
    std::string_view remedy;
};

Diagnosis diagnose(int code) noexcept {
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return {ErrorCode::io, "the disk is full, nothing was stored",
                "free some space and try again"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorCode::conflict, "another process has it open", "close the other one"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {ErrorCode::database, "the file is damaged",
                "keep it as it is and restore a backup beside it"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return {ErrorCode::io, "the file or its folder is read-only",
                "give yourself the right to write or copy it elsewhere"};
    case SQLITE_CANTOPEN:
        return {ErrorCode::io, "the file cannot be opened", "check the name and the permissions"};
    case SQLITE_IOERR:
        return {ErrorCode::io, "the disk failed to read or write",
                "close it, check the disk, and open it again"};
    case SQLITE_AUTH:
        return {ErrorCode::database, "what is stored there cannot be changed or removed", ""};
    case SQLITE_CONSTRAINT:
        return {ErrorCode::database, "the store refused the row", ""};
    case SQLITE_NOMEM:
        return {ErrorCode::memory, "there is not enough memory", "close other programs"};
    default:
        return {ErrorCode::database, "the store refused", ""};
    }
}

} // namespace

Error databaseError(const fs::path& file, int extendedCode, std::string_view message) {
    const Diagnosis found = diagnose(extendedCode);
    const std::string why = std::string(found.why) + ", SQLite " + std::to_string(extendedCode) +
                            ": " + std::string(message);
    return {found.code, file.string(), why, found.remedy};
}

std::string_view networkFileSystem(std::int64_t magic) noexcept {
    // Magic numbers above 2^31 arrive with their sign extended on some systems.
    const auto word = static_cast<std::uint32_t>(magic & 0xFFFF'FFFF);
    for (const NetworkMagic& network : kNetworks)
        if (network.magic == word)
            return network.name;
    return {};
}

void requireLocalFolder(const fs::path& folder) {
    struct statfs info {};

    if (::statfs(folder.empty() ? "." : folder.c_str(), &info) != 0)
        throw Error(errno == ENOENT ? ErrorCode::notFound : ErrorCode::io, folder.string(),
                    std::string("the folder cannot be looked at, ") + std::strerror(errno),
                    "check the name and the permissions");
    const std::string_view network = networkFileSystem(info.f_type);
    if (!network.empty())
        throw Error(ErrorCode::unsupported, folder.string(),
                    "it lies on a " + std::string(network) +
                        " file system, where locks and syncs cannot be relied upon",
                    "copy it to a local disk and work there");
}

Database::Database(const fs::path& file, const Options& options)
    : m_file(file) {
    requireLocalFolder(file.parent_path());
    std::error_code ignored;
    if (!options.create && !fs::exists(file, ignored))
        throw Error(ErrorCode::notFound, file.string(), "there is no such file", "check the name");
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | (options.create ? SQLITE_OPEN_CREATE : 0);
    try {
        m_handle = std::make_unique<SQLite::Database>(file.string(), flags, kBusyMs);
    } catch (const SQLite::Exception& error) {
        throw databaseError(file, error.getExtendedErrorCode(), error.getErrorStr());
    }
    configure();
}

Database::~Database() {
    // Letting the lock go before closing lets SQLite remove its journal file; a failure only leaves
    // an empty one behind.
    m_handle->tryExec("PRAGMA locking_mode=NORMAL; SELECT count(*) FROM sqlite_schema;");
}

void Database::configure() {
    sqlite3* const db = m_handle->getHandle();
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    execute(
        "PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
        "PRAGMA recursive_triggers=ON; PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA;");
    execute("PRAGMA journal_mode=DELETE;");
    // Takes the exclusive lock, which this locking mode then keeps.
    execute("BEGIN EXCLUSIVE; COMMIT;");
}

void Database::fail(int extendedCode, std::string_view message) {
    const Error error = databaseError(m_file, extendedCode, message);
    const int primary = extendedCode & 0xFF;
    if (m_failed.empty() && (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT))
        m_failed = error.why();
    throw Error(error);
}

void Database::check(int code) {
    if (code != SQLITE_OK)
        fail(m_handle->getExtendedErrorCode(), m_handle->getErrorMsg());
}

void Database::execute(const std::string& sql) {
    check(m_handle->tryExec(sql));
}

std::int64_t Database::pragma(std::string_view name) {
    Statement statement(*this, "PRAGMA " + std::string(name));
    return statement.step() ? statement.integer(0) : 0;
}

void Database::setPragma(std::string_view name, std::int64_t value) {
    execute("PRAGMA " + std::string(name) + "=" + std::to_string(value));
}

std::vector<std::string> Database::integrityFaults(bool full) {
    std::vector<std::string> faults;
    Statement pages(*this, full ? "PRAGMA integrity_check" : "PRAGMA quick_check");
    while (pages.step())
        if (const std::string line = pages.text(0); line != "ok")
            faults.push_back(m_file.string() + ": " + line);
    Statement keys(*this, "PRAGMA foreign_key_check");
    while (keys.step())
        faults.push_back(m_file.string() + ": a row of " + keys.text(0) + " names a row of " +
                         keys.text(2) + " that is not there");
    return faults;
}

void Database::protect(std::vector<std::string> appendOnlyTables) {
    m_appendOnly = std::move(appendOnlyTables);
    sqlite3_set_authorizer(m_handle->getHandle(), authorize, &m_appendOnly);
}

void Database::copyTo(const fs::path& target) {
    sqlite3* const db = m_handle->getHandle();
    // VACUUM builds the copy by statements that the authorizer of a protected file refuses.
    sqlite3_set_authorizer(db, nullptr, nullptr);
    try {
        writeFileDurably(target, [this](const fs::path& temporary) {
            std::error_code ignored;
            fs::remove(temporary, ignored);
            Statement copy(*this, "VACUUM INTO ?");
            copy.bind(temporary.string()).run();
        });
    } catch (...) {
        protect(std::move(m_appendOnly));
        throw;
    }
    if (!m_appendOnly.empty())
        protect(std::move(m_appendOnly));
}

Database::Transaction::Transaction(Database& database)
    : m_database(database)
    , m_level(database.m_depth + 1) {
    if (!database.m_failed.empty())
        throw Error(ErrorCode::io, database.m_file.string(),
                    "nothing more is written after a failure (" + database.m_failed + ")",
                    "close it, check the disk, and open it again");
    database.execute(m_level == 1 ? "BEGIN IMMEDIATE"
                                  : "SAVEPOINT level" + std::to_string(m_level));
    ++database.m_depth;
}

Database::Transaction::~Transaction() {
    if (m_open)
        rollBack();
}

void Database::Transaction::commit() {
    if (m_level == 1)
        for (const Hooks& hooks : m_database.m_hooks)
            if (hooks.committing)
                hooks.committing(); // if it throws, the destructor rolls back
    const int code = m_database.m_handle->tryExec(
        m_level == 1 ? "COMMIT" : "RELEASE level" + std::to_string(m_level));
    if (code != SQLITE_OK) {
        const int extended = m_database.m_handle->getExtendedErrorCode();
        const std::string message = m_database.m_handle->getErrorMsg();
        rollBack();
        m_database.fail(extended, message);
    }
    m_open = false;
    --m_database.m_depth;
    if (m_level == 1)
        for (const Hooks& hooks : m_database.m_hooks)
            if (hooks.committed)
                hooks.committed();
}

void Database::Transaction::rollBack() noexcept {
    m_open = false;
    --m_database.m_depth;
    const std::string level = std::to_string(m_level);
    // SQLite may have rolled the whole transaction back by itself, as it does when the disk is
    // full.
    if (sqlite3_get_autocommit(m_database.m_handle->getHandle()) == 0)
        m_database.m_handle->tryExec(
            m_level == 1 ? "ROLLBACK" : "ROLLBACK TO level" + level + "; RELEASE level" + level);
    if (m_level == 1)
        for (const Hooks& hooks : m_database.m_hooks)
            if (hooks.rolledBack)
                hooks.rolledBack();
}

} // namespace likeness
