// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/planesampler.h"

#include "core/base/parallel.h"
#include "viewers/support/areamean.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>
#include <type_traits>

namespace likeness {

namespace {

constexpr std::int64_t kWorthThreads = 100'000; ///< pixels; below, starting threads costs more

/// Calls `work(begin, end)` for ranges of the rows of a target.
template <typename Work>
void overRows(QSize target, Work&& work) {
    const bool large = std::int64_t{target.width()} * target.height() >= kWorthThreads;
    const int threads = large ? static_cast<int>(std::thread::hardware_concurrency()) : 1;
    parallelRanges(target.height(), threads, [&](std::int64_t begin, std::int64_t end) {
        work(static_cast<int>(begin), static_cast<int>(end));
    });
}

void paintRow(const std::uint8_t* levels,
              std::size_t pixels,
              std::size_t channels,
              const ColourTable& colours,
              QRgb* line) {
    if (channels == 1)
        for (std::size_t i = 0; i < pixels; ++i)
            line[i] = colours[levels[i]];
    else
        for (std::size_t i = 0; i < pixels; ++i)
            line[i] = qRgb(levels[3 * i], levels[3 * i + 1], levels[3 * i + 2]);
}

/// Device pixels [first, last) of one axis whose middle lies in the picture.
struct Cover {
    int first = 0;
    int last = 0;
};

Cover coverOf(int origin, double zoom, std::int64_t pixels, int deviceSize) {
    const double end = origin + zoom * static_cast<double>(pixels);
    const double last = std::min(std::ceil(end - 0.5), static_cast<double>(deviceSize));
    Cover c{std::clamp(origin, 0, deviceSize), static_cast<int>(std::max(last, 0.0))};
    c.last = std::max(c.last, c.first);
    return c;
}

std::vector<std::int64_t>
nearestIndices(Cover cover, int origin, double zoom, std::int64_t pixels) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(cover.last - cover.first));
    for (int d = cover.first; d < cover.last; ++d) {
        const auto i = static_cast<std::int64_t>((d - origin + 0.5) / zoom);
        indices[static_cast<std::size_t>(d - cover.first)] =
            std::clamp<std::int64_t>(i, 0, pixels - 1);
    }
    return indices;
}

template <typename T>
std::vector<float> realBlocks(const T* pixels, const ImageSpan& plane, int exponent) {
    const std::int64_t block = std::int64_t{1} << exponent;
    const std::int64_t c = plane.channels;
    const std::int64_t columns = (plane.width + block - 1) >> exponent;
    const std::int64_t rows = (plane.height + block - 1) >> exponent;
    std::vector<float> out(static_cast<std::size_t>(columns * rows * c));
    std::vector<double> sums(static_cast<std::size_t>(columns * c));
    for (std::int64_t row = 0; row < rows; ++row) {
        std::fill(sums.begin(), sums.end(), 0.0);
        const std::int64_t from = row << exponent;
        const std::int64_t to = std::min(from + block, plane.height);
        for (std::int64_t y = from; y < to; ++y) {
            const T* line = pixels + y * plane.width * c;
            for (std::int64_t x = 0; x < plane.width; ++x)
                for (std::int64_t k = 0; k < c; ++k)
                    sums[static_cast<std::size_t>((x >> exponent) * c + k)] +=
                        static_cast<double>(line[x * c + k]);
        }
        for (std::int64_t i = 0; i < columns * c; ++i) {
            const std::int64_t x = (i / c) << exponent;
            const std::int64_t n = (to - from) * (std::min(x + block, plane.width) - x);
            out[static_cast<std::size_t>(row * columns * c + i)] =
                static_cast<float>(sums[static_cast<std::size_t>(i)] / static_cast<double>(n));
        }
    }
    return out;
}

