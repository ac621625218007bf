// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/auditlog.h"

#include "core/base/log.h"
#include "core/base/sha256.h"
#include "db/clock.h"
#include "db/statement.h"

#include <utility>

namespace likeness {

namespace {

std::string entryHash(const AuditEntry& entry) {
    const Json fields = {{"seq", entry.seq},         {"batch", entry.batch},
                         {"at", entry.at},           {"actor", entry.actor},
                         {"action", entry.action},   {"target", entry.target},
                         {"details", entry.details}, {"prev_hash", entry.prevHash}};
    return sha256Hex(fields.dump(-1, ' ', false, Json::error_handler_t::replace));
}

AuditEntry entryOf(const Statement& row) {
    return {row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4),
            row.text(5),    row.json(6),    row.text(7), row.text(8)};
}

constexpr const char* kSelect =
    "SELECT seq, batch, at, actor, action, target, details, prev_hash, hash FROM audit ";

} // namespace

AuditLog::AuditLog(Database& database, std::string origin, Witness& witness)
    : m_database(database)
    , m_witness(witness)
    , m_origin(std::move(origin)) {
    const std::vector<std::string> found = faults();
    if (!found.empty())
        throw Error(ErrorCode::database, database.file().string(), found.front(),
                    "keep the project as it is and restore a backup beside it");
    m_pending = m_stored;
    if (!witness.last() || witness.last()->seq < m_stored.seq)
        witness.append(m_stored);
    database.addHooks({[this] { committed(); }, [this] { rolledBack(); }});
}

void AuditLog::add(const std::string& action, const std::string& target, const Json& details) {
    // A witness that could not be written after the last transaction must be brought up first.
    if (m_witness.last()->seq < m_stored.seq)
        m_witness.append(m_stored);
    // Read back, because an inner transaction may have taken entries with it.
    Statement last(m_database, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    m_pending =
        last.step() ? Witness::Head{last.integer(0), last.text(1)} : Witness::Head{0, m_origin};
    AuditEntry entry;
    entry.seq = m_pending.seq + 1;
    entry.batch = m_stored.seq + 1;
    entry.at = utcNow();
    entry.actor = userName();
    entry.action = action;
    entry.target = target;
    entry.details = details;
    entry.prevHash = m_pending.hash;
    entry.hash = entryHash(entry);
    Statement insert(m_database,
                     "INSERT INTO audit (seq, batch, at, actor, action, target, details, "
                     "prev_hash, hash) VALUES (?,?,?,?,?,?,?,?,?)");
    insert
        .bind(entry.seq, entry.batch, entry.at, entry.actor, entry.action, entry.target,
              entry.details, entry.prevHash, entry.hash)
        .run();
    m_pending = {entry.seq, entry.hash};
}

std::vector<AuditEntry> AuditLog::entries(const std::string& action) {
    Statement rows(m_database, std::string(kSelect) + "WHERE ?1 = '' OR action = ?1 ORDER BY seq");
    rows.bind(action);
    std::vector<AuditEntry> entries;
    while (rows.step())
        entries.push_back(entryOf(rows));
    return entries;
}

std::vector<std::string> AuditLog::faults() {
    Witness::Head head{0, m_origin};
    std::int64_t lastBatch = 1;
    const std::optional<Witness::Head>& witness = m_witness.last();
    bool witnessed = witness ? witness->seq == 0 && witness->hash == m_origin : true;
    Statement rows(m_database, std::string(kSelect) + "ORDER BY seq");
    while (rows.step()) {
        const AuditEntry entry = entryOf(rows);
        if (entry.seq != head.seq + 1 || entry.prevHash != head.hash ||
            entryHash(entry) != entry.hash)
            return {"entry " + std::to_string(head.seq + 1) +
                    " of the audit trail was altered or removed"};
        head = {entry.seq, entry.hash};
        lastBatch = entry.batch;
        witnessed =
            witnessed || (witness && witness->seq == head.seq && witness->hash == head.hash);
    }
    m_stored = head;
    if (!witnessed)
        return {"the audit trail is not the one its witness knows: entries are missing at its end"};
    // The witness may lag by the entries of one transaction.
    const std::int64_t known = witness ? witness->seq : 0;
    if (known < head.seq && lastBatch != known + 1)
        return {"the audit trail's witness is missing or too old"};
    return {};
}

void AuditLog::committed() {
    if (m_pending.seq == m_stored.seq)
        return;
    m_stored = m_pending;
    try {
        m_witness.append(m_stored);
    } catch (const Error& error) {
        log(LogLevel::error, error.what());
    }
}

void AuditLog::rolledBack() {
    m_pending = m_stored;
}

} // namespace likeness
