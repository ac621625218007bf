// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/planesampler.h"

#include "viewers/support/areamean.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace likeness {

namespace {

constexpr QRgb grey(std::uint8_t level) noexcept {
    return 0xFF000000U | (level * 0x010101U);
}

void paintRow(const std::uint8_t* levels, std::size_t pixels, std::size_t channels, QRgb* line) {
    if (channels == 1)
        for (std::size_t i = 0; i < pixels; ++i)
            line[i] = grey(levels[i]);
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
                                const PixelLut& lut) {
    const auto c = static_cast<std::size_t>(m_plane.channels);
    if constexpr (std::is_integral_v<T>) {
        std::uint8_t* out = m_row.data();
        for (const std::int64_t column : columns)
            for (std::size_t k = 0; k < c; ++k)
                *out++ = lut.level(source[static_cast<std::size_t>(column) * c + k]);
    } else {
        m_values.resize(m_row.size());
        float* out = m_values.data();
        for (const std::int64_t column : columns)
            for (std::size_t k = 0; k < c; ++k)
                *out++ = source[static_cast<std::size_t>(column) * c + k];
        lut.levelsOf(m_values, m_row.data());
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
    m_row.resize(columns.size() * c);
    const QRgb* previous = nullptr;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        auto* line =
            reinterpret_cast<QRgb*>(target.scanLine(cy.first + static_cast<int>(r))) + cx.first;
        if (r > 0 && rows[r] == rows[r - 1]) {
            std::memcpy(line, previous, columns.size() * sizeof(QRgb));
        } else {
            const T* source = pixels + rows[r] * m_plane.width * m_plane.channels;
            gatherLevels(source, columns, lut);
            paintRow(m_row.data(), columns.size(), c, line);
        }
        previous = line;
    }
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
    m_row.resize(columns * c);
    for (int r = 0; r < m_covered.height(); ++r) {
        auto* line =
            reinterpret_cast<QRgb*>(target.scanLine(m_covered.top() + r)) + m_covered.left();
        const float* means = m_means.data() + static_cast<std::size_t>(r) * m_row.size();
        lut.levelsOf({means, m_row.size()}, m_row.data());
        paintRow(m_row.data(), columns, c, line);
    }
}

void PlaneSampler::computeMeans(const PictureGrid& grid) {
    const int exponent = exponentFor(grid);
    const double block = static_cast<double>(std::int64_t{1} << exponent);
    const double stepX = 1.0 / (grid.zoomX * block);
    const double stepY = 1.0 / (grid.zoomY * block);
    const MeanAxis columns{(m_covered.left() - grid.origin.x()) * stepX, stepX,
                           static_cast<double>(m_plane.width) / block, m_covered.width()};
    const MeanAxis rows{(m_covered.top() - grid.origin.y()) * stepY, stepY,
                        static_cast<double>(m_plane.height) / block, m_covered.height()};
    AreaMean area(columns, rows);
    m_means.resize(static_cast<std::size_t>(std::int64_t{m_covered.width()} * m_covered.height() *
                                            m_plane.channels));
    m_meansGrid = grid;
    m_meansCovered = m_covered;
    if (exponent == 0) {
        visitPixels(m_plane, [&](const auto* p) {
            area.compute(p, m_plane.width, m_plane.channels, 1.0F, m_means);
        });
        return;
    }
    const Level& level = levelFor(exponent);
    if (m_plane.type == PixelType::f32)
        area.compute(level.real.data(), level.width, m_plane.channels, 1.0F, m_means);
    else
        area.compute(level.fixed.data(), level.width, m_plane.channels,
                     m_plane.type == PixelType::u8 ? 1.0F / 256.0F : 1.0F, m_means);
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