/// Integer means in 1/unit of a grey level, rounded.
template <typename T>
std::vector<std::uint16_t>
fixedBlocks(const T* pixels, const ImageSpan& plane, int exponent, std::uint64_t unit) {
    const std::int64_t block = std::int64_t{1} << exponent;
    const std::int64_t c = plane.channels;
    const std::int64_t columns = (plane.width + block - 1) >> exponent;
    const std::int64_t rows = (plane.height + block - 1) >> exponent;
    std::vector<std::uint16_t> out(static_cast<std::size_t>(columns * rows * c));
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(columns * c));
    std::vector<std::uint32_t> line(static_cast<std::size_t>(plane.width * c));
    for (std::int64_t row = 0; row < rows; ++row) {
        // Columns first: this loop has no dependence between neighbours and is vectorised.
        std::fill(line.begin(), line.end(), 0U);
        const std::int64_t from = row << exponent;
        const std::int64_t to = std::min(from + block, plane.height);
        for (std::int64_t y = from; y < to; ++y) {
            const T* source = pixels + y * plane.width * c;
            for (std::size_t i = 0; i < line.size(); ++i)
                line[i] += source[i];
        }
        std::fill(sums.begin(), sums.end(), 0U);
        for (std::int64_t x = 0; x < plane.width; ++x)
            for (std::int64_t k = 0; k < c; ++k)
                sums[static_cast<std::size_t>((x >> exponent) * c + k)] +=
                    line[static_cast<std::size_t>(x * c + k)];
        for (std::int64_t i = 0; i < columns * c; ++i) {
            const std::int64_t x = (i / c) << exponent;
            const auto n =
                static_cast<std::uint64_t>((to - from) * (std::min(x + block, plane.width) - x));
            out[static_cast<std::size_t>(row * columns * c + i)] =
                static_cast<std::uint16_t>((sums[static_cast<std::size_t>(i)] * unit + n / 2) / n);
        }
    }
    return out;
}

} // namespace

void PlaneSampler::setPlane(const ImageSpan& plane) {
    m_plane = plane;
    m_levels.clear();
    m_means.clear();
}

void PlaneSampler::render(const PictureGrid& grid,
                          const PixelLut& lut,
                          QRgb background,
                          QImage& target) {
    target.fill(background);
    if (m_plane.data == nullptr || m_plane.pixels() < 1)
        return;
    const Cover x = coverOf(grid.origin.x(), grid.zoomX, m_plane.width, target.width());
    const Cover y = coverOf(grid.origin.y(), grid.zoomY, m_plane.height, target.height());
    m_covered = QRect(x.first, y.first, x.last - x.first, y.last - y.first);
    if (m_covered.isEmpty())
        return;
    if (grid.zoomX < 1.0 || grid.zoomY < 1.0)
        renderMean(grid, lut, target);
    else
        visitPixels(m_plane, [&](const auto* p) { renderNearest(p, grid, lut, target); });
}

template <typename T>
void PlaneSampler::gatherLevels(const T* source,
                                const std::vector<std::int64_t>& columns,
                                const PixelLut& lut,
                                Row& row) const {
    const auto c = static_cast<std::size_t>(m_plane.channels);
    row.levels.resize(columns.size() * c);
    if constexpr (std::is_integral_v<T>) {
        std::uint8_t* out = row.levels.data();
        for (const std::int64_t column : columns)
            for (std::size_t k = 0; k < c; ++k)
                *out++ = lut.level(source[static_cast<std::size_t>(column) * c + k]);
    } else {
        row.values.resize(row.levels.size());
        float* out = row.values.data();
        for (const std::int64_t column : columns)
            for (std::size_t k = 0; k < c; ++k)
                *out++ = source[static_cast<std::size_t>(column) * c + k];
        lut.levelsOf(row.values, row.levels.data());
    }
}

