// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "db/database.h"
#include "db/witness.h"

#include <cstdint>
#include <string>
#include <vector>

namespace likeness {

struct AuditEntry {
    std::int64_t seq = 0;
    std::int64_t batch = 0; ///< seq of the first entry of its transaction
    std::string at;         ///< UTC
    std::string actor;      ///< operating-system user
    std::string action;     ///< "set.add", "study.freeze", "ratings.merge", "study.unblind" ...
    std::string target;     ///< id
    Json details = Json::object();
    std::string prevHash;
    std::string hash;
};

/// Who did what to a project, chained and witnessed as rating events are. Its entries also fix the
/// heads of merged rating chains, so that cutting the end off one of those shows.
class AuditLog {
public:
    /// Verifies chain and witness. `origin` is the hash before the first entry. Throws
    /// Error(database).
    AuditLog(Database& database, std::string origin, Witness& witness);

    /// Adds an entry; call it inside the transaction of what it tells.
    void add(const std::string& action, const std::string& target, const Json& details);

    [[nodiscard]] std::vector<AuditEntry> entries(const std::string& action = {});

    /// Verifies again; one sentence a fault.
    [[nodiscard]] std::vector<std::string> faults();

private:
    void committed();
    void rolledBack();

    Database& m_database;
    Witness& m_witness;
    std::string m_origin;
    Witness::Head m_stored;  ///< committed
    Witness::Head m_pending; ///< with the open transaction's entries
};

} // namespace likeness
