// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/templatesearch.h"

#include "core/base/error.h"
#include "core/base/plannerlock.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace likeness {

namespace {

/// Larger images are searched in overlapping tiles: transforms that stay in the cache are faster.
constexpr std::int64_t kTile = 512;

/// Windows whose variance is less than this share of their image's are constant.
constexpr double kConstant = 1e-9;

std::int64_t tileSide(std::int64_t image, std::int64_t side) {
    return std::min(image, std::max(kTile, 3 * side));
}

/// The next number with no prime factor above 5, even.
std::int64_t fastSize(std::int64_t least) {
    for (std::int64_t n = least + least % 2;; n += 2) {
        std::int64_t rest = n;
        for (const std::int64_t factor : {2, 3, 5})
            while (rest % factor == 0)
                rest /= factor;
        if (rest == 1)
            return n;
    }
}

struct FreeBuffer {
    void operator()(float* p) const noexcept { fftwf_free(p); }
};

/// Floats that FFTW likes; a complex row of w / 2 + 1 numbers takes w + 2 of them.
using Buffer = std::unique_ptr<float, FreeBuffer>;

Buffer bufferOf(std::int64_t floats) {
    Buffer buffer(fftwf_alloc_real(static_cast<std::size_t>(floats)));
    if (!buffer)
        throw Error(ErrorCode::memory, "The nearest images were not looked for",
                    "there is not enough memory", "give fewer images");
    return buffer;
}

struct Transforms {
    std::int64_t width = 0;
    std::int64_t height = 0;
    fftwf_plan forward = nullptr;
    fftwf_plan backward = nullptr;

    Transforms(std::int64_t w, std::int64_t h)
        : width(w)
        , height(h) {
        const Buffer real = bufferOf(w * h);
        const Buffer half = bufferOf(spectrumFloats());
        auto* complex = reinterpret_cast<fftwf_complex*>(half.get());
        const auto rows = static_cast<int>(h);
        const auto columns = static_cast<int>(w);
        const std::scoped_lock lock(fourierPlannerMutex());
        forward = fftwf_plan_dft_r2c_2d(rows, columns, real.get(), complex, FFTW_ESTIMATE);
        backward = fftwf_plan_dft_c2r_2d(rows, columns, complex, real.get(), FFTW_ESTIMATE);
    }

    ~Transforms() {
        const std::scoped_lock lock(fourierPlannerMutex());
        fftwf_destroy_plan(forward);
        fftwf_destroy_plan(backward);
    }

    Transforms(const Transforms&) = delete;
    Transforms& operator=(const Transforms&) = delete;

    [[nodiscard]] std::int64_t spectrumFloats() const { return height * (width + 2); }

    void transform(float* real, float* spectrum) const {
        fftwf_execute_dft_r2c(forward, real, reinterpret_cast<fftwf_complex*>(spectrum));
    }

    /// Uses the spectrum up.
    void invert(float* spectrum, float* real) const {
        fftwf_execute_dft_c2r(backward, reinterpret_cast<fftwf_complex*>(spectrum), real);
    }
};

/// A part of an image with what is computed of it once.
struct Tile {
    std::size_t image = 0;
    std::int64_t x = 0;
    std::int64_t y = 0;
    std::int64_t columns = 0; ///< positions of the template
    std::int64_t rows = 0;
    Buffer spectrum;
    std::vector<float> scale; ///< 1 / norm of the window at each position; 0 for constant ones
};

/// product = a * conj(b), interleaved complex numbers.
void multiplyConjugate(const float* a, const float* b, float* product, std::int64_t floats) {
    for (std::int64_t i = 0; i < floats; i += 2) {
        product[i] = a[i] * b[i] + a[i + 1] * b[i + 1];
        product[i + 1] = a[i + 1] * b[i] - a[i] * b[i + 1];
    }
}

/// The largest product of the two rows.
float largestProduct(const float* a, const float* b, std::int64_t count) {
    constexpr std::int64_t kLanes = 16;
    std::array<float, kLanes> lane{};
    lane.fill(-std::numeric_limits<float>::infinity());
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (std::int64_t l = 0; l < kLanes; ++l) {
            const float v = a[i + l] * b[i + l];
            lane[static_cast<std::size_t>(l)] =
                lane[static_cast<std::size_t>(l)] > v ? lane[static_cast<std::size_t>(l)] : v;
        }
    }
    for (; i < count; ++i)
        lane[0] = std::max(lane[0], a[i] * b[i]);
    return *std::ranges::max_element(lane);
}

