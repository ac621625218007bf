// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace SQLite {
class Statement;
}

namespace likeness {

class Database;

/// A prepared statement with bound parameters ("?" in order); values never become part of the SQL
/// text. It must be gone before its database is. Columns count from 0. Missing is NULL. All
/// functions throw Error as Database does.
class Statement {
public:
    Statement(Database& database, const std::string& sql);
    ~Statement();
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) = delete;

    /// Binds all parameters in order, after a reset.
    template <typename... Values>
    Statement& bind(const Values&... values) {
        reset();
        int index = 0;
        (bindAt(++index, values), ...);
        return *this;
    }

    [[nodiscard]] bool step(); ///< True while there is a row.
    void run();                ///< For statements without rows.

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::vector<std::byte> blob(int column) const;
    [[nodiscard]] Json json(int column) const; ///< Throws Error(database) if it is not JSON.
    [[nodiscard]] std::optional<std::int64_t> optionalInteger(int column) const;
    [[nodiscard]] std::optional<double> optionalReal(int column) const;
    [[nodiscard]] std::optional<std::string> optionalText(int column) const;

private:
    void reset();
    void bindAt(int index, std::nullptr_t);
    void bindAt(int index, std::int64_t value);
    void bindAt(int index, double value);
    void bindAt(int index, std::string_view value);
    void bindAt(int index, std::span<const std::byte> value);
    void bindAt(int index, const Json& value);

    template <std::integral T>
    void bindAt(int index, T value) {
        bindAt(index, static_cast<std::int64_t>(value));
    }

    void bindAt(int index, const std::string& value) { bindAt(index, std::string_view(value)); }

    void bindAt(int index, const char* value) { bindAt(index, std::string_view(value)); }

    template <typename T>
    void bindAt(int index, const std::optional<T>& value) {
        if (value)
            bindAt(index, *value);
        else
            bindAt(index, nullptr);
    }

    Database& m_database;
    std::unique_ptr<SQLite::Statement> m_statement;
};

/// JSON as it is stored in columns: sorted keys, no white space, UTF-8. Throws
/// Error(format) for text that is not UTF-8.
[[nodiscard]] std::string jsonText(const Json& value);

} // namespace likeness
