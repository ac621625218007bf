// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/neighbours.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/imaging/resample.h"
#include "core/metrics/resampling.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace likeness {

namespace {

constexpr double kTail = 0.01; ///< of the held-out crops are as near as a copy has to be
constexpr std::size_t kFewestForReference = 4; ///< training slices

/// A slice of a set as a plane, and where it comes from.
struct Slice {
    std::size_t volume = 0;
    std::int64_t z = 0;
    Plane plane;
};

std::vector<Slice> slicesOf(std::span<const Volume> set, PixelType type) {
    std::vector<Slice> slices;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (set[i].type() != type)
            throw Error(ErrorCode::config, "The nearest images cannot be looked for",
                        "the sets have different pixel types", "bring them to one bit depth");
        for (std::int64_t z = 0; z < set[i].depth(); ++z)
            slices.push_back({i, z, lumaPlane(set[i].span().slice(z))});
    }
    return slices;
}

std::int64_t shortestSide(const std::vector<Slice>& slices) {
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
    for (const Slice& slice : slices)
        shortest = std::min({shortest, slice.plane.width, slice.plane.height});
    return shortest;
}

Plane cropOf(const Plane& plane, const Volume::Box& box) {
    Plane out{box.width, box.height, {}};
    for (std::int64_t y = 0; y < box.height; ++y) {
        const double* row = plane.row(box.y + y) + box.x;
        out.values.insert(out.values.end(), row, row + box.width);
    }
    return out;
}

/// Crops of the size of the smallest synthetic image; of too many, ones at even distances.
std::vector<Slice>
cropsOf(const std::vector<Slice>& slices, const std::vector<Slice>& synthetic, std::int64_t most) {
    std::int64_t width = std::numeric_limits<std::int64_t>::max();
    std::int64_t height = width;
    for (const auto* set : {&slices, &synthetic}) {
        for (const Slice& slice : *set) {
            width = std::min(width, slice.plane.width);
            height = std::min(height, slice.plane.height);
        }
    }
    std::vector<std::pair<const Slice*, Volume::Box>> all;
    for (const Slice& slice : slices)
        for (const Volume::Box& box :
             gridOfBoxes(slice.plane.width, slice.plane.height, width, height))
            all.emplace_back(&slice, box);
    const std::size_t kept = std::min(all.size(), static_cast<std::size_t>(most));
    std::vector<Slice> crops;
    for (std::size_t i = 0; i < kept; ++i) {
        const auto& [slice, box] = all[i * all.size() / kept];
        crops.push_back({slice->volume, slice->z, cropOf(slice->plane, box)});
    }
    return crops;
}

/// Samples looked for in training slices.
class Hunt {
public:
    Hunt(std::span<const Slice> training, std::int64_t piece, const NeighbourOptions& options)
        : m_training(training)
        , m_piece(piece)
        , m_options(options) {}

    std::vector<Neighbour> run(const std::vector<Slice>& samples, JobContext& job) const {
        std::vector<Neighbour> found(samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            found[i].sample = samples[i].volume;
            found[i].slice = samples[i].z;
            found[i].match.correlation = -2.0;
        }
        for (std::size_t first = 0; first < m_training.size();) {
            const std::size_t end = groupEnd(first);
            JobContext part = job.part(shareAt(first), shareAt(end));
            searchGroup(first, end, samples, found, part);
            first = end;
        }
        for (Neighbour& one : found)
            one.distance = 1.0 - one.match.correlation;
        return found;
    }

private:
    [[nodiscard]] double shareAt(std::size_t slice) const {
        return static_cast<double>(slice) / static_cast<double>(m_training.size());
    }

    /// As many training slices as the memory holds, one at least.
    [[nodiscard]] std::size_t groupEnd(std::size_t first) const {
        std::int64_t bytes = 0;
        std::size_t end = first;
        do {
            bytes += TemplateSearch::bytesFor(m_training[end].plane, m_piece);
            ++end;
        } while (end < m_training.size() && bytes < m_options.maximumBytes);
        return end;
    }

