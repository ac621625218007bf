// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "db/records.h"

#include <QAbstractListModel>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// A trained model that can be sampled: one of the project's, or one that ships with the program
/// and enters the project when it is first used.
struct CheckpointEntry {
    std::string id; ///< of the project; empty for a shipped one not used yet
    std::optional<std::filesystem::path> file; ///< of a shipped one not used yet
    std::string name;
    std::string model;
    std::string preset;
    std::optional<Domain> domain;
    std::string trainedOn;  ///< set name or what the manifest says
    bool simulated = false; ///< trained on scans of procedural specimens
    std::string sha256;
    std::string madeAt; ///< of one trained in the project; tells models of one name apart
    std::int64_t steps = 0;
    int size = 0; ///< edge it was trained at; 0: unknown
    bool shipped = false;
    bool resumable = false;         ///< stopped before its time and can go on
    Json metadata = Json::object(); ///< the manifest
};

/// Entries of the project's checkpoints, with the names of the sets that `sets` still holds.
[[nodiscard]] CheckpointEntry entryOf(const CheckpointRecord& record,
                                      const std::vector<SetRecord>& sets);

/// The checkpoints of a folder, by their headers. Files that are none are left out, with a line in
/// the log.
[[nodiscard]] std::vector<CheckpointEntry> shippedCheckpoints(const std::filesystem::path& folder);

/// Project's entries first; a shipped one that the project has taken in already is not repeated.
[[nodiscard]] std::vector<CheckpointEntry>
mergedCheckpoints(std::vector<CheckpointEntry> own, const std::vector<CheckpointEntry>& shipped);

class CheckpointListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    explicit CheckpointListModel(QObject* parent = nullptr);

    void setEntries(std::vector<CheckpointEntry> entries);
    [[nodiscard]] const CheckpointEntry* at(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<CheckpointEntry> m_entries;
};

} // namespace likeness
