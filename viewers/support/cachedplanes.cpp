// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/cachedplanes.h"

#include "core/base/error.h"

#include <QElapsedTimer>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

namespace likeness {

namespace {

/// What one event may spend on copying, so that input never waits for a large plane.
constexpr qint64 kFillMs = 8;
constexpr std::int64_t kSlicesAhead = 8;

int axisIndex(SliceAxis axis) {
    return static_cast<int>(axis);
}

} // namespace

struct CachedPlanes::Door {
    std::mutex mutex;
    CachedPlanes* planes = nullptr;
    std::atomic<bool> knocked{false};

    /// `call` runs in the GUI thread, if there is still somebody.
    template <typename Call>
    void post(Call call) {
        const std::scoped_lock lock(mutex);
        if (planes)
            QMetaObject::invokeMethod(
                planes, [to = planes, call] { call(*to); }, Qt::QueuedConnection);
    }
};

CachedPlanes::CachedPlanes(std::shared_ptr<BrickCache> cache,
                           SliceSourcePtr source,
                           Glimpse glimpse)
    : m_cache(std::move(cache))
    , m_source(std::move(source))
    , m_glimpse(std::move(glimpse))
    , m_door(std::make_shared<Door>()) {
    const ImageHeader& header = m_source->header();
    m_subject.size = {header.width, header.height, header.depth};
    if (header.voxelSize) {
        const auto& um = header.voxelSize->um;
        if (std::all_of(um.begin(), um.end(),
                        [](double edge) { return std::isfinite(edge) && edge > 0.0; }))
            m_subject.voxelUm = um;
    }
    m_subject.firstView = {0.0, typeMaximum(header.type)};
    if (header.channels == 1) {
        m_subject.values = std::make_shared<const ValueSample>(m_glimpse.values.span());
        m_subject.firstView = m_subject.values->firstView();
    }
    m_door->planes = this;
    m_view = m_cache->addView(m_source, [door = m_door] {
        if (!door->knocked.exchange(true))
            door->post([](CachedPlanes& planes) { planes.receive(); });
    });
}

CachedPlanes::~CachedPlanes() {
    {
        const std::scoped_lock lock(m_door->mutex);
        m_door->planes = nullptr;
    }
    m_cache->removeView(m_view);
}

void CachedPlanes::buildPyramid(const PyramidShelf& shelf, const PyramidOrigin& origin) {
    if (m_source->levels() < 2 || m_source->isAtHand(1))
        return;
    auto builder = std::make_shared<std::unique_ptr<PyramidBuilder>>();
    m_cache->setBackground(m_view, [builder, shelf, origin, source = m_source,
                                    door = m_door](const std::stop_token& stop) {
        try {
            if (!*builder)
                *builder = std::make_unique<PyramidBuilder>(source, shelf, origin);
            const bool more = (*builder)->step(stop);
            if (!more)
                door->post([](CachedPlanes& planes) { planes.onPyramid(); });
            return more;
        } catch (const Cancelled&) {
            throw;
        } catch (...) {
            builder->reset();
            door->post([failure = std::current_exception()](CachedPlanes& planes) {
                Q_EMIT planes.pyramidFailed(failure);
            });
            return false;
        }
    });
}

void CachedPlanes::onPyramid() {
    if (m_wish)
        moveTo(*m_wish);
    Q_EMIT pyramidReady();
    Q_EMIT changed();
}

ShownPlane CachedPlanes::plane(const PlaneWish& wish) {
    const bool moved = !m_wish || m_wish->axis != wish.axis || m_wish->slice != wish.slice;
    if (moved) {
        if (m_wish && m_wish->axis == wish.axis)
            m_direction = wish.slice < m_wish->slice ? -1 : 1;
        moveTo(wish);
    } else {
        m_wish = wish;
        if (!m_asked.contains(wish.visible))
            ask();
    }
    if (const PlaneLayer* layer = best()) {
        const double scale = static_cast<double>(std::int64_t{1} << layer->level());
        return {layer->pixels(), scale, scale, m_version};
    }
    return glimpsePlane();
}

void CachedPlanes::moveTo(const PlaneWish& wish) {
    m_wish = wish;
    m_told = m_hasFailed = false;
    m_pending.clear();
    m_layers.clear();
    ++m_version;
    const int last = m_source->levels() - 1;
    const int fitting =
        std::clamp(static_cast<int>(std::floor(std::log2(1.0 / wish.zoom) + 1e-9)), 0, last);
    std::vector<int> levels{0};
    if (fitting > 0 && m_source->isAtHand(fitting))
        levels.insert(levels.begin(), fitting);
    if (last > std::max(fitting, 0) && m_source->isAtHand(last))
        levels.insert(levels.begin(), last);
    for (const int level : levels)
        m_layers.push_back(std::make_unique<PlaneLayer>(*m_source, level, wish.axis, wish.slice,
                                                        m_cache->brickBytes()));
    m_glimpseSlice = Volume();
    ask();
}

void CachedPlanes::ask() {
    // A margin, so that not every step of a drag asks anew.
    const int across = m_wish->visible.width() / 8;
    const int down = m_wish->visible.height() / 8;
    m_asked = m_wish->visible.adjusted(-across, -down, across, down);
    std::vector<BrickKey> keys;
    for (const auto& layer : m_layers) {
        const std::vector<BrickKey> some = layer->missing(m_asked);
        keys.insert(keys.end(), some.begin(), some.end());
    }
    m_cache->request(m_view, keys, lookAhead());
    receive();
}

/// What the next slices in the direction of scrolling need, up to a quarter of the cache.
std::vector<BrickKey> CachedPlanes::lookAhead() const {
    const PlaneLayer& finest = *m_layers.back();
    const std::int64_t limit =
        m_cache->limit() / 4 / std::max<std::int64_t>(1, finest.bytesOfBrick());
    std::vector<BrickKey> keys;
    for (std::int64_t i = 1; i <= kSlicesAhead; ++i) {
        for (const BrickKey& key : finest.ahead(m_wish->visible, i * m_direction)) {
            if (static_cast<std::int64_t>(keys.size()) >= limit)
                return keys;
            keys.push_back(key);
        }
    }
    return keys;
}

void CachedPlanes::receive() {
    m_door->knocked = false;
    for (BrickDelivery& delivery : m_cache->take(m_view))
        m_pending.push_back(std::move(delivery));
    fillPending();
}

void CachedPlanes::fillPending() {
    if (m_pending.empty())
        return;
    QElapsedTimer timer;
    timer.start();
    while (!m_pending.empty() && timer.elapsed() < kFillMs) {
        const BrickDelivery delivery = std::move(m_pending.front());
        m_pending.pop_front();
        for (const auto& layer : m_layers) {
            if (delivery.brick)
                layer->fill(delivery.key, *delivery.brick);
            else
                layer->giveUp(delivery.key);
        }
        if (delivery.error) {
            m_hasFailed = true;
            if (!std::exchange(m_told, true))
                Q_EMIT failed(delivery.error);
        }
    }
    ++m_version;
    if (!m_pending.empty())
        QMetaObject::invokeMethod(this, &CachedPlanes::fillPending, Qt::QueuedConnection);
    Q_EMIT changed();
}

const PlaneLayer* CachedPlanes::best() const {
    for (auto layer = m_layers.rbegin(); layer != m_layers.rend(); ++layer) {
        if ((*layer)->isWhole(m_wish->visible))
            return layer->get();
    }
    return nullptr;
}

ShownPlane CachedPlanes::glimpsePlane() {
    const std::array<std::int64_t, 3> size{m_glimpse.coarse.width(), m_glimpse.coarse.height(),
                                           m_glimpse.coarse.depth()};
    const auto axis = static_cast<std::size_t>(axisIndex(m_wish->axis));
    const auto index =
        std::min(size[axis] - 1, static_cast<std::int64_t>(static_cast<double>(m_wish->slice) /
                                                           m_glimpse.scale[axis]));
    if (m_glimpseSlice.isEmpty())
        m_glimpseSlice = m_glimpse.coarse.slice(axisIndex(m_wish->axis), index);
    const std::size_t u = m_wish->axis == SliceAxis::x ? 2 : 0;
    const std::size_t v = m_wish->axis == SliceAxis::y ? 2 : 1;
    return {m_glimpseSlice.span(), m_glimpse.scale[u], m_glimpse.scale[v], m_version};
}

QString CachedPlanes::mark() const {
    if (!m_wish)
        return {};
    const PlaneLayer* layer = best();
    if (layer && layer->level() == 0)
        return {};
    const QString state = m_hasFailed ? tr("the rest cannot be read") : tr("loading");
    if (!layer)
        return tr("Overview, %1").arg(state);
    return tr("1/%1 resolution, %2").arg(std::int64_t{1} << layer->level()).arg(state);
}

std::vector<double> CachedPlanes::valuesAt(const std::array<std::int64_t, 3>& voxel) const {
    if (!m_wish || m_layers.empty())
        return {};
    const PlaneLayer& finest = *m_layers.back();
    const std::int64_t u = voxel[m_wish->axis == SliceAxis::x ? 2 : 0];
    const std::int64_t v = voxel[m_wish->axis == SliceAxis::y ? 2 : 1];
    const ImageSpan pixels = finest.pixels();
    if (u < 0 || v < 0 || u >= pixels.width || v >= pixels.height || !finest.isFilledAt(u, v))
        return {};
    std::vector<double> values;
    for (std::int64_t c = 0; c < pixels.channels; ++c)
        values.push_back(pixels.at((v * pixels.width + u) * pixels.channels + c));
    return values;
}

} // namespace likeness
