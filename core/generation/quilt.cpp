// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/quilt.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace likeness {

namespace {

/// A place in the source that a patch may be taken from.
struct Place {
    std::int64_t crop = 0;
    std::int64_t x = 0;
    std::int64_t y = 0;
};

class Quilt {
public:
    Quilt(const QuiltSource& source, const QuiltLayout& layout, QuiltSize size, std::uint64_t seed)
        : m_source(source)
        , m_layout(layout)
        , m_size(size)
        , m_random(seed, "generation.quilt")
        , m_patch(std::clamp<std::int64_t>(
              std::llround(layout.patch * static_cast<double>(source.side)), 2, source.side))
        , m_overlap(std::clamp<std::int64_t>(
              std::llround(layout.overlap * static_cast<double>(m_patch)), 1, m_patch / 2))
        , m_step(m_patch - m_overlap)
        , m_shiftX(below(m_step))
        , m_shiftY(below(m_step))
        , m_columns(patchesFor(size.width + m_shiftX))
        , m_rows(patchesFor(size.height + m_shiftY))
        , m_width(m_columns * m_step + m_overlap)
        , m_height(m_rows * m_step + m_overlap)
        , m_canvas(static_cast<std::size_t>(source.channels * m_height * m_width)) {}

    std::vector<float> run(const std::function<void()>& beforePatch) {
        for (std::int64_t row = 0; row < m_rows; ++row) {
            for (std::int64_t column = 0; column < m_columns; ++column) {
                beforePatch();
                lay(column * m_step, row * m_step);
            }
        }
        return cut();
    }

private:
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(m_random.below(static_cast<std::uint64_t>(bound)));
    }

    [[nodiscard]] std::int64_t patchesFor(std::int64_t side) const {
        return std::max<std::int64_t>(1, (side - m_overlap + m_step - 1) / m_step);
    }

    [[nodiscard]] const float* sourceRow(const Place& p, std::int64_t c, std::int64_t y) const {
        const std::int64_t plane = p.crop * m_source.channels + c;
        return m_source.values.data() + (plane * m_source.side + p.y + y) * m_source.side + p.x;
    }

    [[nodiscard]] float* canvasRow(std::int64_t c, std::int64_t x, std::int64_t y) {
        return m_canvas.data() + (c * m_height + y) * m_width + x;
    }

