// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/provenance.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "db/workflow/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestTable = std::uintmax_t{64} << 20U;

/// One table and where its columns stand.
class Table {
public:
    explicit Table(const fs::path& file)
        : m_subject(file.string())
        , m_folder(file.parent_path())
        , m_rows(parseCsv(readTextFile(file, kLargestTable), m_subject)) {
        if (m_rows.empty() || !column("file"))
            throw Error(ErrorCode::format, m_subject, "it has no column 'file'",
                        "name the columns in its first row: file, seed, prompt, parent, model, "
                        "version, cost");
    }

    [[nodiscard]] std::size_t size() const noexcept { return m_rows.size() - 1; }

    [[nodiscard]] Provenance row(std::size_t index) const {
        Provenance row;
        row.file = fileOf(text(index, "file").value_or(""));
        row.seed = number<std::uint64_t>(index, "seed");
        row.prompt = text(index, "prompt");
        row.parentId = text(index, "parent");
        row.model = text(index, "model").value_or("");
        if (const auto version = text(index, "version"))
            row.model += (row.model.empty() ? "" : " ") + *version;
        row.cost = number<double>(index, "cost");
        if (row.cost && !(std::isfinite(*row.cost) && *row.cost >= 0.0))
            refuse(index, "cost");
        return row;
    }

private:
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const {
        const auto& header = m_rows.front();
        const auto found = std::find(header.begin(), header.end(), name);
        if (found == header.end())
            return std::nullopt;
        return static_cast<std::size_t>(found - header.begin());
    }

    /// Nothing for a missing column and an empty field.
    [[nodiscard]] std::optional<std::string> text(std::size_t index, std::string_view name) const {
        const auto place = column(name);
        if (!place || m_rows[index + 1][*place].empty())
            return std::nullopt;
        return m_rows[index + 1][*place];
    }

    template <typename T>
    [[nodiscard]] std::optional<T> number(std::size_t index, std::string_view name) const {
        const auto field = text(index, name);
        if (!field)
            return std::nullopt;
        T value{};
        const auto [rest, error] =
            std::from_chars(field->data(), field->data() + field->size(), value);
        if (error != std::errc() || rest != field->data() + field->size())
            refuse(index, name);
        return value;
    }

    [[noreturn]] void refuse(std::size_t index, std::string_view name) const {
        throw Error(ErrorCode::format, m_subject,
                    "row " + std::to_string(index + 2) + " has no valid '" + std::string(name) +
                        "'",
                    "correct the table");
    }

    [[nodiscard]] fs::path fileOf(const std::string& name) const {
        const fs::path relative = fs::path(name).lexically_normal();
        if (name.empty() || relative.is_absolute() || *relative.begin() == "..")
            throw Error(ErrorCode::format, m_subject,
                        "the file '" + name + "' is not below the folder of the table",
                        "name files by their paths from there");
        return m_folder / relative;
    }

    std::string m_subject;
    fs::path m_folder;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace

std::vector<Provenance> readProvenance(const fs::path& table) {
    const Table read(table);
    std::vector<Provenance> rows;
    for (std::size_t i = 0; i < read.size(); ++i)
        rows.push_back(read.row(i));
    return rows;
}

void adopt(Project& project, const Provenance& row, SampleRecord& sample) {
    sample.seed = row.seed;
    if (row.prompt)
        sample.prompt = row.prompt;
    if (!row.parentId)
        return;
    const SampleRecord parent = project.sample(*row.parentId);
    sample.parentId = parent.id;
    sample.specimen = parent.specimen;
}

std::string modelOf(const std::vector<Provenance>& rows, const std::string& subject) {
    std::set<std::string> models;
    for (const Provenance& row : rows)
        if (!row.model.empty())
            models.insert(row.model);
    if (models.size() > 1)
        throw Error(ErrorCode::conflict, subject,
                    "it names several models, " + *models.begin() + " and " + *models.rbegin() +
                        " among them",
                    "make a set for each");
    return models.empty() ? std::string() : *models.begin();
}

} // namespace likeness
