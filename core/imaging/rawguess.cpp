// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/rawguess.h"

#include "core/base/error.h"
#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/rawsidecars.h"
#include "core/imaging/formats/samples.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace likeness {

namespace fs = std::filesystem;

namespace {

bool mayBeRaw(const fs::path& path) {
    constexpr std::array<std::string_view, 7> kSuffixes{".raw",  ".vol", ".bin", ".dat",
                                                        ".data", ".img", ".rec"};
    const std::string suffix = lowered(path.extension().string());
    return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

/// Pixels of a size; empty for sizes that are none or overflow.
std::optional<std::int64_t> pixelsOf(const std::array<std::int64_t, 3>& size) {
    std::int64_t pixels = 1;
    for (const std::int64_t edge : size) {
        if (edge < 1 || __builtin_mul_overflow(pixels, edge, &pixels))
            return std::nullopt;
    }
    return pixels;
}

std::optional<PixelType> pixelTypeOf(SampleType type) {
    const PixelType pixel = pixelTypeFor(type);
    return toString(pixel) == toString(type) ? std::optional(pixel) : std::nullopt;
}

template <typename T>
T swapped(T value) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
}

/// Neighbouring values of a picture are alike; in the wrong byte order they are not.
bool looksBigEndian(std::span<const std::byte> bytes, PixelType type) {
    double asStored = 0.0;
    double turned = 0.0;
    if (type == PixelType::u16) {
        std::vector<std::uint16_t> values(bytes.size() / 2);
        std::memcpy(values.data(), bytes.data(), values.size() * 2);
        for (std::size_t i = 1; i < values.size(); ++i) {
            asStored += std::abs(static_cast<double>(values[i]) - values[i - 1]);
            turned += std::abs(static_cast<double>(swapped(values[i])) - swapped(values[i - 1]));
        }
    } else {
        const auto strange = [](float value) {
            constexpr float kLarge = 1e12F;
            constexpr float kSmall = 1e-12F;
            const float size = std::abs(value);
            return !(size <= kLarge) || (size < kSmall && size != 0.0F) ? 1.0 : 0.0;
        };
        for (std::size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
            float value = 0.0F;
            std::memcpy(&value, bytes.data() + i, sizeof(float));
            asStored += strange(value);
            turned += strange(swapped(value));
        }
    }
    const bool littleMachine = std::endian::native == std::endian::little;
    const double little = littleMachine ? asStored : turned;
    const double big = littleMachine ? turned : asStored;
    constexpr double kClearly = 3.0;
    return big * kClearly < little;
}

class Guess {
public:
    explicit Guess(const fs::path& path)
        : m_source(openFile(path))
        , m_sidecars(sidecarHints(path))
        , m_names(nameHints(path)) {}

