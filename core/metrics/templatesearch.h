// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/metrics/plane.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace likeness {

/// In which of the eight orientations of the square a template is looked for.
enum class Orientations {
    asIs = 1,
    mirror = 2, ///< and left-right
    square8 = 8 ///< quarter turns, each also mirrored
};

/// Orientation 0 to 7 of a square plane: bit 0 mirrors x, bit 1 mirrors y, bit 2 then transposes.
[[nodiscard]] Plane oriented(const Plane& square, int orientation);

struct TemplateMatch {
    double correlation = -std::numeric_limits<double>::infinity();
    std::size_t image = 0; ///< where it was found
    std::int64_t x = 0;    ///< upper left corner there
    std::int64_t y = 0;
    int orientation = 0; ///< that the template had
};

/// Zero-mean normalised cross-correlation (Lewis 1995) of square templates of one side with a set
/// of images, at every position at which the template lies inside, by Fourier transform. The images
/// are transformed once. Searching is safe on several threads.
class TemplateSearch {
public:
    /// Images smaller than `side` are left out; the planes must outlive the search.
    TemplateSearch(std::span<const Plane> images, std::int64_t side, const JobContext& job = {});
    ~TemplateSearch();
    TemplateSearch(const TemplateSearch&) = delete;
    TemplateSearch& operator=(const TemplateSearch&) = delete;

    /// The best match, its correlation computed anew in double. A constant template or window has
    /// the correlation 0. The template is side x side. Error(config) if no image is large enough.
    [[nodiscard]] TemplateMatch
    best(const Plane& pattern, Orientations orientations, const JobContext& job = {}) const;

    /// Memory that one image of the size takes.
    [[nodiscard]] static std::int64_t bytesFor(const Plane& image, std::int64_t side);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace likeness
