// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/pyramid.h"
#include "viewers/support/planelayer.h"
#include "viewers/support/planeprovider.h"

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace likeness {

/// Planes out of a brick cache: of the glimpse at once, then of the levels at hand, then of the
/// volume itself, which is what every wish ends at. All reading is done by the cache's threads.
class CachedPlanes final : public PlaneProvider {
    Q_OBJECT

public:
    CachedPlanes(std::shared_ptr<BrickCache> cache, SliceSourcePtr source, Glimpse glimpse);
    ~CachedPlanes() override;

    /// Has levels made in the background, for a source that has none at hand.
    void buildPyramid(const PyramidShelf& shelf, const PyramidOrigin& origin);

    [[nodiscard]] const ViewSubject& subject() const override { return m_subject; }

    [[nodiscard]] ShownPlane plane(const PlaneWish& wish) override;
    [[nodiscard]] QString mark() const override;
    [[nodiscard]] std::vector<double>
    valuesAt(const std::array<std::int64_t, 3>& voxel) const override;

    [[nodiscard]] const ImageHeader& header() const noexcept { return m_source->header(); }

Q_SIGNALS:
    /// A part cannot be read; told once for each plane.
    void failed(std::exception_ptr failure);

    /// Levels are at hand now.
    void pyramidReady();

    /// There will be no levels, and why.
    void pyramidFailed(std::exception_ptr failure);

private:
    struct Door; ///< through which other threads reach this object while it is alive

    void moveTo(const PlaneWish& wish);
    void ask();
    [[nodiscard]] std::vector<BrickKey> lookAhead() const;
    void receive();
    void fillPending();
    void onPyramid();
    [[nodiscard]] const PlaneLayer* best() const;
    [[nodiscard]] ShownPlane glimpsePlane();

    std::shared_ptr<BrickCache> m_cache;
    SliceSourcePtr m_source;
    Glimpse m_glimpse;
    Volume m_glimpseSlice;
    ViewSubject m_subject;
    std::shared_ptr<Door> m_door;
    BrickCache::View m_view = 0;
    std::optional<PlaneWish> m_wish;
    QRect m_asked; ///< part of the picture whose bricks are there or on their way
    int m_direction = 1;
    std::vector<std::unique_ptr<PlaneLayer>> m_layers; ///< the coarsest first
    std::deque<BrickDelivery> m_pending;
    std::uint64_t m_version = 0;
    bool m_told = false;
    bool m_hasFailed = false;
};

} // namespace likeness
