// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/ratingstore.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "db/clock.h"
#include "db/folders.h"
#include "db/migrations.h"
#include "db/statement.h"

#include <algorithm>

namespace likeness {

namespace fs = std::filesystem;

std::string fileWord(const std::string& rater) {
    const bool text = std::none_of(rater.begin(), rater.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    bool utf8 = true;
    try {
        static_cast<void>(Json(rater).dump());
    } catch (const Json::exception&) {
        utf8 = false;
    }
    if (rater.empty() || rater.size() > 64 || !text || !utf8)
        throw Error(ErrorCode::config, "the rater's name",
                    "it must have 1 to 64 bytes of UTF-8 text without control characters",
                    "choose a short pseudonym");
    std::string word;
    for (const char c : rater)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '_')
            word.push_back(c);
    return word == rater ? word : word + "-" + sha256Hex(rater).substr(0, 8);
}

RatingStore::RatingStore(const Opening& opening) {
    makeFolder(opening.folder / "witness");
    makeFolder(opening.folder / "keys", true);
    m_keys = KeyPair::loadOrCreate(opening.folder / "keys" / "installation.key");
    const std::string stem =
        opening.header.study.substr(0, 8) + "-" + fileWord(opening.header.rater);
    m_database = openDatabase(opening.folder / (stem + ".sqlite"), ratingStoreSchema(),
                              {.create = !opening.salvage, .salvage = opening.salvage});
    readHeader(opening);
    const fs::path witness = opening.folder / "witness" / (stem + ".head");
    if (!opening.salvage) {
        m_witness = std::make_unique<Witness>(witness);
        m_log = std::make_unique<EventLog>(*m_database, m_header.chain, m_origin, *m_witness);
        return;
    }
    try {
        m_witness = std::make_unique<Witness>(witness);
    } catch (const Error& error) {
        m_fault = error.what();
    }
}

void RatingStore::readHeader(const Opening& opening) {
    Statement row(*m_database, "SELECT header, origin FROM store");
    if (row.step()) {
        m_header = headerFromJson(row.json(0));
        m_origin = row.text(1);
        if (originHash(m_header) != m_origin && !opening.salvage)
            throw Error(ErrorCode::database, m_database->file().string(), "its header was altered",
                        "keep the store as it is, export it, and restore a backup beside it");
        requireSame(opening.header);
        return;
    }
    if (opening.salvage)
        throw Error(ErrorCode::notFound, m_database->file().string(), "the store is empty");
    m_header = opening.header;
    m_header.chain = randomId(16);
    m_header.signingKey = m_keys->signingKey();
    m_header.createdAt = utcNow();
    m_origin = originHash(m_header);
    Database::Transaction transaction(*m_database);
    Statement(*m_database, "INSERT INTO store (only, chain, header, origin) VALUES (1,?,?,?)")
        .bind(m_header.chain, toJson(m_header), m_origin)
        .run();
    transaction.commit();
}

void RatingStore::requireSame(const StoreHeader& wanted) const {
    const std::string what = "ratings of " + wanted.rater;
    if (m_header.rater != wanted.rater || m_header.study != wanted.study)
        throw Error(ErrorCode::conflict, what, "their store belongs to another rater or study",
                    "choose another name");
    if (m_header.slot != wanted.slot)
        throw Error(ErrorCode::conflict, what,
                    "they were begun with plan " + std::to_string(m_header.slot) + ", not plan " +
                        std::to_string(wanted.slot),
                    "go on with plan " + std::to_string(m_header.slot));
    if (m_header.manifestSha256 != wanted.manifestSha256)
        throw Error(ErrorCode::conflict, what, "they were begun with another file of this study",
                    "use the package they were begun with");
    if (m_header.simulated != wanted.simulated)
        throw Error(ErrorCode::conflict, what,
                    m_header.simulated ? "they were made by a simulated rater"
                                       : "they were made by a person",
                    "choose another name");
    if (m_header.signingKey != m_keys->signingKey())
        throw Error(ErrorCode::conflict, what, "they were begun by another installation",
                    "restore the folder keys beside the store");
}

EventLog& RatingStore::log() {
    if (!m_log)
        throw Error(ErrorCode::conflict, "ratings of " + m_header.rater,
                    "their store was opened only to export it", "open it for rating");
    return *m_log;
}

std::string RatingStore::storedFault() const {
    if (m_log)
        return {};
    if (!m_fault.empty())
        return m_fault;
    if (originHash(m_header) != m_origin)
        return "its header was altered";
    std::string previous = m_origin;
    const ChainReport report =
        verifyChain(*m_database, m_header.chain, m_origin,
                    [&previous](const RatingEvent& event) { previous = event.prevHash; });
    return report.fault.empty() ? witnessFault(report, previous, m_witness->last()) : report.fault;
}

RatingsFile RatingStore::content() const {
    RatingsFile ratings;
    ratings.header = m_header;
    ratings.head = m_log ? m_log->head() : m_origin;
    ratings.fault = storedFault();
    try {
        readEvents(*m_database, m_header.chain, [&ratings](const RatingEvent& event) {
            static_cast<void>(toLine(event)); // throws for what no file can hold
            ratings.events.push_back(event);
            ratings.head = event.hash;
        });
    } catch (const Error&) {
        // Of a damaged store everything up to the damage is saved; its fault tells where that is.
        if (ratings.fault.empty())
            throw;
    }
    return ratings;
}

} // namespace likeness
