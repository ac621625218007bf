// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/eventlog.h"

#include "db/signing.h"
#include "db/statement.h"

#include <utility>

namespace likeness {

namespace {

constexpr const char* kColumns =
    "id, chain, seq, study, rater, session, kind, plan_seq, stimulus, value, supersedes, rt_ns, "
    "utc, "
    "monotonic_ns, boot_id, app_version, simulated, input, telemetry, prev_hash, hash";

RatingEvent eventOf(const Statement& row) {
    RatingEvent event;
    event.id = row.text(0);
    event.chain = row.text(1);
    event.seq = row.integer(2);
    event.study = row.text(3);
    event.rater = row.text(4);
    event.session = row.text(5);
    event.kind = row.text(6) == "answer" ? EventKind::answer : EventKind::undo;
    event.planSeq = row.integer(7);
    event.stimulus = row.text(8);
    event.value = row.optionalInteger(9);
    event.supersedes = row.optionalText(10);
    event.rtNs = row.integer(11);
    event.utc = row.text(12);
    event.monotonicNs = row.integer(13);
    event.bootId = row.text(14);
    event.appVersion = row.text(15);
    event.simulated = row.integer(16) != 0;
    event.input = row.text(17);
    event.telemetry = row.json(18);
    event.prevHash = row.text(19);
    event.hash = row.text(20);
    return event;
}

std::string faultAt(std::int64_t seq, std::string_view what) {
    return "rating event " + std::to_string(seq) + " " + std::string(what);
}

/// The hash of an event as it is stored; empty where what is stored cannot even be hashed.
std::string storedHash(const RatingEvent& event) {
    try {
        return eventHash(event);
    } catch (const Error&) {
        return {}; // a flipped bit can leave text that is not UTF-8
    }
}

} // namespace

void readEvents(Database& database,
                const std::string& chain,
                const std::function<void(const RatingEvent&)>& each) {
    Statement rows(database, std::string("SELECT ") + kColumns +
                                 " FROM rating_event WHERE chain = ? ORDER BY seq");
    rows.bind(chain);
    while (rows.step())
        each(eventOf(rows));
}

void insertEvent(Database& database, const RatingEvent& event) {
    Statement insert(database, std::string("INSERT INTO rating_event (") + kColumns +
                                   ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    insert
        .bind(event.id, event.chain, event.seq, event.study, event.rater, event.session,
              toString(event.kind), event.planSeq, event.stimulus, event.value, event.supersedes,
              event.rtNs, event.utc, event.monotonicNs, event.bootId, event.appVersion,
              event.simulated, event.input, event.telemetry, event.prevHash, event.hash)
        .run();
}

ChainReport verifyChain(Database& database,
                        const std::string& chain,
                        const std::string& origin,
                        const std::function<void(const RatingEvent&)>& each) {
    ChainReport report{0, origin, {}};
    const auto check = [&](const RatingEvent& event) {
        if (!report.fault.empty())
            return;
        const std::int64_t seq = report.length + 1;
        if (event.seq != seq)
            report.fault = faultAt(seq, "is missing");
        else if (event.prevHash != report.head)
            report.fault = faultAt(seq, "does not follow the one before it");
        else if (storedHash(event) != event.hash)
            report.fault = faultAt(seq, "was altered");
        if (!report.fault.empty())
            return;
        report.length = seq;
        report.head = event.hash;
        if (each)
            each(event);
    };
    try {
        readEvents(database, chain, check);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::database)
            throw;
        report.fault = faultAt(report.length + 1, "cannot be read, " + error.why());
    }
    // Also rows that a flipped bit moved to another chain must not be left out in silence.
    Statement others(database, "SELECT count(*) FROM rating_event WHERE chain = ?");
    others.bind(chain);
    if (report.fault.empty() && others.step() && others.integer(0) != report.length)
        report.fault = "the number of rating events differs between table and index";
    return report;
}

std::string witnessFault(const ChainReport& chain,
                         const std::string& previousHead,
                         const std::optional<Witness::Head>& witness) {
    if (!witness)
        return chain.length == 0 ? std::string()
                                 : "the witness of its " + std::to_string(chain.length) +
                                       " rating events is missing";
    if (witness->seq == chain.length && witness->hash == chain.head)
        return {};
    if (witness->seq == chain.length - 1 && witness->hash == previousHead)
        return {};
    if (witness->seq > chain.length)
        return "rating events " + std::to_string(chain.length + 1) + " to " +
               std::to_string(witness->seq) + " are missing at its end";
    return "its " + std::to_string(chain.length) +
           " rating events are not the ones its witness knows";
}

EventLog::EventLog(Database& database, std::string chain, std::string origin, Witness& witness)
    : m_database(database)
    , m_witness(witness)
    , m_chain(std::move(chain)) {
    std::string previous = origin;
    m_head = origin;
    const ChainReport report =
        verifyChain(database, m_chain, origin, [&](const RatingEvent& event) {
            previous = event.prevHash;
            apply(event);
        });
    std::string fault = report.fault;
    Statement count(database, "SELECT count(*) FROM rating_event");
    if (fault.empty() && count.step() && count.integer(0) != report.length)
        fault = "it holds rating events of another store";
    if (fault.empty())
        fault = witnessFault(report, previous, witness.last());
    if (!fault.empty())
        throw Error(ErrorCode::database, database.file().string(), fault,
                    "keep the store as it is, export it, and restore a backup beside it");
    bringWitnessUp();
}

void EventLog::apply(const RatingEvent& event) {
    m_length = event.seq;
    m_head = event.hash;
    m_last = event;
    if (event.kind == EventKind::answer) {
        m_lastAnswer[event.planSeq] = event.id;
        m_current[event.planSeq] = event;
    } else {
        m_current.erase(event.planSeq);
    }
}

void EventLog::bringWitnessUp() {
    if (!m_witness.last() || m_witness.last()->seq < m_length)
        m_witness.append({m_length, m_head});
}

const RatingEvent& EventLog::append(RatingEvent event) {
    // A witness that could not be written after the last event must be brought up before the next.
    bringWitnessUp();
    event.id = randomId(16);
    event.chain = m_chain;
    event.seq = m_length + 1;
    event.prevHash = m_head;
    event.hash = eventHash(event);
    Database::Transaction transaction(m_database);
    insertEvent(m_database, event);
    transaction.commit();
    apply(event);
    try {
        bringWitnessUp();
    } catch (const Error&) {
        // The event is stored, so it counts as saved; the next one is refused until the witness can
        // be written.
        return m_last;
    }
    return m_last;
}

std::optional<RatingEvent> EventLog::current(std::int64_t planSeq) const {
    const auto found = m_current.find(planSeq);
    return found == m_current.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> EventLog::lastAnswerId(std::int64_t planSeq) const {
    const auto found = m_lastAnswer.find(planSeq);
    return found == m_lastAnswer.end() ? std::nullopt : std::optional(found->second);
}

} // namespace likeness
