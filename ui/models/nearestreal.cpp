// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/nearestreal.h"

#include "core/base/error.h"
#include "core/metrics/templatesearch.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace likeness {

namespace {

constexpr std::int64_t kMemory = std::int64_t{1} << 29; ///< of transformed images at once
constexpr std::int64_t kSmallestPiece = 8;              ///< less is alike by chance

struct Piece {
    Plane plane;
    std::int64_t x = 0;
    std::int64_t y = 0;
};

struct RealPlane {
    const SampleRecord* sample = nullptr;
    std::int64_t slice = 0;
};

Plane cut(const Plane& whole, std::int64_t x, std::int64_t y, std::int64_t side) {
    Plane piece{side, side, {}};
    piece.values.reserve(static_cast<std::size_t>(side * side));
    for (std::int64_t row = y; row < y + side; ++row)
        piece.values.insert(piece.values.end(), whole.row(row) + x, whole.row(row) + x + side);
    return piece;
}

/// A grid from the upper left; what is left over at the other edges is not looked for.
std::vector<Piece> piecesOf(const Plane& whole, std::int64_t side) {
    std::vector<Piece> pieces;
    for (std::int64_t y = 0; y + side <= whole.height; y += side)
        for (std::int64_t x = 0; x + side <= whole.width; x += side)
            pieces.push_back({cut(whole, x, y, side), x, y});
    return pieces;
}

std::int64_t sideFor(const ImageSpan& shown, const std::vector<SampleRecord>& reals) {
    std::int64_t smallest = std::min(shown.width, shown.height);
    for (const SampleRecord& real : reals)
        smallest = std::min(smallest, std::min(real.width, real.height) / 2);
    if (reals.empty() || smallest < kSmallestPiece)
        throw Error(ErrorCode::config, "The nearest real image cannot be looked for",
                    reals.empty() ? "there are no real images to look in"
                                  : "the images are smaller than 16 pixels",
                    "choose another set at the left");
    return smallest;
}

/// What is found in a group of planes, against the best so far.
class Search {
public:
    Search(std::vector<Piece> pieces, std::int64_t side)
        : m_pieces(std::move(pieces))
        , m_side(side) {}

    void add(Plane plane, RealPlane origin, const JobContext& job) {
        m_bytes += TemplateSearch::bytesFor(plane, m_side);
        m_planes.push_back(std::move(plane));
        m_origins.push_back(origin);
        if (m_bytes >= kMemory)
            finish(job);
    }

    void finish(const JobContext& job) {
        if (m_planes.empty())
            return;
        const TemplateSearch search(m_planes, m_side, job);
        for (const Piece& piece : m_pieces) {
            job.throwIfStopped();
            const TemplateMatch match = search.best(piece.plane, Orientations::square8, job);
            if (!m_best || match.correlation > m_best->correlation) {
                const RealPlane& origin = m_origins[match.image];
                m_best = {*origin.sample,    origin.slice, m_side,  piece.x,          piece.y,
                          match.correlation, match.x,      match.y, match.orientation};
            }
        }
        m_planes.clear();
        m_origins.clear();
        m_bytes = 0;
    }

    [[nodiscard]] const std::optional<NearestReal>& best() const { return m_best; }

private:
    std::vector<Piece> m_pieces;
    std::int64_t m_side;
    std::vector<Plane> m_planes;
    std::vector<RealPlane> m_origins;
    std::int64_t m_bytes = 0;
    std::optional<NearestReal> m_best;
};

} // namespace

NearestReal nearestReal(const ImageSpan& shown,
                        const std::vector<SampleRecord>& reals,
                        const PixelSource& source,
                        JobContext& job) {
    const std::int64_t side = sideFor(shown, reals);
    Search search(piecesOf(lumaPlane(shown), side), side);
    for (std::size_t i = 0; i < reals.size(); ++i) {
        job.throwIfStopped();
        job.report(static_cast<double>(i) / static_cast<double>(reals.size()),
                   "Looking through real images");
        const Volume volume = source(reals[i]);
        for (std::int64_t z = 0; z < volume.depth(); ++z)
            search.add(lumaPlane(volume.span().slice(z)), {&reals[i], z}, job);
    }
    search.finish(job);
    return *search.best();
}

} // namespace likeness
