// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/canonical.h"

#include "core/base/error.h"
#include "core/base/sha256.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace likeness {

// Stimuli travel as raw bytes and are hashed as such.
static_assert(std::endian::native == std::endian::little);

namespace {

[[noreturn]] void
refuse(ErrorCode code, const std::string& name, const std::string& why, const std::string& remedy) {
    throw Error(code, "sample " + name, why, remedy);
}

std::string sizeText(std::int64_t width, std::int64_t height) {
    return std::to_string(width) + " x " + std::to_string(height);
}

void checkInput(const CanonicalInput& input) {
    const Volume& pixels = input.pixels;
    if (pixels.isEmpty())
        refuse(ErrorCode::config, input.name, "it holds no pixels", "import it again");
    if (pixels.depth() != 1)
        refuse(ErrorCode::unsupported, input.name,
               "it is a volume of " + std::to_string(pixels.depth()) +
                   " slices, and studies show images",
               "import its slices as samples");
    if (pixels.channels() != 1 && pixels.channels() != 3)
        refuse(ErrorCode::unsupported, input.name,
               "it has " + std::to_string(pixels.channels()) + " channels",
               "use grey or RGB images");
}

// Size of the common crop: as asked, or the largest that every input holds.
void chooseSize(const std::vector<CanonicalInput>& inputs,
                const CanonicalForm& form,
                AppliedMapping& mapping) {
    std::int64_t width = std::numeric_limits<std::int64_t>::max();
    std::int64_t height = width;
    for (const CanonicalInput& input : inputs) {
        width = std::min(width, input.pixels.width());
        height = std::min(height, input.pixels.height());
    }
    mapping.width = form.width > 0 ? form.width : width;
    mapping.height = form.height > 0 ? form.height : height;
    for (const CanonicalInput& input : inputs) {
        if (input.pixels.width() < mapping.width || input.pixels.height() < mapping.height)
            refuse(ErrorCode::config, input.name,
                   "it is " + sizeText(input.pixels.width(), input.pixels.height()) +
                       ", smaller than the study's " + sizeText(mapping.width, mapping.height),
                   "ask for a smaller canonical width and height; images are never enlarged");
    }
}

Volume repeatedAsRgb(const Volume& grey) {
    Volume rgb(grey.type(), grey.width(), grey.height(), 1, 3);
    const std::size_t size = bytesOf(grey.type());
    const std::byte* from = grey.span().data;
    std::byte* to = rgb.bytes();
    for (std::int64_t i = 0; i < grey.span().pixels(); ++i, from += size) {
        for (int c = 0; c < 3; ++c, to += size)
            std::copy_n(from, size, to);
    }
    return rgb;
}

Volume cropped(const CanonicalInput& input, const AppliedMapping& mapping) {
    Volume::Box box;
    box.x = (input.pixels.width() - mapping.width) / 2;
    box.y = (input.pixels.height() - mapping.height) / 2;
    box.width = mapping.width;
    box.height = mapping.height;
    box.depth = 1;
    const Volume part = input.pixels.crop(box);
    Volume result = mapping.channels == 1  ? toGrey(part.span())
                    : part.channels() == 1 ? repeatedAsRgb(part)
                                           : part;
    result.voxelSize.reset();
    if (result.type() == PixelType::f32 && valueRange(result.span()).nonFinite > 0)
        refuse(ErrorCode::numeric, input.name, "it holds values that are not finite",
               "replace them before importing");
    return result;
}

void warnOfMixtures(const std::vector<CanonicalInput>& inputs, std::vector<std::string>& warnings) {
    bool types = false;
    bool channels = false;
    bool sizes = false;
    const Volume& first = inputs.front().pixels;
    for (const CanonicalInput& input : inputs) {
        types = types || input.pixels.type() != first.type();
        channels = channels || input.pixels.channels() != first.channels();
        sizes = sizes || input.pixels.width() != first.width() ||
                input.pixels.height() != first.height();
    }
    if (types)
        warnings.emplace_back("The samples have different pixel types; their numbers of grey "
                              "levels may tell them apart.");
    if (channels)
        warnings.emplace_back("Grey and RGB samples are mixed; traces of colour may tell them "
                              "apart.");
    if (sizes)
        warnings.emplace_back("The samples have different sizes; all were cropped around their "
                              "centres to the common one.");
}

// Value below or at which `percent` of all values lie (nearest rank).
std::size_t rankOf(double percent, std::size_t n) {
    const double rank = std::ceil(percent / 100.0 * static_cast<double>(n));
    return std::clamp<std::size_t>(rank < 1.0 ? 0 : static_cast<std::size_t>(rank) - 1, 0, n - 1);
}

void percentilesOfIntegers(const std::vector<Volume>& images,
                           const CanonicalForm& form,
                           AppliedMapping& mapping) {
    std::vector<std::size_t> histogram(65536, 0);
    std::size_t n = 0;
    for (const Volume& image : images) {
        const ImageSpan span = image.span();
        n += static_cast<std::size_t>(span.values());
        visitPixels(span, [&](const auto* pixels) {
            for (std::int64_t i = 0; i < span.values(); ++i)
                ++histogram[static_cast<std::size_t>(pixels[i])];
        });
    }
    const auto valueAt = [&](std::size_t rank) {
        std::size_t seen = 0;
        std::size_t value = 0;
        while ((seen += histogram[value]) <= rank)
            ++value;
        return static_cast<double>(value);
    };
    mapping.low = valueAt(rankOf(form.low, n));
    mapping.high = valueAt(rankOf(form.high, n));
}

void percentilesOfFloats(const std::vector<Volume>& images,
                         const CanonicalForm& form,
                         AppliedMapping& mapping) {
    // Beyond 64 million values a regular part of each image stands for all, whatever their order.
    const std::int64_t all =
        images.front().span().values() * static_cast<std::int64_t>(images.size());
    const std::int64_t stride = 1 + all / (std::int64_t{1} << 26);
    std::vector<float> values;
    for (const Volume& image : images) {
        const ImageSpan span = image.span();
        visitPixels(span, [&](const auto* pixels) {
            for (std::int64_t i = 0; i < span.values(); i += stride)
                values.push_back(static_cast<float>(pixels[i]));
        });
    }
    const auto valueAt = [&](double percent) {
        const auto place =
            values.begin() + static_cast<std::ptrdiff_t>(rankOf(percent, values.size()));
        std::nth_element(values.begin(), place, values.end());
        return static_cast<double>(*place);
    };
    mapping.low = valueAt(form.low);
    mapping.high = valueAt(form.high);
}

void chooseMapping(const std::vector<Volume>& images,
                   const CanonicalForm& form,
                   AppliedMapping& mapping) {
    bool floats = false;
    bool alike = true;
    for (const Volume& image : images) {
        floats = floats || image.type() == PixelType::f32;
        alike = alike && image.type() == images.front().type();
    }
    if (form.mapping == CanonicalForm::Mapping::none) {
        if (!alike || images.front().type() != mapping.type)
            throw Error(ErrorCode::config, "canonical mapping 'none'",
                        "not every sample holds " + std::to_string(form.bits) + "-bit values",
                        "choose the mapping 'percentile' or 'range', or other bits");
        mapping.low = 0.0;
        mapping.high = typeMaximum(mapping.type);
        return;
    }
    if (form.mapping == CanonicalForm::Mapping::range) {
        mapping.low = form.low;
        mapping.high = form.high;
    } else if (floats) {
        percentilesOfFloats(images, form, mapping);
    } else {
        percentilesOfIntegers(images, form, mapping);
    }
    if (!(mapping.high > mapping.low))
        throw Error(ErrorCode::config, "canonical mapping",
                    "the samples have no contrast between the two percentiles",
                    "check the samples or widen the percentiles");
}

template <typename Out>
void mapInto(const Volume& from, Volume& to, AppliedMapping& mapping) {
    const double maximum = typeMaximum(mapping.type);
    const double range = mapping.high - mapping.low;
    Out* const out = to.pixels<Out>();
    const ImageSpan span = from.span();
    visitPixels(span, [&](const auto* pixels) {
        for (std::int64_t i = 0; i < span.values(); ++i) {
            const auto value = static_cast<double>(pixels[i]);
            mapping.clippedLow += value < mapping.low ? 1 : 0;
            mapping.clippedHigh += value > mapping.high ? 1 : 0;
            const double mapped = std::clamp((value - mapping.low) * maximum / range, 0.0, maximum);
            out[i] = static_cast<Out>(std::floor(mapped + 0.5));
        }
    });
}

Volume mapped(const Volume& image, AppliedMapping& mapping) {
    Volume out(mapping.type, mapping.width, mapping.height, 1, mapping.channels);
    if (mapping.type == PixelType::u8)
        mapInto<std::uint8_t>(image, out, mapping);
    else
        mapInto<std::uint16_t>(image, out, mapping);
    return out;
}

} // namespace

