// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/editcheck.h"

#include "core/base/error.h"
#include "core/generation/client/modelnames.h"
#include "core/generation/client/strictjson.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

// A single slice may well be darker or flatter than the whole set, but beyond these it is another
// kind of image: means that many deviations of the training set apart, deviations by that factor.
constexpr double kFarMean = 3.0;
constexpr double kFarSpread = 5.0;
constexpr double kUnitDeviation = 0.5;

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
};

std::string sizeText(const ImageSpan& image) {
    return std::to_string(image.width) + " x " + std::to_string(image.height);
}

std::string rounded(double value) {
    char text[32];
    std::snprintf(text, sizeof text, std::abs(value) < 10.0 ? "%.2g" : "%.0f", value);
    return text;
}

bool isMarked(const ImageSpan& mask, std::int64_t pixel) {
    for (std::int64_t c = 0; c < mask.channels; ++c)
        if (mask.at(pixel * mask.channels + c) != 0.0)
            return true;
    return false;
}

/// Of what is known of the parent.
Moments momentsOf(const ImageSpan& parent,
                  const std::optional<ImageSpan>& mask,
                  const std::string& subject) {
    double sum = 0.0;
    double squares = 0.0;
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < parent.values(); ++i) {
        if (mask && isMarked(*mask, i / parent.channels))
            continue;
        const double value = parent.at(i);
        if (!std::isfinite(value))
            throw Error(ErrorCode::numeric, subject, "it holds values that are not finite",
                        "choose another image");
        sum += value;
        squares += value * value;
        ++count;
    }
    const double mean = sum / static_cast<double>(count);
    return {mean, std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean * mean))};
}

void checkMask(const ImageSpan& parent,
               const std::optional<ImageSpan>& mask,
               const std::string& subject) {
    if (!mask)
        throw Error(ErrorCode::config, "inpainting", "there is no mask",
                    "give a mask file or a box");
    if (mask->width != parent.width || mask->height != parent.height || mask->depth != 1)
        throw Error(ErrorCode::config, "the mask",
                    "it is " + sizeText(*mask) + " pixels, but " + subject + " is " +
                        sizeText(parent),
                    "make a mask of the image's own size");
    std::int64_t marked = 0;
    for (std::int64_t i = 0; i < mask->pixels(); ++i)
        marked += isMarked(*mask, i) ? 1 : 0;
    if (marked == 0)
        throw Error(ErrorCode::config, "the mask", "it marks nothing, all its pixels are 0",
                    "mark what is to be made anew with another value");
    if (marked == mask->pixels())
        throw Error(ErrorCode::config, "the mask",
                    "it marks every pixel, so nothing of " + subject + " would be left",
                    "mark less, or generate a new image");
}

void checkGrey(const Json& map,
               const std::string& subject,
               const ImageSpan& parent,
               const Moments& known) {
    const std::string type = requiredText(map, "type", "the checkpoint");
    const char* remedy = "choose a checkpoint trained on such images, or fit the grey values";
    if (type != toString(parent.type))
        throw Error(ErrorCode::config, subject,
                    "it is " + std::string(toString(parent.type)) +
                        ", but the checkpoint was trained on " + type,
                    remedy);
    const double centre = map.value("centre", 0.0);
    const double deviation = map.value("scale", 1.0) * kUnitDeviation;
    const double ratio = known.deviation / deviation;
    if (std::abs(known.mean - centre) > kFarMean * deviation || ratio > kFarSpread ||
        ratio < 1.0 / kFarSpread)
        throw Error(ErrorCode::config, subject,
                    "its grey values (mean " + rounded(known.mean) + ", deviation " +
                        rounded(known.deviation) +
                        ") are far from those that the checkpoint was trained on (" +
                        rounded(centre) + ", " + rounded(deviation) + ")",
                    remedy);
}

} // namespace

bool modelCanEdit(std::string_view model) noexcept {
    return std::find(kEditingModels.begin(), kEditingModels.end(), model) != kEditingModels.end();
}

void checkEditImages(const Json& manifest,
                     const Edit& edit,
                     const std::string& subject,
                     const ImageSpan& parent,
                     const std::optional<ImageSpan>& mask) {
    if (parent.depth != 1)
        throw Error(ErrorCode::config, subject,
                    "it is a volume of " + std::to_string(parent.depth) + " slices",
                    "choose one slice");
    const Json network = manifest.value("network", Json::object());
    const auto channels = boundedInteger(network, "image_channels", 1, 4, "the checkpoint");
    if (parent.channels != channels)
        throw Error(ErrorCode::config, subject,
                    "it has " + std::to_string(parent.channels) +
                        " colour channels, but the checkpoint makes images of " +
                        std::to_string(channels),
                    "choose a checkpoint trained on such images");
    const bool inpaints = edit.kind == EditKind::inpaint;
    if (inpaints)
        checkMask(parent, mask, subject);
    const Moments known = momentsOf(parent, inpaints ? mask : std::nullopt, subject);
    if (!edit.fitGrey)
        checkGrey(manifest.value("grey_map", Json::object()), subject, parent, known);
    else if (!(known.deviation > 0.0))
        throw Error(ErrorCode::numeric, subject,
                    "what is known of it has no spread of grey values to be fitted",
                    "choose another image or mark less of it");
}

} // namespace likeness