    void searchGroup(std::size_t first,
                     std::size_t end,
                     const std::vector<Slice>& samples,
                     std::vector<Neighbour>& found,
                     JobContext& job) const {
        std::vector<Plane> planes;
        for (std::size_t i = first; i < end; ++i)
            planes.push_back(m_training[i].plane);
        const TemplateSearch search(planes, m_piece, job);
        const auto count = static_cast<std::int64_t>(samples.size());
        constexpr std::int64_t kChunk = 8;
        for (std::int64_t chunk = 0; chunk < count; chunk += kChunk) {
            const std::int64_t size = std::min(kChunk, count - chunk);
            parallelRanges(size, m_options.threads, [&](std::int64_t a, std::int64_t b) {
                for (std::int64_t i = chunk + a; i < chunk + b; ++i)
                    searchSample(search, first, samples[static_cast<std::size_t>(i)],
                                 found[static_cast<std::size_t>(i)], job);
            });
            job.report(static_cast<double>(chunk + size) / static_cast<double>(count),
                       "Looking for the nearest training images");
        }
    }

    void searchSample(const TemplateSearch& search,
                      std::size_t firstSlice,
                      const Slice& sample,
                      Neighbour& nearest,
                      const JobContext& job) const {
        for (const Volume::Box& box :
             gridOfBoxes(sample.plane.width, sample.plane.height, m_piece)) {
            TemplateMatch match =
                search.best(cropOf(sample.plane, box), m_options.orientations, job);
            if (match.correlation <= nearest.match.correlation)
                continue;
            const Slice& slice = m_training[firstSlice + match.image];
            nearest.nearest = slice.volume;
            match.image = static_cast<std::size_t>(slice.z);
            nearest.match = match;
            nearest.pieceX = box.x;
            nearest.pieceY = box.y;
        }
    }

    std::span<const Slice> m_training;
    std::int64_t m_piece;
    const NeighbourOptions& m_options;
};

std::vector<double> sortedDistances(const std::vector<Neighbour>& of) {
    std::vector<double> distances;
    for (const Neighbour& one : of)
        distances.push_back(one.distance);
    std::ranges::sort(distances);
    return distances;
}

/// Index of the held-out distance that a copy lies below.
std::size_t thresholdIndex(std::size_t count) {
    return static_cast<std::size_t>(kTail * static_cast<double>(count));
}

double rateOf(const std::vector<double>& synthetic, const std::vector<double>& sortedHeldOut) {
    const double threshold = sortedHeldOut[thresholdIndex(sortedHeldOut.size())];
    const auto nearer = std::ranges::count_if(synthetic, [=](double d) { return d < threshold; });
    return static_cast<double>(nearer) / static_cast<double>(synthetic.size());
}

std::vector<double> resampled(const std::vector<double>& values, Random& random) {
    std::vector<double> drawn;
    for (std::size_t i = 0; i < values.size(); ++i)
        drawn.push_back(values[static_cast<std::size_t>(random.below(values.size()))]);
    return drawn;
}

void setInterval(const std::vector<double>& synthetic,
                 const std::vector<double>& heldOut,
                 const NeighbourOptions& options,
                 MemorisationCheck& check) {
    Interval interval =
        wilsonInterval(*check.copyRate, static_cast<std::int64_t>(synthetic.size()));
    Random random(options.seed, "metrics.neighbours");
    std::vector<double> rates;
    for (int b = 0; b < options.bootstrap; ++b) {
        const std::vector<double> drawn = resampled(synthetic, random);
        std::vector<double> reference = resampled(heldOut, random);
        std::ranges::sort(reference);
        rates.push_back(rateOf(drawn, reference));
    }
    std::ranges::sort(rates);
    if (!rates.empty()) {
        const double last = static_cast<double>(rates.size() - 1);
        interval.first =
            std::min(interval.first, rates[static_cast<std::size_t>(std::llround(0.025 * last))]);
        interval.second =
            std::max(interval.second, rates[static_cast<std::size_t>(std::llround(0.975 * last))]);
    }
    check.lo = interval.first;
    check.hi = interval.second;
}

/// Probability that a value of `a` is below one of `b`; ties count half.
double probabilityBelow(const std::vector<double>& a, const std::vector<double>& sortedB) {
    double sum = 0.0;
    for (const double v : a) {
        const auto range = std::ranges::equal_range(sortedB, v);
        sum += static_cast<double>(sortedB.end() - range.end()) +
               0.5 * static_cast<double>(range.size());
    }
    return sum / (static_cast<double>(a.size()) * static_cast<double>(sortedB.size()));
}