    [[nodiscard]] std::optional<RawGuess> make() const {
        for (const auto* hints : {&m_sidecars, &m_names}) {
            for (const RawHint& hint : *hints) {
                if (auto guess = fitting(hint))
                    return guess;
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::optional<RawGuess> fitting(const RawHint& hint) const {
        const auto pixels = hint.size ? pixelsOf(*hint.size) : std::nullopt;
        const auto length = static_cast<std::int64_t>(m_source->size());
        if (!pixels || hint.offset < 0 || hint.offset > length)
            return std::nullopt;
        RawGuess guess;
        guess.sizeFrom = hint.source;
        guess.layout.width = (*hint.size)[0];
        guess.layout.height = (*hint.size)[1];
        guess.layout.depth = (*hint.size)[2];
        guess.layout.offset = hint.offset;
        if (!takeType(hint, *pixels, guess))
            return std::nullopt;
        const auto bytes = static_cast<std::int64_t>(bytesOf(guess.layout.type));
        if (*pixels > length / bytes)
            return std::nullopt;
        if (hint.atEnd)
            guess.layout.offset = length - *pixels * bytes;
        if (*pixels * bytes + guess.layout.offset != length)
            return std::nullopt;
        takeOrder(hint, guess);
        takeVoxelSize(hint, guess);
        return guess;
    }

    /// From the hint itself, from the name, or from what is left for each pixel.
    bool takeType(const RawHint& hint, std::int64_t pixels, RawGuess& guess) const {
        const auto named = hint.type ? hint.type : m_names.front().type;
        if (named) {
            const auto type = pixelTypeOf(*named);
            guess.layout.type = type.value_or(PixelType::u8);
            guess.typeFrom = hint.type ? hint.source : m_names.front().source;
            return type.has_value();
        }
        const auto held = static_cast<std::int64_t>(m_source->size()) - hint.offset;
        for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
            const auto bytes = static_cast<std::int64_t>(bytesOf(type));
            if (held % bytes == 0 && held / bytes == pixels) {
                guess.layout.type = type;
                guess.typeFrom =
                    std::to_string(bytes) + (bytes == 1 ? " byte per pixel" : " bytes per pixel");
                return true;
            }
        }
        return false;
    }

    void takeOrder(const RawHint& hint, RawGuess& guess) const {
        if (guess.layout.type == PixelType::u8)
            return;
        const auto named = hint.bigEndian ? hint.bigEndian : m_names.front().bigEndian;
        if (named) {
            guess.layout.bigEndian = *named;
            guess.orderFrom = hint.bigEndian ? hint.source : m_names.front().source;
            return;
        }
        constexpr std::uint64_t kSeen = 65536;
        const auto begin = static_cast<std::uint64_t>(guess.layout.offset);
        const std::uint64_t held = m_source->size() - begin;
        std::vector<std::byte> middle(static_cast<std::size_t>(std::min(kSeen, held)));
        // A multiple of the longest pixel, so that values are not cut.
        const std::uint64_t from = begin + (held - middle.size()) / 2 / 4 * 4;
        middle.resize(m_source->read(from, middle));
        guess.layout.bigEndian = looksBigEndian(middle, guess.layout.type);
        guess.orderFrom = guess.layout.bigEndian ? "the values, which make no sense otherwise"
                                                 : "nothing that says otherwise";
    }

    void takeVoxelSize(const RawHint& hint, RawGuess& guess) const {
        guess.voxelSize = hint.voxelSize;
        for (const auto* hints : {&m_sidecars, &m_names}) {
            for (const RawHint& other : *hints) {
                if (!guess.voxelSize)
                    guess.voxelSize = other.voxelSize;
            }
        }
    }

    ByteSourcePtr m_source;
    std::vector<RawHint> m_sidecars;
    std::vector<RawHint> m_names; ///< never empty
};

} // namespace

std::string RawGuess::text() const {
    std::string words = "the layout " + std::to_string(layout.width) + " x " +
                        std::to_string(layout.height) + " x " + std::to_string(layout.depth) + " " +
                        std::string(toString(layout.type));
    if (!orderFrom.empty())
        words += layout.bigEndian ? " big-endian" : " little-endian";
    if (layout.offset > 0)
        words += " from byte " + std::to_string(layout.offset);
    words += " is guessed: the size from " + sizeFrom + ", the type from " + typeFrom;
    if (!orderFrom.empty())
        words += ", the byte order from " + orderFrom;
    return words + "; give the layout if that is wrong";
}

std::optional<RawGuess> guessRaw(const fs::path& path) {
    return mayBeRaw(path) ? Guess(path).make() : std::nullopt;
}

bool looksHeaderless(const fs::path& path) {
    return mayBeRaw(path) || path.extension().empty();
}

Volume rawGlimpse(const fs::path& path, const RawLayout& layout) {
    if (layout.width < 1 || layout.height < 1 || layout.depth < 1 || layout.offset < 0)
        throw Error(ErrorCode::config, path.string(), "the raw layout has a size below 1",
                    "type its width, height and slices");
    std::int64_t slice = static_cast<std::int64_t>(bytesOf(layout.type));
    for (const std::int64_t edge : {layout.width, layout.height}) {
        if (__builtin_mul_overflow(slice, edge, &slice) || slice > kLargestRawGlimpse)
            throw Error(ErrorCode::memory, path.string(),
                        "a slice of this layout is too large for a preview", "check the width");
    }
    const ByteSourcePtr source = openFile(path);
    const std::int64_t held = static_cast<std::int64_t>(source->size()) - layout.offset;
    const std::int64_t z = std::clamp(held / slice - 1, std::int64_t{0}, layout.depth / 2);
    Volume glimpse(layout.type, layout.width, layout.height);
    const std::span<std::byte> bytes(glimpse.bytes(), static_cast<std::size_t>(slice));
    static_cast<void>(source->read(static_cast<std::uint64_t>(layout.offset + z * slice), bytes));
    if (layout.bigEndian != (std::endian::native == std::endian::big))
        swapBytes(bytes, bytesOf(layout.type));
    return glimpse;
}

} // namespace likeness
