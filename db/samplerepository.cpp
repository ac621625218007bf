// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/samplerepository.h"

#include "core/base/error.h"
#include "db/clock.h"
#include "db/signing.h"
#include "db/statement.h"

#include <bit>

namespace likeness {

namespace {

constexpr const char* kSelectSet =
    "SELECT id, name, domain, origin, generator, masks, notes, created_at, "
    "(SELECT count(*) FROM sample WHERE sample.set_id = set_.id) FROM set_ ";

constexpr const char* kSampleColumns =
    "id, set_id, position, sha256, extension, pixels_sha256, type, width, height, depth, channels, "
    "voxel_x_um, voxel_y_um, voxel_z_um, voxel_source, specimen, source_name, source_slice, seed, "
    "checkpoint_id, parent_id, prompt, truth, created_at, recipe, mask_sha256";

/// A word of an enumeration; the CHECK constraints let no other in.
template <typename T>
T known(const std::optional<T>& value) {
    if (!value)
        throw Error(ErrorCode::database, "the project", "it holds a word that is not known",
                    "restore a backup");
    return *value;
}

PixelType pixelTypeFrom(const std::string& word) {
    return word == "uint8" ? PixelType::u8 : word == "uint16" ? PixelType::u16 : PixelType::f32;
}

SetRecord setOf(const Statement& row) {
    return {row.text(0),
            row.text(1),
            known(domainFrom(row.text(2))),
            known(originFrom(row.text(3))),
            row.text(4),
            row.integer(5) != 0,
            row.json(6),
            row.text(7),
            row.integer(8)};
}

SampleRecord sampleOf(const Statement& row) {
    SampleRecord sample;
    sample.id = row.text(0);
    sample.setId = row.text(1);
    sample.index = row.integer(2);
    sample.sha256 = row.text(3);
    sample.extension = row.text(4);
    sample.pixelsSha256 = row.text(5);
    sample.type = pixelTypeFrom(row.text(6));
    sample.width = row.integer(7);
    sample.height = row.integer(8);
    sample.depth = row.integer(9);
    sample.channels = row.integer(10);
    if (!row.isNull(11))
        sample.voxelUm = {row.real(11), row.real(12), row.real(13)};
    sample.voxelSource = row.text(14);
    sample.specimen = row.text(15);
    sample.sourceName = row.text(16);
    sample.sourceSlice = row.optionalInteger(17);
    if (!row.isNull(18))
        sample.seed = std::bit_cast<std::uint64_t>(row.integer(18));
    sample.checkpointId = row.optionalText(19);
    sample.parentId = row.optionalText(20);
    sample.prompt = row.optionalText(21);
    sample.truth = row.json(22);
    sample.createdAt = row.text(23);
    sample.recipe = row.json(24);
    sample.maskSha256 = row.optionalText(25);
    return sample;
}

std::optional<double> edge(const SampleRecord& sample, std::size_t axis) {
    return sample.voxelUm ? std::optional((*sample.voxelUm)[axis]) : std::nullopt;
}

void describe(SampleRecord& sample, const Volume& pixels, const AssetStore::Stored& stored) {
    sample.sha256 = stored.sha256;
    sample.extension = stored.extension;
    sample.pixelsSha256 = pixelsSha256(pixels.span());
    sample.type = pixels.type();
    sample.width = pixels.width();
    sample.height = pixels.height();
    sample.depth = pixels.depth();
    sample.channels = pixels.channels();
    if (!sample.voxelUm && pixels.voxelSize) {
        sample.voxelUm = pixels.voxelSize->um;
        sample.voxelSource = pixels.voxelSize->source;
    }
}

} // namespace

SampleRepository::SampleRepository(Database& database, AssetStore& assets, AuditLog& audit)
    : m_database(database)
    , m_assets(assets)
    , m_audit(audit) {}

SetRecord SampleRepository::addSet(SetRecord set) {
    if (set.name.empty() || set.name.size() > 200)
        throw Error(ErrorCode::config, "a set", "its name must have 1 to 200 characters",
                    "give it a name");
    if ((set.origin == Origin::synthetic) == set.generator.empty())
        throw Error(ErrorCode::config, "set " + set.name,
                    set.generator.empty() ? "a synthetic set must name its generator"
                                          : "only a synthetic set has a generator",
                    "name the model or program that made the images");
    if (findSet(set.name))
        throw Error(ErrorCode::conflict, "set " + set.name, "there is one of this name already",
                    "choose another name");
    set.id = randomId(8);
    set.createdAt = utcNow();
    set.samples = 0;
    Database::Transaction transaction(m_database);
    Statement(m_database, "INSERT INTO set_ (id, name, domain, origin, generator, masks, notes, "
                          "created_at) VALUES (?,?,?,?,?,?,?,?)")
        .bind(set.id, set.name, toString(set.domain), toString(set.origin), set.generator,
              set.masks, set.notes, set.createdAt)
        .run();
    m_audit.add(
        "set.add", set.id,
        {{"name", set.name}, {"origin", toString(set.origin)}, {"generator", set.generator}});
    transaction.commit();
    return set;
}

SampleRecord SampleRepository::addSample(SampleRecord sample, const Volume& pixels) {
    Database::Transaction transaction(m_database);
    describe(sample, pixels, m_assets.putPixels(pixels));
    sample.id = randomId(8);
    sample.index = count(sample.setId);
    sample.createdAt = utcNow();
    std::optional<std::int64_t> seed;
    if (sample.seed)
        seed = std::bit_cast<std::int64_t>(*sample.seed);
    Statement(m_database, std::string("INSERT INTO sample (") + kSampleColumns +
                              ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind(sample.id, sample.setId, sample.index, sample.sha256, sample.extension,
              sample.pixelsSha256, toString(sample.type), sample.width, sample.height, sample.depth,
              sample.channels, edge(sample, 0), edge(sample, 1), edge(sample, 2),
              sample.voxelSource, sample.specimen, sample.sourceName, sample.sourceSlice, seed,
              sample.checkpointId, sample.parentId, sample.prompt, sample.truth, sample.createdAt,
              sample.recipe, sample.maskSha256)
        .run();
    transaction.commit();
    return sample;
}

std::vector<SetRecord> SampleRepository::sets() {
    Statement rows(m_database, std::string(kSelectSet) + "ORDER BY rowid");
    std::vector<SetRecord> sets;
    while (rows.step())
        sets.push_back(setOf(rows));
    return sets;
}

std::optional<SetRecord> SampleRepository::findSet(const std::string& name) {
    Statement row(m_database, std::string(kSelectSet) + "WHERE name = ?");
    row.bind(name);
    return row.step() ? std::optional(setOf(row)) : std::nullopt;
}

SetRecord SampleRepository::setById(const std::string& id) {
    Statement row(m_database, std::string(kSelectSet) + "WHERE id = ?");
    row.bind(id);
    if (!row.step())
        throw Error(ErrorCode::notFound, "set " + id, "the project has no such set",
                    "list its sets");
    return setOf(row);
}

std::vector<SampleRecord> SampleRepository::samples(const std::string& setId) {
    Statement rows(m_database, std::string("SELECT ") + kSampleColumns +
                                   " FROM sample WHERE set_id = ? ORDER BY position");
    rows.bind(setId);
    std::vector<SampleRecord> samples;
    while (rows.step())
        samples.push_back(sampleOf(rows));
    return samples;
}

SampleRecord SampleRepository::sample(const std::string& id) {
    Statement row(m_database,
                  std::string("SELECT ") + kSampleColumns + " FROM sample WHERE id = ?");
    row.bind(id);
    if (!row.step())
        throw Error(ErrorCode::notFound, "sample " + id, "the project has no such sample",
                    "list the samples of its sets");
    return sampleOf(row);
}

std::int64_t SampleRepository::count(const std::string& setId) {
    Statement row(m_database, "SELECT coalesce(max(position) + 1, 0) FROM sample WHERE set_id = ?");
    row.bind(setId);
    return row.step() ? row.integer(0) : 0;
}

std::optional<std::string> SampleRepository::findPixels(const std::string& setId,
                                                        const std::string& pixelsSha256) {
    Statement row(m_database,
                  "SELECT id FROM sample WHERE set_id = ? AND pixels_sha256 = ? LIMIT 1");
    row.bind(setId, pixelsSha256);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

} // namespace likeness
