// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/statement.h"

#include "db/database.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

namespace likeness {

namespace {

/// Runs `f` and turns SQLiteCpp's exception into ours.
template <typename F>
decltype(auto) guarded(Database& database, F&& f) {
    try {
        return f();
    } catch (const SQLite::Exception& error) {
        database.fail(error.getExtendedErrorCode(), error.getErrorStr());
    }
}

} // namespace

Statement::Statement(Database& database, const std::string& sql)
    : m_database(database)
    , m_statement(guarded(
          database, [&] { return std::make_unique<SQLite::Statement>(database.handle(), sql); })) {}

Statement::~Statement() = default;
Statement::Statement(Statement&&) noexcept = default;

void Statement::reset() {
    // The result of a reset repeats the error of the last step, which was reported then.
    m_statement->tryReset();
    m_statement->clearBindings();
}

bool Statement::step() {
    return guarded(m_database, [&] { return m_statement->executeStep(); });
}

void Statement::run() {
    while (step()) {
    }
    m_statement->tryReset();
}

bool Statement::isNull(int column) const {
    return m_statement->isColumnNull(column);
}

std::int64_t Statement::integer(int column) const {
    return m_statement->getColumn(column).getInt64();
}

double Statement::real(int column) const {
    return m_statement->getColumn(column).getDouble();
}

std::string Statement::text(int column) const {
    return m_statement->getColumn(column).getString();
}

std::vector<std::byte> Statement::blob(int column) const {
    const SQLite::Column value = m_statement->getColumn(column);
    const auto* const data = static_cast<const std::byte*>(value.getBlob());
    return {data, data + value.getBytes()};
}

Json Statement::json(int column) const {
    try {
        return Json::parse(text(column));
    } catch (const Json::exception& error) {
        throw Error(ErrorCode::database, m_database.file().string(),
                    std::string("a column does not hold JSON, ") + error.what(),
                    "restore a backup");
    }
}

std::optional<std::int64_t> Statement::optionalInteger(int column) const {
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<double> Statement::optionalReal(int column) const {
    return isNull(column) ? std::nullopt : std::optional(real(column));
}

std::optional<std::string> Statement::optionalText(int column) const {
    return isNull(column) ? std::nullopt : std::optional(text(column));
}

void Statement::bindAt(int index, std::nullptr_t) {
    guarded(m_database, [&] { m_statement->bind(index); });
}

void Statement::bindAt(int index, std::int64_t value) {
    guarded(m_database, [&] { m_statement->bind(index, value); });
}

void Statement::bindAt(int index, double value) {
    guarded(m_database, [&] { m_statement->bind(index, value); });
}

void Statement::bindAt(int index, std::string_view value) {
    guarded(m_database, [&] { m_statement->bind(index, std::string(value)); });
}

void Statement::bindAt(int index, std::span<const std::byte> value) {
    guarded(m_database,
            [&] { m_statement->bind(index, value.data(), static_cast<int>(value.size())); });
}

void Statement::bindAt(int index, const Json& value) {
    bindAt(index, std::string_view(jsonText(value)));
}

std::string jsonText(const Json& value) {
    try {
        return value.dump();
    } catch (const Json::exception& error) {
        throw Error(ErrorCode::format, "a text that is to be stored", error.what(),
                    "use UTF-8 text");
    }
}

} // namespace likeness
