// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/imaging/io.h"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace likeness::test {

inline std::filesystem::path goldenFolder() {
    return std::filesystem::path(LIKENESS_TEST_DATA) / "metrics";
}

inline Volume goldenInput(const std::string& name) {
    return readVolume(goldenFolder() / "inputs" / name);
}

/// Golden values of one area; the file format is described in tests/data/metrics/README.md.
class GoldenFile {
public:
    explicit GoldenFile(const std::string& name)
        : m_json(Json::parse(readTextFile(goldenFolder() / "expected" / name))) {}

    [[nodiscard]] const Json& entries() const& { return m_json.at("entries"); }

    /// The entry with this id; a missing one ends the test.
    [[nodiscard]] const Json& entry(const std::string& id) const& {
        for (const Json& e : entries())
            if (e.at("id") == id)
                return e;
        throw std::runtime_error("no golden entry " + id);
    }

    [[nodiscard]] const Json& expected(const std::string& id) const& {
        return entry(id).at("expected");
    }

    // A temporary would take the values with it.
    const Json& entries() const&& = delete;
    const Json& entry(const std::string& id) const&& = delete;
    const Json& expected(const std::string& id) const&& = delete;

private:
    Json m_json;
};

} // namespace likeness::test
