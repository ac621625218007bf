// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/importing.h"

#include "core/base/error.h"
#include "core/imaging/resample.h"
#include "db/assetstore.h"
#include "db/database.h"
#include "db/samplerepository.h"
#include "db/workflow/provenance.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace likeness {

namespace fs = std::filesystem;

namespace {

struct Item {
    fs::path path;
    std::string specimen;
    std::optional<Provenance> known = {};
};

/// The name of a folder ("sand_2.5um"), or of a file without its suffix.
std::string specimenName(const fs::path& path) {
    const fs::path clean = path.filename().empty() ? path.parent_path() : path;
    std::error_code ignored;
    return (fs::is_directory(clean, ignored) ? clean.filename() : clean.stem()).string();
}

/// One name for each path: those of the same name in several folders carry the folder's, too.
std::vector<std::string> specimenNames(const std::vector<fs::path>& paths) {
    std::map<std::string, int> uses;
    for (const fs::path& path : paths)
        ++uses[specimenName(path)];
    std::vector<std::string> names;
    for (const fs::path& path : paths) {
        std::string name = specimenName(path);
        if (uses[name] > 1)
            name = fs::absolute(path).lexically_normal().parent_path().filename().string() + "/" +
                   name;
        names.push_back(std::move(name));
    }
    return names;
}

std::vector<Item> itemsOf(const ImportRequest& request, const std::vector<Provenance>& known) {
    std::vector<Item> items;
    for (const Provenance& row : known)
        items.push_back({row.file, request.specimen.value_or(""), row});
    if (request.table)
        return items;
    const std::vector<std::string> names = specimenNames(request.paths);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const fs::path& path = request.paths[i];
        const std::string specimen = request.specimen.value_or(names[i]);
        std::error_code ignored;
        if (fs::is_directory(path, ignored) && request.splitSlices) {
            for (const fs::path& file : listImages(path))
                items.push_back({file, specimen});
        } else {
            items.push_back({path, specimen});
        }
    }
    return items;
}

/// Sum of what the rows say; null if none says anything.
Json costOf(const std::vector<Provenance>& rows) {
    std::optional<double> sum;
    for (const Provenance& row : rows)
        if (row.cost)
            sum = sum.value_or(0.0) + *row.cost;
    return sum ? Json(*sum) : Json(nullptr);
}

bool insideCircle(const Volume::Box& box, const Volume& image, double diameter) {
    const double cx = static_cast<double>(image.width()) / 2.0;
    const double cy = static_cast<double>(image.height()) / 2.0;
    const double radius = diameter * std::min(cx, cy);
    const double dx = std::max(std::abs(static_cast<double>(box.x) - cx),
                               std::abs(static_cast<double>(box.x + box.width) - cx));
    const double dy = std::max(std::abs(static_cast<double>(box.y) - cy),
                               std::abs(static_cast<double>(box.y + box.height) - cy));
    return std::hypot(dx, dy) <= radius;
}

std::vector<Volume> cropsOf(Volume image, const ImportRequest& request) {
    std::vector<Volume> pieces;
    if (request.cropSize <= 0) {
        pieces.push_back(std::move(image));
        return pieces;
    }
    for (Volume::Box box : gridOfBoxes(image.width(), image.height(), request.cropSize)) {
        if (request.insideCircle && !insideCircle(box, image, request.circleDiameter))
            continue;
        box.depth = image.depth();
        pieces.push_back(image.crop(box));
    }
    if (pieces.empty())
        throw Error(ErrorCode::config, "no crop",
                    "the image has " + std::to_string(image.width()) + " x " +
                        std::to_string(image.height()) + " pixels, and no crop of edge " +
                        std::to_string(request.cropSize) + " fits in",
                    "choose a smaller crop");
    return pieces;
}

constexpr std::chrono::seconds kKeepEvery{2};

class Importer {
public:
    Importer(Project& project, const ImportRequest& request, JobContext& job)
        : m_project(project)
        , m_request(request)
        , m_job(job) {}

    ImportResult run() {
        if (m_request.table) {
            m_known = readProvenance(*m_request.table);
            if (m_request.generator.empty())
                m_request.generator = modelOf(m_known, m_request.table->string());
        }
        checkRequest();
        m_batch.emplace(m_project.database());
        m_result.set = targetSet();
        try {
            importItems();
        } catch (const Cancelled&) {
            if (!m_result.sampleIds.empty())
                m_batch->commit();
            throw;
        }
        if (m_result.sampleIds.empty() && !onlyDuplicates())
            throw Error(ErrorCode::config, "nothing was imported",
                        m_result.findings.empty() ? "the folder holds no image that can be read"
                                                  : m_result.findings.front().message,
                        "name images, stacks or folders of them");
        m_batch->commit();
        m_result.set = m_project.set(m_request.setName);
        return std::move(m_result);
    }

private:
    void checkRequest() const {
        if (m_request.table && (m_request.origin != Origin::synthetic || !m_request.paths.empty()))
            throw Error(ErrorCode::config, "the table",
                        "it tells of synthetic images, and names them itself",
                        "give it alone, for a synthetic set");
        if (m_request.paths.empty() && !m_request.table)
            throw Error(ErrorCode::config, "nothing to import", "no path was given",
                        "name files or folders");
        for (const fs::path& path : m_request.paths) {
            std::error_code ignored;
            if (!fs::exists(path, ignored))
                throw Error(ErrorCode::notFound, path.string(), "there is no such file or folder",
                            "check the name");
        }
        if (m_request.origin == Origin::synthetic && m_request.generator.empty())
            throw Error(ErrorCode::config, "synthetic images", "the generator is not named",
                        "say which generator made them");
        if (m_request.origin != Origin::synthetic && !m_request.generator.empty())
            throw Error(ErrorCode::config, "generator " + m_request.generator,
                        "only synthetic images have one", "leave it out");
        if (!(m_request.circleDiameter > 0.0 && m_request.circleDiameter <= 1.0))
            throw Error(ErrorCode::config, "the field of view",
                        "its diameter is not between 0 and 1 of the image's side",
                        "give such a share");
        if (m_request.voxelUm && !(*m_request.voxelUm > 0.0))
            throw Error(ErrorCode::config, "voxel size", "it must be greater than 0",
                        "give micrometres");
    }