template <typename T>
void PlaneSampler::renderNearest(const T* pixels,
                                 const PictureGrid& grid,
                                 const PixelLut& lut,
                                 QImage& target) {
    const Cover cx{m_covered.left(), m_covered.left() + m_covered.width()};
    const Cover cy{m_covered.top(), m_covered.top() + m_covered.height()};
    const auto columns = nearestIndices(cx, grid.origin.x(), grid.zoomX, m_plane.width);
    const auto rows = nearestIndices(cy, grid.origin.y(), grid.zoomY, m_plane.height);
    const auto c = static_cast<std::size_t>(m_plane.channels);
    uchar* bits = target.bits();
    const auto stride = target.bytesPerLine();
    overRows(m_covered.size(), [&](int begin, int end) {
        Row row;
        const QRgb* previous = nullptr;
        for (int r = begin; r < end; ++r) {
            const auto at = static_cast<std::size_t>(r);
            auto* line = reinterpret_cast<QRgb*>(bits + (cy.first + r) * stride) + cx.first;
            if (previous && rows[at] == rows[at - 1]) {
                std::memcpy(line, previous, columns.size() * sizeof(QRgb));
            } else {
                gatherLevels(pixels + rows[at] * m_plane.width * m_plane.channels, columns, lut,
                             row);
                paintRow(row.levels.data(), columns.size(), c, *m_colours, line);
            }
            previous = line;
        }
    });
}

int PlaneSampler::exponentFor(const PictureGrid& grid) const {
    const double zoom = std::max(grid.zoomX, grid.zoomY);
    double values = m_covered.width() / grid.zoomX * (m_covered.height() / grid.zoomY) *
                    static_cast<double>(m_plane.channels);
    int exponent = 0;
    while (values > kExactValues &&
           zoom * static_cast<double>(std::int64_t{2} << exponent) <= 1.0) {
        ++exponent;
        values /= 4.0;
    }
    return exponent;
}

void PlaneSampler::renderMean(const PictureGrid& grid, const PixelLut& lut, QImage& target) {
    // Window and level alone leave the means as they are.
    if (m_means.empty() || grid != m_meansGrid || m_covered != m_meansCovered)
        computeMeans(grid);
    const auto c = static_cast<std::size_t>(m_plane.channels);
    const auto columns = static_cast<std::size_t>(m_covered.width());
    uchar* bits = target.bits();
    const auto stride = target.bytesPerLine();
    overRows(m_covered.size(), [&](int begin, int end) {
        std::vector<std::uint8_t> levels(columns * c);
        for (int r = begin; r < end; ++r) {
            auto* line =
                reinterpret_cast<QRgb*>(bits + (m_covered.top() + r) * stride) + m_covered.left();
            const float* means = m_means.data() + static_cast<std::size_t>(r) * levels.size();
            lut.levelsOf({means, levels.size()}, levels.data());
            paintRow(levels.data(), columns, c, *m_colours, line);
        }
    });
}

void PlaneSampler::computeMeans(const PictureGrid& grid) {
    const QRect kept = keepMeans(grid);
    m_meansGrid = grid;
    m_meansCovered = m_covered;
    const QRect& all = m_covered;
    if (kept.isEmpty()) {
        computePart(grid, all);
        return;
    }
    // What a movement has brought into sight: above, below, and at both sides of what was.
    const int below = kept.top() + kept.height();
    const int beside = kept.left() + kept.width();
    computePart(grid, {all.left(), all.top(), all.width(), kept.top() - all.top()});
    computePart(grid, {all.left(), below, all.width(), all.top() + all.height() - below});
    computePart(grid, {all.left(), kept.top(), kept.left() - all.left(), kept.height()});
    computePart(grid, {beside, kept.top(), all.left() + all.width() - beside, kept.height()});
}

