// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// The model families that have a latent space to look around in, for those who ask the worker
/// without linking it.
inline constexpr std::array<std::string_view, 2> kLatentModelNames{"vae", "stylegan"};

/// One image of a latent space: that of a seed, moved or mixed.
struct LatentPoint {
    std::uint64_t seed = 0; ///< of the image itself, as the record of a sample holds it

    /// How far the image is moved along each of the principal directions, the strongest first, in
    /// standard deviations that the latents have along it. What is left out is 0; with all 0 the
    /// image is that of the seed, bit by bit.
    std::vector<double> offsets;

    /// Style mixing: the levels from `crossover` on, counted from the coarsest, come from `seed`.
    /// At 0 the image is that of this seed, at the number of levels it is that of the other one.
    struct Fine {
        std::uint64_t seed = 0;
        int crossover = 0;
        friend bool operator==(const Fine&, const Fine&) = default;
    };

    std::optional<Fine> fine;

    friend bool operator==(const LatentPoint&, const LatentPoint&) = default;
};

inline constexpr double kMaximumLatentOffset = 10.0; ///< standard deviations

/// What there is to look around in.
struct LatentSpace {
    std::int64_t dimension = 0;     ///< of a latent
    std::vector<double> deviations; ///< of the latents along each principal direction, falling
    int levels = 0;                 ///< for mixing; 0: this model cannot mix
};

/// {"seed", "offsets" (left out when empty), "fine": {"seed", "crossover"} (left out without)} and
/// its inverse, which throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const LatentPoint& point);
[[nodiscard]] LatentPoint latentPointFromJson(const Json& json, const std::string& subject);

/// {"dimension", "deviations", "levels"} and its inverse.
[[nodiscard]] Json toJson(const LatentSpace& space);
[[nodiscard]] LatentSpace latentSpaceFromJson(const Json& json, const std::string& subject);

/// The images of `frames` equal steps along `direction` (from 0) from -span to +span standard
/// deviations about the image of a seed; one frame is the image itself. An odd number of frames has
/// it in the middle.
[[nodiscard]] std::vector<LatentPoint>
traversal(std::uint64_t seed, int direction, double span, int frames);

} // namespace likeness