    SetRecord targetSet() {
        if (const auto existing = m_project.findSet(m_request.setName)) {
            if (existing->domain != m_request.domain || existing->origin != m_request.origin)
                throw Error(ErrorCode::conflict, "set " + m_request.setName,
                            "it holds " + std::string(toString(existing->origin)) + " " +
                                std::string(toString(existing->domain)) +
                                " images, not what you import",
                            "choose another set name");
            if (!m_request.generator.empty() && existing->generator != m_request.generator)
                throw Error(ErrorCode::conflict, "set " + m_request.setName,
                            existing->generator.empty()
                                ? "it was imported without naming a generator"
                                : "it holds images of " + existing->generator + ", not of " +
                                      m_request.generator,
                            "choose another set name, one for each generator");
            if (existing->masks != m_request.masks)
                throw Error(ErrorCode::conflict, "set " + m_request.setName,
                            existing->masks ? "it holds masks, not grey values"
                                            : "it holds grey values, not masks",
                            "choose another set name");
            return *existing;
        }
        SetRecord set;
        set.name = m_request.setName;
        set.domain = m_request.domain;
        set.origin = m_request.origin;
        set.generator = m_request.generator;
        set.masks = m_request.masks;
        if (m_request.table)
            set.notes = {{"table", m_request.table->filename().string()},
                         {"cost", costOf(m_known)}};
        return m_project.sampleRepository().addSet(set);
    }

    void importItems() {
        const std::vector<Item> items = itemsOf(m_request, m_known);
        for (std::size_t i = 0; i < items.size(); ++i) {
            m_job.throwIfStopped();
            const auto share = [&](std::size_t k) {
                return static_cast<double>(k) / static_cast<double>(items.size());
            };
            JobContext reading = m_job.part(share(i), share(i + 1));
            importItem(items[i], reading);
        }
    }

    void importItem(const Item& item, JobContext& reading) {
        Volume volume;
        // What is wrong with a file leaves out that file; what is wrong with the project or its
        // disk, further down, ends the import.
        if (!noted(item, [&] { volume = read(item, reading); }))
            return;
        if (!m_request.splitSlices || volume.depth() == 1) {
            static_cast<void>(addPieces(std::move(volume), item, std::nullopt));
            return;
        }
        for (std::int64_t z = 0; z < volume.depth(); ++z) {
            m_job.throwIfStopped();
            if (!addPieces(volume.slice(2, z), item, z))
                return; // all slices are of one size
        }
    }

    Volume read(const Item& item, JobContext& reading) {
        ReadOptions options;
        options.raw = m_request.raw;
        options.dataset = m_request.dataset;
        for (const std::string& warning : readHeader(item.path, options).warnings)
            m_result.findings.push_back({item.path, warning, false});
        Volume volume = readVolume(item.path, options, reading);
        if (m_request.voxelUm)
            volume.voxelSize =
                VoxelSize{{*m_request.voxelUm, *m_request.voxelUm, *m_request.voxelUm}, "typed"};
        return volume;
    }

    /// True if `step` succeeded; what it throws is noted of the item.
    bool noted(const Item& item, const std::function<void()>& step) {
        try {
            step();
            return true;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            m_result.findings.push_back({item.path, error.what(), true});
            return false;
        }
    }

    /// False if no crop fits in.
    bool addPieces(Volume image, const Item& item, std::optional<std::int64_t> slice) {
        std::vector<Volume> pieces;
        if (!noted(item, [&] { pieces = cropsOf(std::move(image), m_request); }))
            return false;
        for (const Volume& piece : pieces) {
            if (const auto twin = m_project.sampleRepository().findPixels(
                    m_result.set.id, pixelsSha256(piece.span()))) {
                m_result.findings.push_back(
                    {item.path, "the set holds these pixels already", true, twin});
                ++m_duplicates;
                continue;
            }
            SampleRecord sample;
            sample.setId = m_result.set.id;
            sample.specimen = item.specimen;
            sample.sourceName = item.path.filename().string();
            sample.sourceSlice = slice;
            sample.prompt = m_request.prompt;
            if (item.known)
                adopt(m_project, *item.known, sample);
            m_result.sampleIds.push_back(m_project.sampleRepository().addSample(sample, piece).id);
            keepNowAndThen();
        }
        return true;
    }

    /// So that a crash or a full disk does not cost the hours before it.
    void keepNowAndThen() {
        const auto now = std::chrono::steady_clock::now();
        if (now - m_kept < kKeepEvery)
            return;
        m_batch->commit();
        m_batch.emplace(m_project.database());
        m_kept = now;
    }

    [[nodiscard]] bool onlyDuplicates() const { return m_duplicates > 0; }

    Project& m_project;
    ImportRequest m_request;
    JobContext& m_job;
    std::vector<Provenance> m_known; ///< rows of the table
    ImportResult m_result;
    int m_duplicates = 0;
    std::optional<Database::Transaction> m_batch;
    std::chrono::steady_clock::time_point m_kept = std::chrono::steady_clock::now();
};

} // namespace

ImportResult importSamples(Project& project, const ImportRequest& request, JobContext& job) {
    return Importer(project, request, job).run();
}

} // namespace likeness
