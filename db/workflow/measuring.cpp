// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/measuring.h"

#include "core/base/error.h"
#include "core/imaging/image.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "core/structure/distance.h"
#include "db/metricrepository.h"
#include "db/workflow/pieces.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace likeness {

namespace {

constexpr std::string_view kPorosityDifference = "porosity_difference";
constexpr std::string_view kS2Rmse = "s2_rmse";
constexpr double kMetricsShare = 0.8; ///< of the time; the rest goes to the structure

struct LoadedSet {
    SetRecord set;
    std::vector<Volume> volumes;
    std::vector<std::string> specimens;
};

LoadedSet loadSet(Project& project, const std::string& name, JobContext& job) {
    LoadedSet loaded;
    loaded.set = project.set(name);
    for (const SampleRecord& sample : project.samples(loaded.set.id)) {
        job.throwIfStopped();
        loaded.volumes.push_back(project.pixels(sample));
        loaded.specimens.push_back(sample.specimen);
    }
    if (loaded.volumes.empty())
        throw Error(ErrorCode::config, "set " + name, "it is empty",
                    "import or generate images first");
    return loaded;
}

/// Halves for the real-against-real baseline: by specimen where there are several, else the first
/// against the second half in order, because neighbouring slices of one stack are nearly the same
/// picture.
struct Halves {
    std::vector<Volume> first;
    std::vector<Volume> second;
    std::string how;
};

Halves halvesOf(const LoadedSet& loaded) {
    std::map<std::string, std::vector<std::size_t>> bySpecimen;
    for (std::size_t i = 0; i < loaded.volumes.size(); ++i)
        bySpecimen[loaded.specimens[i]].push_back(i);
    Halves halves;
    halves.how =
        bySpecimen.size() > 1 ? "halves by specimen" : "first against second half of one specimen";
    const std::size_t half = (loaded.volumes.size() + 1) / 2;
    for (const auto& [specimen, indices] : bySpecimen) {
        const bool whole = bySpecimen.size() > 1;
        const bool toFirst = halves.first.size() <= halves.second.size();
        for (const std::size_t i : indices) {
            const bool first = whole ? toFirst : i < half;
            (first ? halves.first : halves.second).push_back(loaded.volumes[i]);
        }
    }
    return halves;
}

/// Empty if all are of one size, or if there are volumes among them.
std::optional<PieceSize> pieceSizeOf(std::span<const Volume> reference,
                                     std::span<const Volume> set) {
    PieceSize size{reference.front().width(), reference.front().height()};
    bool isMixed = false;
    for (const std::span<const Volume> volumes : {reference, set}) {
        for (const Volume& volume : volumes) {
            if (volume.depth() != 1)
                return std::nullopt;
            isMixed = isMixed || volume.width() != size.width || volume.height() != size.height;
            size.width = std::min(size.width, volume.width());
            size.height = std::min(size.height, volume.height());
        }
    }
    return isMixed ? std::optional(size) : std::nullopt;
}

std::vector<Volume> cut(std::span<const Volume> images, const PieceSize& size) {
    std::vector<Volume> volumes;
    for (Piece& piece : piecesOf(images, size))
        volumes.push_back(std::move(piece.pixels));
    return volumes;
}

bool wanted(const MeasuringRequest& request, std::string_view name) {
    return request.only.empty() || std::ranges::find(request.only, name) != request.only.end();
}

/// The names among `only` that the metric catalogue knows; an empty answer to a non-empty list
/// means none.
std::vector<std::string> catalogueNames(const MeasuringRequest& request) {
    std::vector<std::string> names;
    for (const std::string& name : request.only) {
        if (name != kPorosityDifference && name != kS2Rmse)
            names.push_back(name);
    }
    return names;
}

class Measuring {
public:
    Measuring(const MeasuringRequest& request,
              Domain domain,
              std::optional<PieceSize> pieceSize,
              JobContext& job)
        : m_request(request)
        , m_domain(domain)
        , m_pieceSize(pieceSize)
        , m_job(job) {}

