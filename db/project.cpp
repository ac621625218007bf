// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/project.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"
#include "core/imaging/image.h"
#include "db/annotationrepository.h"
#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/checkpointrepository.h"
#include "db/clock.h"
#include "db/folders.h"
#include "db/metricrepository.h"
#include "db/migrations.h"
#include "db/samplerepository.h"
#include "db/signing.h"
#include "db/statement.h"
#include "db/studyrepository.h"
#include "db/trash.h"
#include "db/witness.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFile = "project.sqlite";

/// The hash before the first entry of the audit trail: what the project said of itself at birth.
std::string auditOrigin(Database& database) {
    Statement row(database, "SELECT id, created_at, app_version FROM project");
    if (!row.step())
        throw Error(ErrorCode::database, database.file().string(),
                    "the project's own row is missing", "restore a backup");
    return sha256Hex(row.text(0) + "\n" + row.text(1) + "\n" + row.text(2));
}

void fillNewProject(const fs::path& folder) {
    for (const char* name : {"assets", "checkpoints", "staging", "witness"})
        makeFolder(folder / name);
    makeFolder(folder / "keys", true);
    static_cast<void>(KeyPair::loadOrCreate(folder / "keys" / "lead.key"));
    const auto database = openDatabase(folder / kFile, projectSchema(), {.create = true});
    Database::Transaction transaction(*database);
    Statement(*database, "INSERT INTO project (id, created_at, app_version) VALUES (?,?,?)")
        .bind(randomId(16), utcNow(), appVersion())
        .run();
    transaction.commit();
    Witness witness(folder / "witness" / "audit.head");
    AuditLog audit(*database, auditOrigin(*database), witness);
    Database::Transaction first(*database);
    audit.add("project.create", folder.filename().string(), Json::object());
    first.commit();
}

} // namespace

struct Project::State {
    explicit State(const fs::path& projectFolder)
        : folder(projectFolder)
        , database(openDatabase(folder / kFile, projectSchema(), {}))
        , witness(folder / "witness" / "audit.head")
        , audit(*database, auditOrigin(*database), witness)
        , assets(folder, *database)
        , samples(*database, assets, audit)
        , checkpoints(*database, folder / "checkpoints", audit)
        , metrics(*database)
        , studies(*database, assets, audit)
        , annotations(*database)
        , trash(*database, assets, audit, folder / "checkpoints")
        , keys(KeyPair::loadOrCreate(folder / "keys" / "lead.key")) {}

    fs::path folder;
    std::unique_ptr<Database> database;
    Witness witness;
    AuditLog audit;
    AssetStore assets;
    SampleRepository samples;
    CheckpointRepository checkpoints;
    MetricRepository metrics;
    StudyRepository studies;
    AnnotationRepository annotations;
    Trash trash;
    KeyPair keys;
};

Project Project::create(const fs::path& folder) {
    std::error_code ignored;
    if (fs::exists(folder, ignored) &&
        !(fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored)))
        throw Error(ErrorCode::conflict, folder.string(), "the folder exists and is not empty",
                    "choose another name");
    const fs::path target = fs::absolute(folder).lexically_normal();
    const fs::path named = target.has_filename() ? target : target.parent_path();
    makeFolder(named.parent_path());
    {
        // Made aside and renamed, so that a project is there whole or not at all.
        const TemporaryFolder aside(named.parent_path());
        const fs::path made = aside.path() / named.filename();
        makeFolder(made);
        fillNewProject(made);
        if (std::rename(made.c_str(), named.c_str()) != 0)
            throw Error(ErrorCode::io, named.string(),
                        std::string("the folder cannot be made, ") + std::strerror(errno),
                        "check the permissions");
        syncFolder(named.parent_path());
    }
    return open(named);
}

Project Project::open(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        throw Error(ErrorCode::notFound, folder.string(), "there is no such folder",
                    "check the name or make a new project");
    if (!fs::exists(folder / kFile, ignored))
        throw Error(ErrorCode::notFound, folder.string(),
                    "the folder holds no project, project.sqlite is missing",
                    "choose the folder NAME.likeness of a project");
    makeFolder(folder / "witness");
    makeFolder(folder / "keys", true);
    const fs::path target = fs::absolute(folder).lexically_normal();
    auto state = std::make_unique<State>(target.has_filename() ? target : target.parent_path());
    const std::vector<std::string> faults = state->studies.faults();
    if (!faults.empty())
        throw Error(ErrorCode::database, folder.string(), faults.front(),
                    "keep the project as it is and restore a backup beside it");
    return Project(std::move(state));
}

