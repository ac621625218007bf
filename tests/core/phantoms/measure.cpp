// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/phantoms/measure.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace measure {

Mask maskOf(const likeness::Volume& labels, std::uint8_t label) {
    Mask mask(static_cast<std::size_t>(labels.span().pixels()));
    const auto* in = labels.pixels<std::uint8_t>();
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = in[i] == label ? 1 : 0;
    return mask;
}

std::vector<std::int64_t>
componentAreas(const Mask& mask, std::int64_t width, std::int64_t height) {
    Mask left = mask;
    std::vector<std::int64_t> areas;
    std::vector<std::int64_t> stack;
    for (std::int64_t start = 0; start < width * height; ++start) {
        if (left[static_cast<std::size_t>(start)] == 0)
            continue;
        std::int64_t area = 0;
        bool atBorder = false;
        stack.assign(1, start);
        left[static_cast<std::size_t>(start)] = 0;
        while (!stack.empty()) {
            const std::int64_t i = stack.back();
            stack.pop_back();
            ++area;
            const std::int64_t x = i % width;
            const std::int64_t y = i / width;
            atBorder = atBorder || x == 0 || y == 0 || x == width - 1 || y == height - 1;
            const auto push = [&](bool inside, std::int64_t j) {
                if (inside && left[static_cast<std::size_t>(j)] != 0) {
                    left[static_cast<std::size_t>(j)] = 0;
                    stack.push_back(j);
                }
            };
            push(x > 0, i - 1);
            push(x + 1 < width, i + 1);
            push(y > 0, i - width);
            push(y + 1 < height, i + width);
        }
        if (!atBorder)
            areas.push_back(area);
    }
    return areas;
}

std::vector<double> distanceMaxima(const Mask& mask, std::int64_t width, std::int64_t height) {
    constexpr std::int64_t kReach = 14;
    std::vector<double> distance(mask.size(), 0.0);
    const auto at = [&](std::int64_t x, std::int64_t y) {
        return static_cast<std::size_t>(y * width + x);
    };
    for (std::int64_t y = kReach; y < height - kReach; ++y)
        for (std::int64_t x = kReach; x < width - kReach; ++x) {
            if (mask[at(x, y)] == 0)
                continue;
            std::int64_t best = kReach * kReach;
            for (std::int64_t dy = -kReach; dy <= kReach; ++dy)
                for (std::int64_t dx = -kReach; dx <= kReach; ++dx)
                    if (mask[at(x + dx, y + dy)] == 0)
                        best = std::min(best, dx * dx + dy * dy);
            distance[at(x, y)] = std::sqrt(static_cast<double>(best));
        }
    std::vector<double> maxima;
    for (std::int64_t y = 2 * kReach; y < height - 2 * kReach; ++y)
        for (std::int64_t x = 2 * kReach; x < width - 2 * kReach; ++x) {
            const double here = distance[at(x, y)];
            bool isMaximum = here > 1.5;
            for (std::int64_t dy = -3; dy <= 3 && isMaximum; ++dy)
                for (std::int64_t dx = -3; dx <= 3 && isMaximum; ++dx) {
                    const double other = distance[at(x + dx, y + dy)];
                    // Of equal ones the last in reading order counts.
                    isMaximum = other < here || (other == here && (dy < 0 || (dy == 0 && dx <= 0)));
                }
            if (isMaximum)
                maxima.push_back(here);
        }
    return maxima;
}

namespace {

constexpr std::array<std::array<int, 2>, 8> kRing{
    {{0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}}};

/// A mask with a border of zeros, so that neighbours always exist.
struct Board {
    std::int64_t width = 0;
    Mask cells;

    [[nodiscard]] std::array<int, 8> ring(std::int64_t i) const {
        std::array<int, 8> values{};
        for (std::size_t k = 0; k < 8; ++k)
            values[k] = cells[static_cast<std::size_t>(i + kRing[k][1] * width + kRing[k][0])];
        return values;
    }

