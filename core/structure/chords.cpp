// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/chords.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>
#include <string>

namespace likeness {

namespace {

/// What is known of one line while it is read voxel by voxel.
struct Line {
    std::int32_t run = 0;     ///< phase voxels up to here
    std::int32_t segment = 0; ///< voxels inside the field of view up to here
    bool fromEnd = false;     ///< the run began at an end of the segment
};

class RunCounter {
public:
    explicit RunCounter(std::int64_t length)
        : all(static_cast<std::size_t>(length + 1), 0)
        , interior(all.size(), 0)
        , segments(all.size(), 0) {}

    void step(Line& line, bool phase, bool inside) {
        if (!inside) {
            finish(line);
            return;
        }
        if (phase) {
            if (line.run == 0)
                line.fromEnd = line.segment == 0;
            ++line.run;
        } else if (line.run > 0) {
            close(line, line.fromEnd);
        }
        ++line.segment;
    }

    /// The line or its part inside the field of view ends.
    void finish(Line& line) {
        if (line.run > 0)
            close(line, true);
        if (line.segment > 0)
            ++segments[static_cast<std::size_t>(line.segment)];
        line.segment = 0;
    }

    std::vector<std::int64_t> all; ///< count by length
    std::vector<std::int64_t> interior;
    std::vector<std::int64_t> segments;

private:
    void close(Line& line, bool touchesEnd) {
        ++all[static_cast<std::size_t>(line.run)];
        if (!touchesEnd)
            ++interior[static_cast<std::size_t>(line.run)];
        line.run = 0;
    }
};

RunCounter countRuns(const Indicator& field, int axis, const JobContext& job) {
    const auto [w, h, d] = field.size;
    RunCounter counter(field.size[static_cast<std::size_t>(axis)]);
    // Lines that run along y or z are read side by side, in storage order.
    std::vector<Line> lines(static_cast<std::size_t>(axis == 0 ? 1 : axis == 1 ? w : w * h));
    const auto finishAll = [&] {
        for (Line& line : lines)
            counter.finish(line);
    };
    std::size_t i = 0;
    for (std::int64_t z = 0; z < d; ++z) {
        for (std::int64_t y = 0; y < h; ++y) {
            job.throwIfStopped();
            for (std::int64_t x = 0; x < w; ++x, ++i) {
                const std::int64_t index = axis == 0 ? 0 : axis == 1 ? x : y * w + x;
                counter.step(lines[static_cast<std::size_t>(index)], field.phase[i] != 0,
                             field.inside.empty() || field.inside[i] != 0);
            }
            if (axis == 0)
                finishAll();
        }
        if (axis == 1)
            finishAll();
    }
    if (axis == 2)
        finishAll();
    return counter;
}

/// Sum over lengths of count * max(length - r, 0), for r = 0..maximum.
std::vector<double> placements(const std::vector<std::int64_t>& counts, std::int64_t maximum) {
    std::vector<double> out(counts.size(), 0.0);
    std::int64_t longer = 0;
    std::int64_t sum = 0;
    for (std::size_t r = counts.size() - 1; r-- > 0;) {
        longer += counts[r + 1];
        sum += longer;
        out[r] = static_cast<double>(sum);
    }
    out.resize(static_cast<std::size_t>(maximum + 1));
    return out;
}

void summarise(const std::vector<std::int64_t>& counts, std::int64_t& number, double& mean) {
    std::int64_t voxels = 0;
    for (std::size_t length = 0; length < counts.size(); ++length) {
        number += counts[length];
        voxels += counts[length] * static_cast<std::int64_t>(length);
    }
    mean = number > 0 ? static_cast<double>(voxels) / static_cast<double>(number) : 0.0;
}

} // namespace

ChordStatistics
chords(const Indicator& field, int axis, std::int64_t maximumLag, const JobContext& job) {
    const std::int64_t length =
        axis >= 0 && axis < 3 ? field.size[static_cast<std::size_t>(axis)] : 0;
    if (maximumLag < 0 || maximumLag >= length)
        throw Error(ErrorCode::config, "The chord statistics have no value here",
                    "a lag of " + std::to_string(maximumLag) + " does not fit an axis of " +
                        std::to_string(length) + " voxels",
                    "lower the largest lag");
    const RunCounter runs = countRuns(field, axis, job);
    ChordStatistics out;
    summarise(runs.all, out.countAll, out.meanAll);
    summarise(runs.interior, out.countInterior, out.meanInterior);
    out.interior = runs.interior;
    out.linealPath = placements(runs.all, maximumLag);
    const std::vector<double> possible = placements(runs.segments, maximumLag);
    for (std::size_t r = 0; r < out.linealPath.size(); ++r)
        out.linealPath[r] = possible[r] > 0.0 ? out.linealPath[r] / possible[r]
                                              : std::numeric_limits<double>::quiet_NaN();
    return out;
}

} // namespace likeness
