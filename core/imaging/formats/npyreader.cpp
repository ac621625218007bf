// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

namespace likeness {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaximumHeader = 65536;

[[noreturn]] void damaged(const ByteSource& source, const std::string& why) {
    throw Error(ErrorCode::format, source.name(), "the NumPy header is damaged, " + why,
                "save the array again with numpy.save");
}

/// The text after 'key': in the header's dictionary.
std::string_view valueOf(const ByteSource& source, std::string_view text, std::string_view key) {
    std::string quoted("'");
    quoted.append(key).append("'");
    std::size_t at = text.find(quoted);
    if (at == std::string_view::npos)
        damaged(source, "it has no " + quoted);
    at = text.find(':', at + quoted.size());
    if (at == std::string_view::npos)
        damaged(source, quoted + " has no value");
    text.remove_prefix(at + 1);
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

std::optional<SampleType> typeNamed(std::string_view word) {
    using enum SampleType;
    constexpr std::pair<std::string_view, SampleType> kTypes[] = {
        {"b1", u8},  {"u1", u8},  {"u2", u16}, {"u4", u32}, {"u8", u64}, {"i1", i8},
        {"i2", i16}, {"i4", i32}, {"i8", i64}, {"f2", f16}, {"f4", f32}, {"f8", f64}};
    for (const auto& [name, type] : kTypes) {
        if (name == word)
            return type;
    }
    return std::nullopt;
}

void takeType(const ByteSource& source, std::string_view text, NpyHeader& header) {
    const std::string_view value = valueOf(source, text, "descr");
    const std::size_t end = value.find('\'', 1);
    if (value.empty() || value.front() != '\'' || end == std::string_view::npos)
        throw Error(ErrorCode::unsupported, source.name(),
                    "the array holds records, not plain numbers", "save one field of it");
    const std::string_view word = value.substr(1, end - 1);
    const auto type = word.size() == 3 ? typeNamed(word.substr(1)) : std::nullopt;
    if (!type)
        throw Error(ErrorCode::unsupported, source.name(),
                    "the array's type is '" + std::string(word) + "', which is not read",
                    "save it as uint8, uint16 or float32");
    header.type = *type;
    header.bigEndian =
        word.front() == '>' || (word.front() == '=' && std::endian::native == std::endian::big);
}

void takeShape(const ByteSource& source, std::string_view text, NpyHeader& header) {
    std::string_view value = valueOf(source, text, "shape");
    const std::size_t end = value.find(')');
    if (value.empty() || value.front() != '(' || end == std::string_view::npos)
        damaged(source, "its shape is no tuple");
    value = value.substr(1, end - 1);
    while (!value.empty()) {
        if (value.front() == ' ' || value.front() == ',') {
            value.remove_prefix(1);
            continue;
        }
        std::int64_t size = 0;
        const auto [next, error] = std::from_chars(value.data(), value.data() + value.size(), size);
        if (error != std::errc() || size < 0 || header.shape.size() == 8)
            damaged(source, "its shape is (" + std::string(value) + ")");
        header.shape.push_back(size);
        value.remove_prefix(static_cast<std::size_t>(next - value.data()));
    }
}

void checkFileHolds(const ByteSource& source, const NpyHeader& header) {
    const std::uint64_t held = (source.size() - header.dataOffset) / bytesOf(header.type);
    std::uint64_t values = 1;
    for (const std::int64_t size : header.shape) {
        const auto n = static_cast<std::uint64_t>(size);
        if (n != 0 && values > held / n)
            throw Error(ErrorCode::format, source.name(),
                        "the file is truncated: its header declares more values than the " +
                            std::to_string(held) + " it holds",
                        "copy it again from its origin");
        values *= n;
    }
}

class NpyReader final : public SliceReader {
public:
    NpyReader(ByteSourcePtr source, const ReadLimits& limits)
        : m_source(std::move(source))
        , m_npy(readNpyHeader(*m_source)) {
        m_header.format = "npy";
        m_header.type = pixelTypeFor(m_npy.type);
        takeAxes();
        if (toString(m_npy.type) != toString(m_header.type))
            m_header.warnings.push_back("the " + std::string(toString(m_npy.type)) +
                                        " values are held as float32");
        checkDeclaredSize(m_header, m_source->name(), limits);
        const std::uint64_t end = m_npy.dataOffset + m_npy.values() * bytesOf(m_npy.type);
        if (const std::uint64_t rest = m_source->size() - end; rest > 0)
            m_header.warnings.push_back(std::to_string(rest) +
                                        (rest == 1 ? " byte after the array is left out"
                                                   : " bytes after the array are left out"));
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const std::size_t bytes = bytesOf(m_npy.type);
        const std::size_t count = out.size() / bytesOf(m_header.type);
        std::vector<std::byte> samples(count * bytes);
        if (m_npy.fortran)
            gather(z, samples);
        else
            m_source->readExactly(m_npy.dataOffset + static_cast<std::uint64_t>(z) * samples.size(),
                                  samples);
        if (m_npy.bigEndian != (std::endian::native == std::endian::big))
            swapBytes(samples, bytes);
        if (!samplesToPixels(m_npy.type, samples, out.data()))
            throw Error(ErrorCode::unsupported, m_source->name(),
                        "its " + std::string(toString(m_npy.type)) +
                            " values do not fit float32 without loss",
                        "save it with array.astype('float32')");
    }

    [[nodiscard]] std::optional<PlainPixels> plainPixels() override {
        if (m_npy.fortran || toString(m_npy.type) != toString(m_header.type))
            return std::nullopt;
        PlainPixels pixels = evenSlices(m_source, m_npy.dataOffset, sliceBytes(), m_header.depth);
        pixels.swapped = m_npy.bigEndian != (std::endian::native == std::endian::big);
        return pixels;
    }

private:
    void takeAxes() {
        const auto& s = m_npy.shape;
        const bool colour = s.size() >= 3 && s.back() == 3;
        if (s.size() == 2) {
            m_axes = {1, s[0], s[1], 1};
        } else if (s.size() == 3 && colour) {
            m_axes = {1, s[0], s[1], 3};
            m_header.warnings.emplace_back("the last axis of 3 is read as colour channels");
        } else if (s.size() == 3) {
            m_axes = {s[0], s[1], s[2], 1};
        } else if (s.size() == 4 && (colour || s.back() == 1)) {
            m_axes = {s[0], s[1], s[2], s[3]};
        } else {
            throw Error(ErrorCode::unsupported, m_source->name(),
                        "an array of rank " + std::to_string(s.size()) +
                            " is no image; (y, x), (z, y, x), and these with a last axis of 3 "
                            "colours are read",
                        "save it with such a shape");
        }
        m_header.depth = m_axes[0];
        m_header.height = m_axes[1];
        m_header.width = m_axes[2];
        m_header.channels = m_axes[3];
    }

    /// Slice z of an array whose first axis is fastest. The whole array is read once.
    void gather(std::int64_t z, std::span<std::byte> samples) {
        const std::size_t bytes = bytesOf(m_npy.type);
        if (m_all.empty()) {
            if (m_npy.values() > static_cast<std::uint64_t>(Volume::kMaximumBytes) / bytes)
                throw Error(ErrorCode::memory, m_source->name(),
                            "its first axis is the fastest, so all of it would have to be held "
                            "in memory",
                            "save it again with numpy.ascontiguousarray");
            m_all.resize(static_cast<std::size_t>(m_npy.values()) * bytes);
            m_source->readExactly(m_npy.dataOffset, m_all);
        }
        std::byte* to = samples.data();
        for (std::int64_t y = 0; y < m_axes[1]; ++y) {
            for (std::int64_t x = 0; x < m_axes[2]; ++x) {
                for (std::int64_t c = 0; c < m_axes[3]; ++c, to += bytes) {
                    const std::int64_t index =
                        z + m_axes[0] * (y + m_axes[1] * (x + m_axes[2] * c));
                    std::memcpy(to, m_all.data() + static_cast<std::size_t>(index) * bytes, bytes);
                }
            }
        }
    }

    ByteSourcePtr m_source;
    NpyHeader m_npy;
    std::array<std::int64_t, 4> m_axes{}; ///< z, y, x, c
    std::vector<std::byte> m_all;
};

} // namespace

std::uint64_t NpyHeader::values() const noexcept {
    std::uint64_t count = 1;
    for (const std::int64_t size : shape)
        count *= static_cast<std::uint64_t>(size);
    return count;
}

NpyHeader readNpyHeader(const ByteSource& source) {
    std::array<std::byte, 12> start{};
    source.readExactly(0, std::span(start).first(10));
    const auto byteAt = [&](std::size_t i) { return std::to_integer<std::size_t>(start[i]); };
    if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0)
        throw Error(ErrorCode::format, source.name(), "this is no NumPy file",
                    "save the array with numpy.save");
    const std::size_t version = byteAt(6);
    if (version < 1 || version > 3)
        throw Error(ErrorCode::unsupported, source.name(),
                    "NumPy format version " + std::to_string(version) + " is not known",
                    "save the array with numpy.save");
    NpyHeader header;
    std::size_t length = byteAt(8) | byteAt(9) << 8U;
    header.dataOffset = 10;
    if (version > 1) {
        source.readExactly(0, start);
        length |= byteAt(10) << 16U | byteAt(11) << 24U;
        header.dataOffset = 12;
    }
    if (length > kMaximumHeader)
        damaged(source, "it claims a length of " + std::to_string(length) + " bytes");
    std::vector<std::byte> raw(length);
    source.readExactly(header.dataOffset, raw);
    header.dataOffset += length;
    const std::string_view text(reinterpret_cast<const char*>(raw.data()), raw.size());
    takeType(source, text, header);
    header.fortran = valueOf(source, text, "fortran_order").starts_with("True");
    takeShape(source, text, header);
    checkFileHolds(source, header);
    return header;
}

SliceReaderPtr openNpy(ByteSourcePtr source, const ReadLimits& limits) {
    return std::make_unique<NpyReader>(std::move(source), limits);
}

} // namespace likeness