/// Sums over all side x side windows, by running sums along x and then y.
std::vector<double> windowSums(const std::vector<double>& values,
                               std::int64_t width,
                               std::int64_t height,
                               std::int64_t side) {
    const std::int64_t columns = width - side + 1;
    std::vector<double> rows(static_cast<std::size_t>(columns * height));
    for (std::int64_t y = 0; y < height; ++y) {
        const double* in = values.data() + y * width;
        double sum = 0.0;
        for (std::int64_t x = 0; x < width; ++x) {
            sum += in[x];
            if (x >= side)
                sum -= in[x - side];
            if (x >= side - 1)
                rows[static_cast<std::size_t>(y * columns + x - side + 1)] = sum;
        }
    }
    std::vector<double> out(static_cast<std::size_t>(columns * (height - side + 1)));
    std::vector<double> sums(static_cast<std::size_t>(columns), 0.0);
    for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < columns; ++x) {
            double& sum = sums[static_cast<std::size_t>(x)];
            sum += rows[static_cast<std::size_t>(y * columns + x)];
            if (y >= side)
                sum -= rows[static_cast<std::size_t>((y - side) * columns + x)];
            if (y >= side - 1)
                out[static_cast<std::size_t>((y - side + 1) * columns + x)] = sum;
        }
    }
    return out;
}

/// Zero mean and unit norm; empty for a constant plane.
std::vector<double> normalised(const Plane& plane) {
    std::vector<double> values = plane.values;
    const double mean = sumOf(values) / static_cast<double>(values.size());
    double squares = 0.0;
    for (double& v : values) {
        v -= mean;
        squares += v * v;
    }
    if (!(squares > kConstant * (1.0 + mean * mean) * 1e-6))
        return {};
    for (double& v : values)
        v /= std::sqrt(squares);
    return values;
}

Plane windowOf(const Plane& image, std::int64_t x, std::int64_t y, std::int64_t side) {
    Plane out{side, side, {}};
    for (std::int64_t row = 0; row < side; ++row) {
        const double* from = image.row(y + row) + x;
        out.values.insert(out.values.end(), from, from + side);
    }
    return out;
}

} // namespace

Plane oriented(const Plane& square, int orientation) {
    const std::int64_t side = square.width;
    Plane out{side, side, std::vector<double>(square.values.size())};
    for (std::int64_t y = 0; y < side; ++y) {
        for (std::int64_t x = 0; x < side; ++x) {
            std::int64_t fromX = (orientation & 4) != 0 ? y : x;
            std::int64_t fromY = (orientation & 4) != 0 ? x : y;
            if ((orientation & 1) != 0)
                fromX = side - 1 - fromX;
            if ((orientation & 2) != 0)
                fromY = side - 1 - fromY;
            out.row(y)[x] = square.row(fromY)[fromX];
        }
    }
    return out;
}

struct TemplateSearch::State {
    std::span<const Plane> images;
    std::int64_t side = 0;
    std::unique_ptr<Transforms> transforms;
    std::vector<Tile> tiles;

    void addTiles(std::size_t image) {
        const Plane& plane = images[image];
        const std::int64_t width = tileSide(plane.width, side);
        const std::int64_t height = tileSide(plane.height, side);
        for (std::int64_t y = 0;; y = std::min(y + height - side + 1, plane.height - height)) {
            for (std::int64_t x = 0;; x = std::min(x + width - side + 1, plane.width - width)) {
                Tile tile;
                tile.image = image;
                tile.x = x;
                tile.y = y;
                tile.columns = width - side + 1;
                tile.rows = height - side + 1;
                tiles.push_back(std::move(tile));
                if (x + width == plane.width)
                    break;
            }
            if (y + height == plane.height)
                break;
        }
    }

    /// The pixels of the tile, their mean taken off.
    [[nodiscard]] std::vector<double> pixelsOf(const Tile& tile) const {
        const Plane& plane = images[tile.image];
        const std::int64_t width = tile.columns + side - 1;
        std::vector<double> values;
        for (std::int64_t y = 0; y < tile.rows + side - 1; ++y) {
            const double* row = plane.row(tile.y + y) + tile.x;
            values.insert(values.end(), row, row + width);
        }
        const double mean = sumOf(values) / static_cast<double>(values.size());
        for (double& v : values)
            v -= mean;
        return values;
    }