    /// Values of `set` against `reference`; `base` carries ids and conventions that all get.
    std::vector<MetricRecord> compare(std::span<const Volume> reference,
                                      std::span<const Volume> set,
                                      const MetricRecord& base) {
        std::vector<MetricRecord> records;
        if (m_pieceSize) {
            MetricRecord about = base;
            about.conventions["pieces"] = std::to_string(m_pieceSize->width) + " x " +
                                          std::to_string(m_pieceSize->height) + " pixels";
            addSetMetrics(cut(reference, *m_pieceSize), cut(set, *m_pieceSize), about, records);
        } else {
            addSetMetrics(reference, set, base, records);
        }
        addStructure(reference, set, base, records);
        return records;
    }

private:
    void addSetMetrics(std::span<const Volume> reference,
                       std::span<const Volume> set,
                       const MetricRecord& base,
                       std::vector<MetricRecord>& records) {
        const std::vector<std::string> names = catalogueNames(m_request);
        if (!m_request.only.empty() && names.empty())
            return;
        MetricOptions options;
        options.only = names;
        options.bootstrap = m_request.bootstrap;
        options.seed = m_request.seed;
        JobContext job = m_job.part(0.0, kMetricsShare);
        for (const MetricValue& value : evaluateSets(reference, set, options, job)) {
            MetricRecord record = base;
            record.metric = value.name;
            record.value = value.value;
            record.lo = value.lo;
            record.hi = value.hi;
            record.n = value.n;
            record.unit = value.unit;
            record.encoder = value.encoder;
            record.reasonIfNull = value.reasonIfNull;
            record.conventions.update(value.conventions);
            records.push_back(std::move(record));
        }
    }

    void addStructure(std::span<const Volume> reference,
                      std::span<const Volume> set,
                      const MetricRecord& base,
                      std::vector<MetricRecord>& records) {
        if (!wanted(m_request, kPorosityDifference) && !wanted(m_request, kS2Rmse))
            return;
        MetricRecord porosity = base;
        porosity.metric = kPorosityDifference;
        porosity.unit = "1";
        porosity.n = static_cast<std::int64_t>(set.size());
        MetricRecord s2 = porosity;
        s2.metric = kS2Rmse;
        try {
            CompareOptions options;
            options.domain = m_domain;
            options.bootstrap = m_request.bootstrap;
            options.seed = m_request.seed;
            JobContext job = m_job.part(kMetricsShare, 1.0);
            const StructureComparison c = compareStructure(reference, set, options, job);
            const auto fill = [&c](MetricRecord& record, const IntervalEstimate& estimate) {
                record.value = estimate.value;
                record.lo = estimate.lo;
                record.hi = estimate.hi;
                record.conventions.update(c.conventions);
            };
            fill(porosity, c.porosity().difference);
            fill(s2, c.s2Rmse);
            porosity.conventions["mean"] = c.porosity().synthetic.mean;
            porosity.conventions["mean_reference"] = c.porosity().real.mean;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            porosity.reasonIfNull = error.what();
            s2.reasonIfNull = error.what();
        }
        if (wanted(m_request, kPorosityDifference))
            records.push_back(std::move(porosity));
        if (wanted(m_request, kS2Rmse))
            records.push_back(std::move(s2));
    }

    const MeasuringRequest& m_request;
    Domain m_domain;
    std::optional<PieceSize> m_pieceSize;
    JobContext& m_job;
};

} // namespace

std::vector<MetricRecord>
measureSet(Project& project, const MeasuringRequest& request, JobContext& job) {
    job.report(0.0, "Loading images");
    const LoadedSet reference = loadSet(project, request.referenceSet, job);
    std::optional<LoadedSet> set;
    if (request.set != request.referenceSet) {
        set = loadSet(project, request.set, job);
        if (set->set.domain != reference.set.domain)
            throw Error(ErrorCode::config, "sets " + request.referenceSet + " and " + request.set,
                        "they are of different domains", "compare sets of one domain");
    }
    const auto pieceSize = pieceSizeOf(reference.volumes, set ? set->volumes : reference.volumes);
    MetricRecord base;
    base.referenceSetId = reference.set.id;

    JobContext baselineJob = job.part(0.1, 0.5);
    const Halves halves = halvesOf(reference);
    base.setId = reference.set.id;
    base.conventions = {{"baseline", halves.how}, {"seed", request.seed}};
    std::vector<MetricRecord> records;
    if (!halves.first.empty() && !halves.second.empty())
        records = Measuring(request, reference.set.domain, pieceSize, baselineJob)
                      .compare(halves.first, halves.second, base);

    if (set) {
        JobContext setJob = job.part(0.5, 1.0);
        base.setId = set->set.id;
        base.conventions = {{"seed", request.seed}};
        for (MetricRecord& record : Measuring(request, set->set.domain, pieceSize, setJob)
                                        .compare(reference.volumes, set->volumes, base))
            records.push_back(std::move(record));
    }
    job.throwIfStopped();
    return project.metricRepository().add(std::move(records));
}

} // namespace likeness