Project::Project(std::unique_ptr<State> state)
    : m_state(std::move(state)) {}

Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;
Project::~Project() = default;

const fs::path& Project::folder() const noexcept {
    return m_state->folder;
}

std::string Project::name() const {
    return m_state->folder.stem().string();
}

Database& Project::database() noexcept {
    return *m_state->database;
}

std::vector<SetRecord> Project::sets() {
    return m_state->samples.sets();
}

SetRecord Project::set(const std::string& name) {
    if (auto found = findSet(name))
        return *found;
    throw Error(ErrorCode::notFound, "set " + name, "the project has no set of this name",
                "list its sets");
}

std::optional<SetRecord> Project::findSet(const std::string& name) {
    return m_state->samples.findSet(name);
}

std::vector<SampleRecord> Project::samples(const std::string& setId) {
    return m_state->samples.samples(setId);
}

SampleRecord Project::sample(const std::string& id) {
    return m_state->samples.sample(id);
}

std::vector<CheckpointRecord> Project::checkpoints() {
    return m_state->checkpoints.all();
}

CheckpointRecord Project::checkpoint(const std::string& id) {
    return m_state->checkpoints.byId(id);
}

fs::path Project::checkpointFile(const std::string& id) const {
    return m_state->checkpoints.file(m_state->checkpoints.byId(id).id);
}

std::vector<MetricRecord> Project::metrics(const std::string& setId) {
    return m_state->metrics.latest(setId);
}

std::vector<StudyRecord> Project::studies() {
    return m_state->studies.all();
}

StudyRecord Project::study(const std::string& nameOrId) {
    return m_state->studies.byNameOrId(nameOrId);
}

Volume Project::pixels(const SampleRecord& sample) {
    return pixelsIn(m_state->folder, sample);
}

Volume Project::pixelsIn(const fs::path& folder, const SampleRecord& sample) {
    Volume volume = readAssetPixels(folder, sample.sha256, sample.extension);
    if (pixelsSha256(volume.span()) != sample.pixelsSha256)
        throw Error(ErrorCode::database, "sample " + sample.id,
                    "its file does not hold the pixels that were stored",
                    "restore it from a backup of the project");
    volume.voxelSize = sample.voxelUm
                           ? std::optional(VoxelSize{*sample.voxelUm, sample.voxelSource})
                           : std::nullopt;
    return volume;
}

std::vector<std::string> Project::check() {
    std::vector<std::string> problems = m_state->database->integrityFaults(true);
    const auto take = [&problems](std::vector<std::string> more) {
        problems.insert(problems.end(), more.begin(), more.end());
    };
    take(m_state->audit.faults());
    take(m_state->studies.faults());
    Statement assets(*m_state->database,
                     "SELECT sha256, extension FROM sample UNION "
                     "SELECT mask_sha256, 'png' FROM sample WHERE mask_sha256 IS NOT NULL UNION "
                     "SELECT sha256, 'raw' FROM study_stimulus ORDER BY 1, 2");
    while (assets.step())
        if (std::string fault = m_state->assets.fault(assets.text(0), assets.text(1));
            !fault.empty())
            problems.push_back(std::move(fault));
    take(m_state->checkpoints.faults());
    take(m_state->trash.faults());
    for (const std::string& orphan : m_state->assets.orphans())
        problems.push_back(orphan + ": no sample or study uses it");
    return problems;
}

SampleRepository& Project::sampleRepository() noexcept {
    return m_state->samples;
}

CheckpointRepository& Project::checkpointRepository() noexcept {
    return m_state->checkpoints;
}

MetricRepository& Project::metricRepository() noexcept {
    return m_state->metrics;
}

StudyRepository& Project::studyRepository() noexcept {
    return m_state->studies;
}

AnnotationRepository& Project::annotations() noexcept {
    return m_state->annotations;
}

Trash& Project::trash() noexcept {
    return m_state->trash;
}

AssetStore& Project::assets() noexcept {
    return m_state->assets;
}

AuditLog& Project::audit() noexcept {
    return m_state->audit;
}

const KeyPair& Project::leadKeys() const noexcept {
    return m_state->keys;
}

} // namespace likeness
