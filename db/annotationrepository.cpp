// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/annotationrepository.h"

#include "core/base/error.h"
#include "db/clock.h"
#include "db/signing.h"
#include "db/statement.h"

namespace likeness {

namespace {

constexpr int kIdBytes = 8;

/// How each annotation stands, and when its first row was written.
constexpr const char* kStanding =
    "SELECT mark.id, mark.sample_id, mark.kind, mark.axis, mark.slice, mark.points, mark.text, "
    "mark.author, (SELECT first.at FROM annotation AS first WHERE first.id = mark.id "
    "ORDER BY first.seq LIMIT 1), mark.at, mark.removed FROM annotation AS mark "
    "JOIN sample ON sample.id = mark.sample_id AND sample.deleted_at IS NULL "
    "WHERE mark.seq = (SELECT max(seq) FROM annotation WHERE id = mark.id) ";

/// In the order of making.
constexpr const char* kOrder =
    "ORDER BY (SELECT min(seq) FROM annotation AS first WHERE first.id = mark.id)";

[[noreturn]] void throwUnknown(const std::string& id) {
    throw Error(ErrorCode::notFound, "annotation " + id, "the project has no such annotation",
                "list the annotations of the project");
}

AnnotationRecord recordOf(const Statement& row) {
    AnnotationRecord record;
    record.id = row.text(0);
    record.sampleId = row.text(1);
    record.mark.kind = *annotationKindFrom(row.text(2)); // the CHECK lets no other word in
    record.mark.axis = static_cast<int>(row.integer(3));
    record.mark.slice = row.integer(4);
    try {
        record.mark.points = row.json(5).get<std::vector<std::array<double, 2>>>();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::database, "annotation " + record.id, "its points are damaged",
                    "restore a backup");
    }
    record.mark.text = row.text(6);
    record.author = row.text(7);
    record.createdAt = row.text(8);
    record.changedAt = row.text(9);
    return record;
}

} // namespace

struct AnnotationRepository::Row {
    AnnotationRecord record;
    bool removed = false;
};

AnnotationRepository::AnnotationRepository(Database& database)
    : m_database(database) {}

std::string AnnotationRepository::newId() {
    return randomId(kIdBytes);
}

AnnotationRecord AnnotationRepository::add(const std::string& sampleId,
                                           const Annotation& mark,
                                           const std::string& id) {
    requireFits(sampleId, mark);
    if (last(id))
        throw Error(ErrorCode::config, "annotation " + id, "the project has one of this id",
                    "let the program choose the id");
    AnnotationRecord record;
    record.id = id;
    record.sampleId = sampleId;
    record.mark = mark;
    insert(record, false);
    return find(record.id);
}

AnnotationRecord AnnotationRepository::change(const std::string& id, const Annotation& mark) {
    auto row = last(id);
    if (!row)
        throwUnknown(id);
    requireFits(row->record.sampleId, mark);
    row->record.mark = mark;
    insert(row->record, false);
    return find(id);
}

void AnnotationRepository::remove(const std::string& id) {
    insert(find(id), true);
}

AnnotationRecord AnnotationRepository::restore(const std::string& id) {
    const auto row = last(id);
    if (!row)
        throwUnknown(id);
    if (row->removed)
        insert(row->record, false);
    return find(id);
}

AnnotationRecord AnnotationRepository::find(const std::string& id) {
    auto row = last(id);
    if (!row || row->removed)
        throwUnknown(id);
    return std::move(row->record);
}

std::vector<AnnotationRecord>
AnnotationRepository::all(const std::optional<std::string>& sampleId) {
    Statement rows(m_database, std::string(kStanding) + "AND mark.removed = 0 " +
                                   (sampleId ? "AND mark.sample_id = ? " : "") + kOrder);
    if (sampleId)
        rows.bind(*sampleId);
    std::vector<AnnotationRecord> records;
    while (rows.step())
        records.push_back(recordOf(rows));
    return records;
}

std::optional<AnnotationRepository::Row> AnnotationRepository::last(const std::string& id) {
    Statement row(m_database, std::string(kStanding) + "AND mark.id = ?");
    if (!row.bind(id).step())
        return std::nullopt;
    return Row{recordOf(row), row.integer(10) != 0};
}

void AnnotationRepository::insert(const AnnotationRecord& record, bool removed) {
    Database::Transaction transaction(m_database);
    const Annotation& mark = record.mark;
    Statement(m_database, "INSERT INTO annotation (id, sample_id, removed, kind, axis, slice, "
                          "points, text, author, at) VALUES (?,?,?,?,?,?,?,?,?,?)")
        .bind(record.id, record.sampleId, removed ? 1 : 0, std::string(toString(mark.kind)),
              mark.axis, mark.slice, Json(mark.points), mark.text, userName(), utcNow())
        .run();
    transaction.commit();
}

void AnnotationRepository::requireFits(const std::string& sampleId, const Annotation& mark) {
    Statement row(m_database,
                  "SELECT width, height, depth FROM sample WHERE id = ? AND deleted_at IS NULL");
    if (!row.bind(sampleId).step())
        throw Error(ErrorCode::notFound, "sample " + sampleId, "the project has no such sample",
                    "list what the project holds");
    requireAnnotation(mark, {row.integer(0), row.integer(1), row.integer(2)});
}

} // namespace likeness