CanonicalSet makeCanonical(const std::vector<CanonicalInput>& inputs,
                           const CanonicalForm& form,
                           JobContext& job) {
    if (inputs.empty())
        throw Error(ErrorCode::config, "canonical form", "there is no sample",
                    "draw samples first");
    for (const CanonicalInput& input : inputs)
        checkInput(input);
    CanonicalSet set;
    warnOfMixtures(inputs, set.warnings);
    chooseSize(inputs, form, set.mapping);
    set.mapping.channels = form.colour ? 3 : 1;
    set.mapping.type = form.bits == 16 ? PixelType::u16 : PixelType::u8;
    std::vector<Volume> parts;
    const auto total = static_cast<double>(inputs.size());
    for (const CanonicalInput& input : inputs) {
        job.throwIfStopped();
        parts.push_back(cropped(input, set.mapping));
        job.report(0.5 * static_cast<double>(parts.size()) / total, "Cropping stimuli");
    }
    chooseMapping(parts, form, set.mapping);
    for (const Volume& part : parts) {
        job.throwIfStopped();
        set.images.push_back(
            form.mapping == CanonicalForm::Mapping::none ? part : mapped(part, set.mapping));
        job.report(0.5 + 0.5 * static_cast<double>(set.images.size()) / total, "Mapping stimuli");
    }
    return set;
}

std::string canonicalPixelsSha256(const Volume& image) {
    const ImageSpan span = image.span();
    Sha256 hash;
    hash.update(std::to_string(span.width) + " " + std::to_string(span.height) + " " +
                std::to_string(span.channels) + " " + std::string(toString(span.type)) + "\n");
    hash.update(std::span(span.data, span.bytes()));
    return toHex(hash.finish());
}

} // namespace likeness