    void prepare(Tile& tile) const {
        const std::vector<double> values = pixelsOf(tile);
        const std::int64_t width = tile.columns + side - 1;
        const std::int64_t height = tile.rows + side - 1;
        const Buffer real = bufferOf(transforms->width * transforms->height);
        std::fill_n(real.get(), transforms->width * transforms->height, 0.0F);
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x)
                real.get()[y * transforms->width + x] =
                    static_cast<float>(values[static_cast<std::size_t>(y * width + x)]);
        tile.spectrum = bufferOf(transforms->spectrumFloats());
        transforms->transform(real.get(), tile.spectrum.get());
        setScale(tile, values);
    }

    void setScale(Tile& tile, std::vector<double> values) const {
        const std::int64_t width = tile.columns + side - 1;
        const std::int64_t height = tile.rows + side - 1;
        const std::vector<double> sums = windowSums(values, width, height, side);
        double whole = 0.0;
        for (double& v : values) {
            v *= v;
            whole += v;
        }
        const std::vector<double> squares = windowSums(values, width, height, side);
        const auto pixels = static_cast<double>(side * side);
        // The inverse transform is not normalised.
        const auto transformed = static_cast<double>(transforms->width * transforms->height);
        const double least = kConstant * whole * pixels / static_cast<double>(values.size());
        tile.scale.resize(sums.size());
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const double spread = squares[i] - sums[i] * sums[i] / pixels;
            tile.scale[i] =
                spread > least ? static_cast<float>(1.0 / (std::sqrt(spread) * transformed)) : 0.0F;
        }
    }
};

TemplateSearch::TemplateSearch(std::span<const Plane> images,
                               std::int64_t side,
                               const JobContext& job)
    : m_state(std::make_unique<State>()) {
    m_state->images = images;
    m_state->side = side;
    std::int64_t width = side;
    std::int64_t height = side;
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (images[i].width < side || images[i].height < side)
            continue;
        m_state->addTiles(i);
        width = std::max(width, tileSide(images[i].width, side));
        height = std::max(height, tileSide(images[i].height, side));
    }
    m_state->transforms = std::make_unique<Transforms>(fastSize(width), fastSize(height));
    for (Tile& tile : m_state->tiles) {
        job.throwIfStopped();
        m_state->prepare(tile);
    }
}

TemplateSearch::~TemplateSearch() = default;

std::int64_t TemplateSearch::bytesFor(const Plane& image, std::int64_t side) {
    const std::int64_t width = tileSide(image.width, side);
    const std::int64_t height = tileSide(image.height, side);
    const std::int64_t stepX = width - side + 1;
    const std::int64_t stepY = height - side + 1;
    const std::int64_t across = (image.width - width + stepX - 1) / stepX + 1;
    const std::int64_t down = (image.height - height + stepY - 1) / stepY + 1;
    return across * down * (fastSize(height) * (fastSize(width) + 2) + stepX * stepY) *
           static_cast<std::int64_t>(sizeof(float));
}

TemplateMatch
TemplateSearch::best(const Plane& pattern, Orientations orientations, const JobContext& job) const {
    const State& state = *m_state;
    if (state.tiles.empty())
        throw Error(ErrorCode::config, "The nearest images cannot be looked for",
                    "no image is as large as the piece that is looked for", "use smaller pieces");
    const Transforms& transforms = *state.transforms;
    const Buffer real = bufferOf(transforms.width * transforms.height);
    const Buffer spectrum = bufferOf(transforms.spectrumFloats());
    const Buffer product = bufferOf(transforms.spectrumFloats());
    const std::vector<double> unit = normalised(pattern);
    TemplateMatch match;
    match.image = state.tiles.front().image;
    match.correlation = 0.0;
    if (unit.empty())
        return match;
    float best = -2.0F;
    for (int o = 0; o < static_cast<int>(orientations); ++o) {
        const Plane turned = oriented({state.side, state.side, unit}, o);
        std::fill_n(real.get(), transforms.width * transforms.height, 0.0F);
        for (std::int64_t y = 0; y < state.side; ++y)
            std::copy_n(turned.row(y), state.side, real.get() + y * transforms.width);
        transforms.transform(real.get(), spectrum.get());
        for (const Tile& tile : state.tiles) {
            job.throwIfStopped();
            multiplyConjugate(tile.spectrum.get(), spectrum.get(), product.get(),
                              transforms.spectrumFloats());
            transforms.invert(product.get(), real.get());
            for (std::int64_t y = 0; y < tile.rows; ++y) {
                const float* row = real.get() + y * transforms.width;
                const float* scale = tile.scale.data() + y * tile.columns;
                if (largestProduct(row, scale, tile.columns) <= best)
                    continue;
                for (std::int64_t x = 0; x < tile.columns; ++x) {
                    if (row[x] * scale[x] > best) {
                        best = row[x] * scale[x];
                        match = {0.0, tile.image, tile.x + x, tile.y + y, o};
                    }
                }
            }
        }
    }
    const std::vector<double> window =
        normalised(windowOf(state.images[match.image], match.x, match.y, state.side));
    const Plane turned = oriented({state.side, state.side, unit}, match.orientation);
    match.correlation = 0.0;
    for (std::size_t i = 0; i < window.size(); ++i)
        match.correlation += window[i] * turned.values[i];
    return match;
}

} // namespace likeness