    [[nodiscard]] int neighbours(std::int64_t i) const {
        int count = 0;
        for (const int v : ring(i))
            count += v;
        return count;
    }
};

bool isRemovable(const std::array<int, 8>& p, int pass) {
    int count = 0;
    int changes = 0;
    for (std::size_t k = 0; k < 8; ++k) {
        count += p[k];
        changes += p[k] == 0 && p[(k + 1) % 8] == 1 ? 1 : 0;
    }
    if (count < 2 || count > 6 || changes != 1)
        return false;
    return pass == 0 ? p[0] * p[2] * p[4] == 0 && p[2] * p[4] * p[6] == 0
                     : p[0] * p[2] * p[6] == 0 && p[0] * p[4] * p[6] == 0;
}

void thin(Board& board) {
    const auto count = static_cast<std::int64_t>(board.cells.size());
    for (bool changed = true; changed;) {
        changed = false;
        for (int pass = 0; pass < 2; ++pass) {
            std::vector<std::int64_t> removed;
            for (std::int64_t i = board.width + 1; i < count - board.width - 1; ++i)
                if (board.cells[static_cast<std::size_t>(i)] != 0 &&
                    isRemovable(board.ring(i), pass))
                    removed.push_back(i);
            for (const std::int64_t i : removed)
                board.cells[static_cast<std::size_t>(i)] = 0;
            changed = changed || !removed.empty();
        }
    }
    // Stair corners: a pixel whose two neighbours touch each other adds a step that is not there.
    for (std::int64_t i = board.width + 1; i < count - board.width - 1; ++i) {
        if (board.cells[static_cast<std::size_t>(i)] == 0)
            continue;
        const auto p = board.ring(i);
        for (std::size_t k = 0; k < 8; k += 2)
            if (p[k] != 0 && p[(k + 2) % 8] != 0 && p[(k + 5) % 8] == 0 && p[(k + 4) % 8] == 0 &&
                p[(k + 6) % 8] == 0)
                board.cells[static_cast<std::size_t>(i)] = 0;
    }
}

/// Walks from an end to the next junction; the pixels of the path without the junction.
std::vector<std::int64_t> walk(const Board& board, std::int64_t end) {
    std::vector<std::int64_t> path{end};
    std::int64_t previous = -1;
    std::int64_t here = end;
    for (;;) {
        std::int64_t next = -1;
        for (const auto& step : kRing) {
            const std::int64_t j = here + step[1] * board.width + step[0];
            if (j != previous && board.cells[static_cast<std::size_t>(j)] != 0)
                next = j;
        }
        if (next < 0 || board.neighbours(next) > 2 || path.size() > 5000)
            return path;
        path.push_back(next);
        previous = here;
        here = next;
    }
}

void cutSpurs(Board& board, int spur) {
    const Board before = board;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(before.cells.size()); ++i) {
        if (before.cells[static_cast<std::size_t>(i)] == 0 || before.neighbours(i) != 1)
            continue;
        const auto path = walk(before, i);
        if (static_cast<int>(path.size()) <= spur)
            for (const std::int64_t j : path)
                board.cells[static_cast<std::size_t>(j)] = 0;
    }
}

/// Nearest distance from a pixel of the mask to a pixel outside it, less half a pixel.
double depthAt(const Board& mask, std::int64_t i) {
    constexpr std::int64_t kReach = 12;
    const std::int64_t rows = static_cast<std::int64_t>(mask.cells.size()) / mask.width;
    std::int64_t best = kReach * kReach;
    for (std::int64_t dy = -kReach; dy <= kReach; ++dy)
        for (std::int64_t dx = -kReach; dx <= kReach; ++dx) {
            const std::int64_t x = i % mask.width + dx;
            const std::int64_t y = i / mask.width + dy;
            // Beyond the picture nothing is known.
            if (x < 1 || y < 1 || x > mask.width - 2 || y > rows - 2)
                continue;
            if (mask.cells[static_cast<std::size_t>(y * mask.width + x)] == 0)
                best = std::min(best, dx * dx + dy * dy);
        }
    return std::sqrt(static_cast<double>(best)) - 0.5;
}

/// Thinning eats into the round cap at an end of a root, and past it: what is missing up to the
/// cap's centre, or up to the picture's border where the root runs out of it.
double missingAtEnd(const Board& mask, const Board& skeleton, std::int64_t end) {
    const auto path = walk(skeleton, end);
    const std::int64_t back = path[std::min<std::size_t>(path.size() - 1, 5)];
    const std::int64_t w = mask.width;
    const double dx = static_cast<double>(end % w - back % w);
    const double dy = static_cast<double>(end / w - back / w);
    const double norm = std::hypot(dx, dy);
    if (norm < 1.0)
        return 0.0;
    const std::int64_t rows = static_cast<std::int64_t>(mask.cells.size()) / w;
    for (double t = 0.0; t < 30.0; t += 0.1) {
        const double x = static_cast<double>(end % w) + t * dx / norm;
        const double y = static_cast<double>(end / w) + t * dy / norm;
        if (x < 0.5 || y < 0.5 || x > static_cast<double>(w) - 1.5 ||
            y > static_cast<double>(rows) - 1.5)
            return t;
        if (mask.cells[static_cast<std::size_t>(std::llround(y) * w + std::llround(x))] == 0)
            return t - depthAt(mask, end);
    }
    return 0.0;
}

} // namespace