/// The held-out distance at the same place among its own as a distance has among its own.
void setHeldOutDistances(MemorisationCheck& check, const std::vector<double>& heldOut) {
    std::vector<std::size_t> order(check.pairs.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return check.pairs[i].distance; });
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const double share = (static_cast<double>(rank) + 0.5) / static_cast<double>(order.size());
        const auto at = static_cast<std::size_t>(share * static_cast<double>(heldOut.size()));
        check.pairs[order[rank]].heldOutDistance = heldOut[std::min(at, heldOut.size() - 1)];
    }
}

void judge(MemorisationCheck& check, const NeighbourOptions& options) {
    if (check.heldOut.empty())
        return;
    const std::vector<double> synthetic = sortedDistances(check.pairs);
    const std::vector<double> heldOut = sortedDistances(check.heldOut);
    const std::size_t index = thresholdIndex(heldOut.size());
    check.threshold = heldOut[index];
    check.expectedRate = static_cast<double>(index + 1) / static_cast<double>(heldOut.size() + 1);
    check.copyRate = rateOf(synthetic, heldOut);
    check.nearerProbability = probabilityBelow(synthetic, heldOut);
    setInterval(synthetic, heldOut, options, check);
    setHeldOutDistances(check, heldOut);
}

std::int64_t pieceFor(const std::vector<Slice>& training,
                      const std::vector<Slice>& synthetic,
                      const NeighbourOptions& options) {
    const std::int64_t sample = shortestSide(synthetic);
    const std::int64_t image = shortestSide(training);
    const std::int64_t piece =
        options.piece.value_or(std::min(sample, std::max<std::int64_t>(image / 2, 1)));
    if (piece < 4 || piece > sample || piece > image)
        throw Error(ErrorCode::config, "The nearest images cannot be looked for",
                    "pieces of " + std::to_string(piece) + " pixels do not fit the images",
                    "choose 4 pixels at least and no more than the smallest image has");
    return piece;
}

} // namespace

MemorisationCheck checkMemorisation(std::span<const Volume> training,
                                    std::span<const Volume> synthetic,
                                    std::span<const Volume> heldOut,
                                    const NeighbourOptions& options,
                                    JobContext& job) {
    if (training.empty() || synthetic.empty())
        throw Error(ErrorCode::config, "The nearest images cannot be looked for",
                    "one of the sets is empty");
    const PixelType type = training.front().type();
    const std::vector<Slice> known = slicesOf(training, type);
    const std::vector<Slice> samples = slicesOf(synthetic, type);
    MemorisationCheck check;
    check.piece = pieceFor(known, samples, options);
    std::vector<Slice> reference = slicesOf(heldOut, type);
    std::span<const Slice> searched = known;
    check.conventions["held_out"] = "held-out set";
    if (heldOut.empty()) {
        const std::size_t last = known.size() < kFewestForReference ? 0 : known.size() / 4;
        reference.assign(known.end() - static_cast<std::ptrdiff_t>(last), known.end());
        searched = searched.first(known.size() - last);
        check.conventions["held_out"] =
            last > 0 ? "last quarter of the training slices" : "none: too few training slices";
    }
    JobContext first = job.part(0.0, 0.5);
    check.pairs = Hunt(known, check.piece, options).run(samples, first);
    if (!reference.empty()) {
        JobContext second = job.part(0.5, 1.0);
        check.heldOut = Hunt(searched, check.piece, options)
                            .run(cropsOf(reference, samples, options.mostHeldOut), second);
    }
    judge(check, options);
    check.conventions["distance"] = "1 - largest normalised cross-correlation";
    check.conventions["orientations"] = static_cast<int>(options.orientations);
    check.conventions["piece"] = check.piece;
    check.conventions["copy"] = "nearer than all but the nearest 1 % of the held-out crops";
    check.conventions["interval"] = "95 %, bootstrap over both sets, or Wilson's where wider";
    check.conventions["bootstrap"] = options.bootstrap;
    check.conventions["seed"] = options.seed;
    return check;
}

} // namespace likeness