/// Makes room for the means of what is covered and keeps those that a movement leaves in sight;
/// answers where they are.
QRect PlaneSampler::keepMeans(const PictureGrid& grid) {
    const auto c = static_cast<std::size_t>(m_plane.channels);
    const auto width = static_cast<std::size_t>(m_covered.width()) * c;
    // Of the same size as the last time there is nothing to clear.
    m_spareMeans.resize(width * static_cast<std::size_t>(m_covered.height()));
    QRect kept;
    const bool moved = !m_means.empty() && grid.zoomX == m_meansGrid.zoomX &&
                       grid.zoomY == m_meansGrid.zoomY && exponentFor(grid) == m_meansExponent;
    if (moved) {
        const QPoint shift = grid.origin - m_meansGrid.origin;
        kept = m_covered & m_meansCovered.translated(shift);
        const auto before = static_cast<std::size_t>(m_meansCovered.width()) * c;
        for (int y = kept.top(); y < kept.top() + kept.height(); ++y) {
            const auto from = static_cast<std::size_t>(y - shift.y() - m_meansCovered.top());
            const auto to = static_cast<std::size_t>(y - m_covered.top());
            const auto left =
                static_cast<std::size_t>(kept.left() - shift.x() - m_meansCovered.left());
            std::copy_n(m_means.data() + from * before + left * c,
                        static_cast<std::size_t>(kept.width()) * c,
                        m_spareMeans.data() + to * width +
                            static_cast<std::size_t>(kept.left() - m_covered.left()) * c);
        }
    }
    m_means.swap(m_spareMeans);
    m_meansExponent = exponentFor(grid);
    return kept;
}

void PlaneSampler::computePart(const PictureGrid& grid, const QRect& part) {
    if (part.isEmpty())
        return;
    const double block = static_cast<double>(std::int64_t{1} << m_meansExponent);
    const MeanAxis columns{part.left() - grid.origin.x(), 1.0 / (grid.zoomX * block),
                           static_cast<double>(m_plane.width) / block, part.width()};
    const MeanAxis rows{part.top() - grid.origin.y(), 1.0 / (grid.zoomY * block),
                        static_cast<double>(m_plane.height) / block, part.height()};
    const AreaMean area(columns, rows);
    const std::int64_t c = m_plane.channels;
    const auto stride = static_cast<std::ptrdiff_t>(m_covered.width() * c);
    float* first = m_means.data() + (part.top() - m_covered.top()) * stride +
                   (part.left() - m_covered.left()) * c;
    const Level* level = m_meansExponent > 0 ? &levelFor(m_meansExponent) : nullptr;
    const auto compute = [&](const auto* pixels, std::int64_t width, float unit) {
        overRows(part.size(), [&](int begin, int end) {
            if (part.width() == m_covered.width()) {
                area.compute(pixels, width, c, unit, begin, end, first + begin * stride);
                return;
            }
            for (int r = begin; r < end; ++r)
                area.compute(pixels, width, c, unit, r, r + 1, first + r * stride);
        });
    };
    if (level == nullptr)
        visitPixels(m_plane, [&](const auto* pixels) { compute(pixels, m_plane.width, 1.0F); });
    else if (m_plane.type == PixelType::f32)
        compute(level->real.data(), level->width, 1.0F);
    else
        compute(level->fixed.data(), level->width,
                m_plane.type == PixelType::u8 ? 1.0F / 256.0F : 1.0F);
}

const PlaneSampler::Level& PlaneSampler::levelFor(int exponent) {
    const auto [it, isNew] = m_levels.try_emplace(exponent);
    if (!isNew)
        return it->second;
    Level& level = it->second;
    const std::int64_t block = std::int64_t{1} << exponent;
    level.width = (m_plane.width + block - 1) >> exponent;
    switch (m_plane.type) {
    case PixelType::u8:
        level.fixed = fixedBlocks(reinterpret_cast<const std::uint8_t*>(m_plane.data), m_plane,
                                  exponent, 256);
        break;
    case PixelType::u16:
        level.fixed =
            fixedBlocks(reinterpret_cast<const std::uint16_t*>(m_plane.data), m_plane, exponent, 1);
        break;
    case PixelType::f32:
        level.real = realBlocks(reinterpret_cast<const float*>(m_plane.data), m_plane, exponent);
        break;
    }
    return level;
}

} // namespace likeness