Skeleton skeletonOf(Mask mask, std::int64_t width, std::int64_t height, int spur) {
    Board board{width + 2, Mask(static_cast<std::size_t>((width + 2) * (height + 2)), 0)};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            board.cells[static_cast<std::size_t>((y + 1) * board.width + x + 1)] =
                mask[static_cast<std::size_t>(y * width + x)];
    const Board whole = board;
    thin(board);
    cutSpurs(board, spur);
    Skeleton skeleton;
    double missing = 0.0;
    double even = 0.0;
    double odd = 0.0;
    double corners = 0.0;
    for (std::int64_t i = board.width + 1;
         i < static_cast<std::int64_t>(board.cells.size()) - board.width - 1; ++i) {
        if (board.cells[static_cast<std::size_t>(i)] == 0)
            continue;
        const auto p = board.ring(i);
        if (board.neighbours(i) == 1) {
            ++skeleton.ends;
            missing += missingAtEnd(whole, board, i);
        }
        even += p[2] + p[4];
        // A diagonal counts only where no two straight steps join the same pixels.
        odd += p[3] != 0 && p[2] == 0 && p[4] == 0 ? 1 : 0;
        odd += p[5] != 0 && p[4] == 0 && p[6] == 0 ? 1 : 0;
        const int straight = p[0] + p[2] + p[4] + p[6];
        corners += board.neighbours(i) == 2 && straight == 1 ? 1 : 0;
    }
    skeleton.length = 0.980 * even + 1.406 * odd - 0.091 * corners + missing;
    return skeleton;
}

namespace {

using Grid = std::vector<float>;

/// Three passes of a box of 2 r + 1 along each axis: nearly a Gaussian.
Grid smoothed(Grid values, std::int64_t n, std::int64_t r) {
    const std::array<std::int64_t, 3> strides{1, n, n * n};
    for (int pass = 0; pass < 3; ++pass)
        for (const std::int64_t stride : strides) {
            const Grid in = values;
            for (std::int64_t i = 0; i < n * n * n; ++i) {
                const std::int64_t c = i / stride % n;
                float sum = 0.0F;
                for (std::int64_t k = -r; k <= r; ++k)
                    sum += in[static_cast<std::size_t>(
                        i + (std::clamp<std::int64_t>(c + k, 0, n - 1) - c) * stride)];
                values[static_cast<std::size_t>(i)] = sum / static_cast<float>(2 * r + 1);
            }
        }
    return values;
}

} // namespace

std::array<std::array<double, 3>, 3> orientationTensor(const Mask& mask, std::int64_t size) {
    const std::int64_t n = size;
    const Grid soft = smoothed(Grid(mask.begin(), mask.end()), n, 1);
    const std::array<std::int64_t, 3> strides{1, n, n * n};
    std::array<Grid, 6> products;
    products.fill(Grid(mask.size(), 0.0F));
    for (std::int64_t i = 0; i < n * n * n; ++i) {
        std::array<float, 3> g{};
        for (std::size_t k = 0; k < 3; ++k) {
            const std::int64_t c = i / strides[k] % n;
            if (c > 0 && c + 1 < n)
                g[k] = soft[static_cast<std::size_t>(i + strides[k])] -
                       soft[static_cast<std::size_t>(i - strides[k])];
        }
        std::size_t m = 0;
        for (std::size_t a = 0; a < 3; ++a)
            for (std::size_t b = a; b < 3; ++b)
                products[m++][static_cast<std::size_t>(i)] = g[a] * g[b];
    }
    for (Grid& product : products)
        product = smoothed(std::move(product), n, 2);
    Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
    double voxels = 0.0;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i] == 0)
            continue;
        Eigen::Matrix3d s;
        std::size_t m = 0;
        for (int a = 0; a < 3; ++a)
            for (int b = a; b < 3; ++b)
                s(a, b) = s(b, a) = static_cast<double>(products[m++][i]);
        const Eigen::Vector3d least =
            Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(s).eigenvectors().col(0);
        sum += least * least.transpose();
        voxels += 1.0;
    }
    std::array<std::array<double, 3>, 3> tensor{};
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            tensor[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = sum(a, b) / voxels;
    return tensor;
}

} // namespace measure
