// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

class AnnotationRepository;
class AssetStore;
class AuditLog;
class CheckpointRepository;
class Database;
class KeyPair;
class MetricRepository;
class SampleRepository;
class StudyRepository;
class Trash;
class Volume;

/// A project folder NAME.likeness: `project.sqlite`, `assets/ab/<sha256>.<ext>`,
/// `checkpoints/<id>.safetensors`, `keys/`. One process has it open at a time (an exclusive lock
/// held for life); a second one gets Error(conflict) at once. Not thread-safe: one job at a time
/// uses a Project (ui/jobs serialises them).
class Project {
public:
    /// Throws Error(conflict) if the folder exists and is not empty.
    [[nodiscard]] static Project create(const std::filesystem::path& folder);

    /// Throws Error: notFound, conflict (locked), unsupported (newer schema; the file is left
    /// unchanged), database (damaged).
    [[nodiscard]] static Project open(const std::filesystem::path& folder);

    Project(Project&&) noexcept;
    Project& operator=(Project&&) noexcept;
    ~Project();

    [[nodiscard]] const std::filesystem::path& folder() const noexcept;
    [[nodiscard]] std::string name() const;
    [[nodiscard]] Database& database() noexcept;

    [[nodiscard]] std::vector<SetRecord> sets();
    [[nodiscard]] SetRecord set(const std::string& name); ///< Throws Error(notFound).
    [[nodiscard]] std::optional<SetRecord> findSet(const std::string& name);
    [[nodiscard]] std::vector<SampleRecord> samples(const std::string& setId);
    [[nodiscard]] SampleRecord sample(const std::string& id);
    [[nodiscard]] std::vector<CheckpointRecord> checkpoints();
    [[nodiscard]] CheckpointRecord checkpoint(const std::string& id);
    [[nodiscard]] std::filesystem::path checkpointFile(const std::string& id) const;
    [[nodiscard]] std::vector<MetricRecord> metrics(const std::string& setId);
    [[nodiscard]] std::vector<StudyRecord> studies();
    [[nodiscard]] StudyRecord study(const std::string& nameOrId); ///< Throws Error(notFound).

    /// Pixels of a sample, verified against their hash. Throws Error(database) when the asset is
    /// missing or altered.
    [[nodiscard]] Volume pixels(const SampleRecord& sample);

    /// The same from the project's folder alone, for any thread: viewers look while a job has the
    /// Project.
    [[nodiscard]] static Volume pixelsIn(const std::filesystem::path& folder,
                                         const SampleRecord& sample);

    /// Everything that is wrong: missing or altered assets, broken chains, orphans, failed
    /// integrity checks.
    [[nodiscard]] std::vector<std::string> check();

    /// For the workflows of db/workflow, which write. Several calls make one change inside a
    /// Database::Transaction on database().
    [[nodiscard]] SampleRepository& sampleRepository() noexcept;
    [[nodiscard]] CheckpointRepository& checkpointRepository() noexcept;
    [[nodiscard]] MetricRepository& metricRepository() noexcept;
    [[nodiscard]] StudyRepository& studyRepository() noexcept;
    [[nodiscard]] AnnotationRepository& annotations() noexcept;
    [[nodiscard]] Trash& trash() noexcept;
    [[nodiscard]] AssetStore& assets() noexcept;
    [[nodiscard]] AuditLog& audit() noexcept;

    /// The lead's key pairs, in `keys/lead.key` (mode 0600).
    [[nodiscard]] const KeyPair& leadKeys() const noexcept;

private:
    struct State;
    explicit Project(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace likeness