    [[nodiscard]] float stripError(const float* a, const float* b, std::int64_t count) const {
        float sum = 0.0F;
        for (std::int64_t i = 0; i < count; ++i)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    /// Squared difference from what lies there already, over the overlap; more than `limit` need
    /// not be exact.
    [[nodiscard]] float errorOf(const Place& p, std::int64_t x, std::int64_t y, float limit) {
        float error = 0.0F;
        for (std::int64_t c = 0; c < m_source.channels; ++c) {
            for (std::int64_t row = 0; row < m_patch && error <= limit; ++row) {
                const bool whole = y > 0 && row < m_overlap;
                if (whole || x > 0)
                    error += stripError(sourceRow(p, c, row), canvasRow(c, x, y + row),
                                        whole ? m_patch : m_overlap);
            }
        }
        return error;
    }

    Place drawnPlace() {
        const std::int64_t free = m_source.side - m_patch + 1;
        Place place;
        place.crop = below(m_source.count);
        place.x = below(free);
        place.y = below(free);
        return place;
    }

    Place fittingPlace(std::int64_t x, std::int64_t y) {
        if (x == 0 && y == 0)
            return drawnPlace();
        const auto slack = static_cast<float>(1.0 + m_layout.tolerance);
        std::vector<std::pair<float, Place>> found;
        float least = std::numeric_limits<float>::max();
        for (int i = 0; i < m_layout.candidates; ++i) {
            const Place place = drawnPlace();
            const float limit = least < 1e30F ? least * slack : least;
            const float error = errorOf(place, x, y, limit);
            if (error > limit)
                continue;
            least = std::min(least, error);
            found.emplace_back(error, place);
        }
        std::erase_if(found, [&](const auto& one) { return one.first > least * slack; });
        return found[static_cast<std::size_t>(below(static_cast<std::int64_t>(found.size())))]
            .second;
    }

    /// Of the overlap with the patch on the left or, transposed, with the one above.
    [[nodiscard]] std::vector<std::int64_t>
    seam(const Place& p, std::int64_t x, std::int64_t y, bool above) {
        std::vector<float> errors(static_cast<std::size_t>(m_patch * m_overlap), 0.0F);
        for (std::int64_t c = 0; c < m_source.channels; ++c) {
            for (std::int64_t along = 0; along < m_patch; ++along) {
                for (std::int64_t across = 0; across < m_overlap; ++across) {
                    const std::int64_t row = above ? across : along;
                    const std::int64_t column = above ? along : across;
                    const float d =
                        sourceRow(p, c, row)[column] - canvasRow(c, x + column, y + row)[0];
                    errors[static_cast<std::size_t>(along * m_overlap + across)] += d * d;
                }
            }
        }
        return leastErrorPath(errors, m_patch, m_overlap);
    }

    void lay(std::int64_t x, std::int64_t y) {
        const Place place = fittingPlace(x, y);
        std::vector<std::int64_t> left(static_cast<std::size_t>(m_patch), 0);
        std::vector<std::int64_t> top = left;
        if (x > 0)
            left = seam(place, x, y, false);
        if (y > 0)
            top = seam(place, x, y, true);
        for (std::int64_t c = 0; c < m_source.channels; ++c) {
            for (std::int64_t row = 0; row < m_patch; ++row) {
                const float* from = sourceRow(place, c, row);
                float* to = canvasRow(c, x, y + row);
                for (std::int64_t i = left[static_cast<std::size_t>(row)]; i < m_patch; ++i) {
                    if (row >= top[static_cast<std::size_t>(i)])
                        to[i] = from[i];
                }
            }
        }
    }

    [[nodiscard]] std::vector<float> cut() {
        std::vector<float> out;
        out.reserve(static_cast<std::size_t>(m_source.channels * m_size.height * m_size.width));
        for (std::int64_t c = 0; c < m_source.channels; ++c) {
            for (std::int64_t y = 0; y < m_size.height; ++y) {
                const float* row = canvasRow(c, m_shiftX, m_shiftY + y);
                out.insert(out.end(), row, row + m_size.width);
            }
        }
        return out;
    }

    const QuiltSource& m_source;
    const QuiltLayout& m_layout;
    QuiltSize m_size;
    Random m_random;
    std::int64_t m_patch;
    std::int64_t m_overlap;
    std::int64_t m_step;
    std::int64_t m_shiftX;
    std::int64_t m_shiftY;
    std::int64_t m_columns;
    std::int64_t m_rows;
    std::int64_t m_width;
    std::int64_t m_height;
    std::vector<float> m_canvas;
};

} // namespace

std::vector<std::int64_t>
leastErrorPath(std::span<const float> errors, std::int64_t rows, std::int64_t columns) {
    std::vector<float> sum(errors.begin(), errors.end());
    const auto at = [&](std::int64_t row, std::int64_t column) -> float& {
        return sum[static_cast<std::size_t>(row * columns + column)];
    };
    const auto bestNear = [&](std::int64_t row, std::int64_t column) {
        std::int64_t best = column;
        for (const std::int64_t other : {column - 1, column + 1})
            if (other >= 0 && other < columns && at(row, other) < at(row, best))
                best = other;
        return best;
    };
    for (std::int64_t row = 1; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column)
            at(row, column) += at(row - 1, bestNear(row - 1, column));
    std::vector<std::int64_t> path(static_cast<std::size_t>(rows), 0);
    for (std::int64_t column = 1; column < columns; ++column)
        if (at(rows - 1, column) < at(rows - 1, path.back()))
            path.back() = column;
    for (std::int64_t row = rows - 1; row > 0; --row)
        path[static_cast<std::size_t>(row) - 1] =
            bestNear(row - 1, path[static_cast<std::size_t>(row)]);
    return path;
}

std::vector<float> quilted(const QuiltSource& source,
                           const QuiltLayout& layout,
                           QuiltSize size,
                           std::uint64_t seed,
                           const std::function<void()>& beforePatch) {
    return Quilt(source, layout, size, seed).run(beforePatch);
}

} // namespace likeness
