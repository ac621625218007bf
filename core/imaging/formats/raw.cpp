// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/raw.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/samples.h"

#include <array>
#include <bit>
#include <charconv>
#include <utility>

namespace likeness {

namespace {

[[noreturn]] void badLayout(const std::string& text, const std::string& why) {
    throw Error(ErrorCode::config, "raw layout '" + text + "'", why,
                "write it as WxHxD:dtype:le|be[:offset], for example 128x128x64:u16:le");
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (;;) {
        const std::size_t to = text.find(separator, from);
        parts.push_back(text.substr(from, to - from));
        if (to == std::string::npos)
            return parts;
        from = to + 1;
    }
}

std::int64_t wholeNumber(const std::string& layout, const std::string& text, std::int64_t least) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || next != end || value < least || value > std::int64_t{1} << 46U)
        badLayout(layout, "'" + text + "' is no whole number of at least " + std::to_string(least));
    return value;
}

/// "128 x 128 x 128 x 1 byte + offset 0"; empty number if it overflows.
struct Equation {
    std::string text;
    std::optional<std::uint64_t> bytes;
};

Equation sizeEquation(const RawLayout& layout) {
    const auto bytes = static_cast<std::int64_t>(bytesOf(layout.type));
    Equation result{std::to_string(layout.width) + " x " + std::to_string(layout.height) + " x " +
                        std::to_string(layout.depth) + " pixels x " + std::to_string(bytes) +
                        (bytes == 1 ? " byte" : " bytes") + " + offset " +
                        std::to_string(layout.offset),
                    0};
    std::int64_t total = bytes;
    for (const std::int64_t size : {layout.width, layout.height, layout.depth}) {
        if (__builtin_mul_overflow(total, size, &total))
            return {result.text, std::nullopt};
    }
    if (__builtin_add_overflow(total, layout.offset, &total))
        return {result.text, std::nullopt};
    result.bytes = static_cast<std::uint64_t>(total);
    return result;
}

class RawReader final : public SliceReader {
public:
    RawReader(ByteSourcePtr source, const RawLayout& layout)
        : m_source(std::move(source))
        , m_layout(layout) {
        if (layout.width < 1 || layout.height < 1 || layout.depth < 1 || layout.offset < 0)
            throw Error(ErrorCode::config, m_source->name(),
                        "the raw layout has a size below 1 or a negative offset");
        const Equation equation = sizeEquation(layout);
        if (equation.bytes != m_source->size())
            throw Error(ErrorCode::format, m_source->name(),
                        "the raw layout does not fit: " + equation.text + " = " +
                            (equation.bytes ? std::to_string(*equation.bytes) : "far more") +
                            " bytes, but the file has " + std::to_string(m_source->size()),
                        "check the dimensions, the type and the offset");
        m_header.format = "raw";
        m_header.width = layout.width;
        m_header.height = layout.height;
        m_header.depth = layout.depth;
        m_header.type = layout.type;
    }

    void tellGuess(const RawGuess& guess) {
        m_header.voxelSize = guess.voxelSize;
        m_header.warnings.push_back(guess.text());
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        m_source->readExactly(static_cast<std::uint64_t>(m_layout.offset) +
                                  static_cast<std::uint64_t>(z) * out.size(),
                              out);
        if (m_layout.bigEndian != (std::endian::native == std::endian::big))
            swapBytes(out, bytesOf(m_layout.type));
    }

    [[nodiscard]] std::optional<PlainPixels> plainPixels() override {
        PlainPixels pixels = evenSlices(m_source, static_cast<std::uint64_t>(m_layout.offset),
                                        sliceBytes(), m_header.depth);
        pixels.swapped = m_layout.bigEndian != (std::endian::native == std::endian::big);
        return pixels;
    }

private:
    ByteSourcePtr m_source;
    RawLayout m_layout;
};

} // namespace

RawLayout RawLayout::parse(const std::string& text) {
    const std::vector<std::string> parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 4)
        badLayout(text, "it needs dimensions, a type and a byte order");
    const std::vector<std::string> sizes = split(parts[0], 'x');
    if (sizes.size() != 2 && sizes.size() != 3)
        badLayout(text, "'" + parts[0] + "' is not WxH or WxHxD");
    RawLayout layout;
    layout.width = wholeNumber(text, sizes[0], 1);
    layout.height = wholeNumber(text, sizes[1], 1);
    layout.depth = sizes.size() == 3 ? wholeNumber(text, sizes[2], 1) : 1;
    const std::string& type = parts[1];
    if (type == "u8" || type == "uint8")
        layout.type = PixelType::u8;
    else if (type == "u16" || type == "uint16")
        layout.type = PixelType::u16;
    else if (type == "f32" || type == "float32")
        layout.type = PixelType::f32;
    else
        badLayout(text, "the type '" + type + "' is not u8, u16 or f32");
    if (parts.size() == 2 && layout.type != PixelType::u8)
        badLayout(text, "the byte order is missing, le (little-endian) or be (big-endian)");
    if (parts.size() > 2 && parts[2] != "le" && parts[2] != "be")
        badLayout(text, "the byte order '" + parts[2] + "' is not le or be");
    layout.bigEndian = parts.size() > 2 && parts[2] == "be";
    layout.offset = parts.size() > 3 ? wholeNumber(text, parts[3], 0) : 0;
    return layout;
}

SliceReaderPtr openRaw(ByteSourcePtr source, const RawLayout& layout) {
    return std::make_unique<RawReader>(std::move(source), layout);
}

SliceReaderPtr openGuessed(ByteSourcePtr source, const RawGuess& guess) {
    auto reader = std::make_unique<RawReader>(std::move(source), guess.layout);
    reader->tellGuess(guess);
    return reader;
}

void writeRaw(const std::filesystem::path& path, const Volume& volume) {
    const ImageSpan span = volume.span();
    if constexpr (std::endian::native == std::endian::little) {
        writeFileDurably(path, std::span(span.data, span.bytes()));
    } else {
        std::vector<std::byte> bytes(span.data, span.data + span.bytes());
        swapBytes(bytes, bytesOf(span.type));
        writeFileDurably(path, std::span<const std::byte>(bytes));
    }
}

} // namespace likeness
