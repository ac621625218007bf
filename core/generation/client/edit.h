// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/conditions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

/// What a trained denoiser can do with images besides making them, without being trained anew.
enum class EditKind {
    inpaint,     ///< makes the marked pixels of an image anew
    outpaint,    ///< continues an image beyond its sides
    vary,        ///< makes an image like a given one
    interpolate, ///< frames from one sample to another
    trajectory   ///< the states of one sample while it is made
};

[[nodiscard]] std::string_view toString(EditKind kind) noexcept; ///< "inpaint" ...
[[nodiscard]] std::optional<EditKind> editKindFrom(std::string_view word) noexcept;

/// Whether it starts from an image: all but interpolate and trajectory.
[[nodiscard]] bool takesParent(EditKind kind) noexcept;

/// Pixels to add at each side.
struct Margins {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
    friend bool operator==(const Margins&, const Margins&) = default;
};

/// An edit but for its images. Only the fields that its kind names mean something.
struct Edit {
    EditKind kind = EditKind::inpaint;

    /// inpaint, outpaint, vary: how many images, image i from derivedSeed(seed, i) alone.
    std::int64_t count = 1;
    std::uint64_t seed = 0;

    int steps = 0; ///< all: of the solver, for a whole denoising; 0: the model's own

    /// inpaint, outpaint: how often each stretch of the denoising is gone through (RePaint,
    /// Lugmayr et al. 2022), those that decide the grain 6 times as often; more make what is new
    /// fit what is known better, at as many times the cost. 1 is fast and leaves a visible seam.
    int passes = kPasses;

    Margins margins; ///< outpaint

    double strength = 0.5; ///< vary: 0 the image itself ... 1 a new image

    /// inpaint, outpaint, vary: takes the image's own mean and spread for those that the model
    /// knows, in place of the grey values themselves; for images of another scan or pixel type.
    bool fitGrey = false;

    /// interpolate: seeds as samples of the project record them; the first frame is the sample of
    /// `from`, the last that of `to`.
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::int64_t frames = 8; ///< both ends counted

    /// trajectory: one pair of images per solver step from the sample of `seed` (as recorded): the
    /// clean image as guessed, and what it was guessed from, its noise scaled into the model's
    /// range of grey values. The last clean image is the sample.
    bool noisy = true; ///< false: the clean ones only

    int width = 0; ///< interpolate, trajectory: of the images; 0: as trained
    int height = 0;

    /// all, by a model with conditions: what the images are to show. What it leaves open is not
    /// told where there is a parent, of which the model sees enough, and is drawn as for samples
    /// of the seeds otherwise.
    ConditionWish wish;

    static constexpr int kPasses = 2;
    static constexpr int kMaximumPasses = 20;
    static constexpr std::int64_t kMaximumFrames = 1000;
};

/// The noise level (in units in which images have a standard deviation of 0.5) that vary starts
/// from: 0.05 * 800^strength, so that equal ways on the slider are equal factors. About 0.16 (0.15)
/// changes the noise only, 0.3 (0.4) edges, 0.45 (1.0) small features, 0.6 (2.8) all but the
/// layout; 1 (40) leaves nothing. 0 for 0.
[[nodiscard]] double noiseLevelOfStrength(double strength) noexcept;

/// Throws Error(config) that says which number is not acceptable.
void checkEdit(const Edit& edit);

/// The inverse pair: what the worker is asked, and what a sample's recipe holds; only the fields
/// that the kind names. editFromJson throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const Edit& edit);
[[nodiscard]] Edit editFromJson(const Json& json, const std::string& subject);

} // namespace likeness
