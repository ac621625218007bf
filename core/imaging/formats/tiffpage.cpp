// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/tiffpage.h"

#include "core/base/error.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace likeness {

namespace {

[[noreturn]] void unsupported(TiffHandle& tiff, const std::string& where, const std::string& what) {
    throw Error(ErrorCode::unsupported, tiff.source().name(),
                where + " holds " + what + ", which is not read",
                "save it as 8-bit, 16-bit or 32-bit float grey or as RGB");
}

std::uint16_t tag16(TiffHandle& tiff, std::uint32_t tag) {
    std::uint16_t value = 0;
    TIFFGetFieldDefaulted(tiff.get(), tag, &value);
    return value;
}

std::optional<SampleType> sampleType(std::uint16_t format, std::uint16_t bits) {
    using enum SampleType;

    struct Row {
        std::uint16_t format;
        std::uint16_t bits;
        SampleType type;
    };

    constexpr Row kRows[] = {{SAMPLEFORMAT_UINT, 1, u8},     {SAMPLEFORMAT_UINT, 8, u8},
                             {SAMPLEFORMAT_UINT, 16, u16},   {SAMPLEFORMAT_UINT, 32, u32},
                             {SAMPLEFORMAT_INT, 8, i8},      {SAMPLEFORMAT_INT, 16, i16},
                             {SAMPLEFORMAT_INT, 32, i32},    {SAMPLEFORMAT_IEEEFP, 16, f16},
                             {SAMPLEFORMAT_IEEEFP, 32, f32}, {SAMPLEFORMAT_IEEEFP, 64, f64}};
    if (format == SAMPLEFORMAT_VOID)
        format = SAMPLEFORMAT_UINT;
    for (const Row& row : kRows) {
        if (row.format == format && row.bits == bits)
            return row.type;
    }
    return std::nullopt;
}

std::string formatName(std::uint16_t format, std::uint16_t bits) {
    const std::string size = std::to_string(bits) + "-bit ";
    switch (format) {
    case SAMPLEFORMAT_INT:
        return size + "signed integers";
    case SAMPLEFORMAT_IEEEFP:
        return size + "floating-point numbers";
    case SAMPLEFORMAT_COMPLEXINT:
    case SAMPLEFORMAT_COMPLEXIEEEFP:
        return size + "complex numbers";
    default:
        return size + "integers";
    }
}

void takePhotometric(TiffHandle& tiff, const std::string& where, TiffPage& page) {
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    if (TIFFGetField(tiff.get(), TIFFTAG_PHOTOMETRIC, &photometric) == 0)
        photometric = page.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
        page.whiteIsZero = true;
        break;
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MASK:
        break;
    case PHOTOMETRIC_YCBCR:
        if (page.compression != COMPRESSION_JPEG)
            unsupported(tiff, where, "YCbCr colours without JPEG compression");
        page.jpegYCbCr = true;
        [[fallthrough]];
    case PHOTOMETRIC_RGB:
        page.channels = 3;
        break;
    case PHOTOMETRIC_PALETTE:
        unsupported(tiff, where, "palette colours");
    case PHOTOMETRIC_SEPARATED:
        unsupported(tiff, where, "CMYK colours");
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
        unsupported(tiff, where, "CIE L*a*b* colours");
    default:
        unsupported(tiff, where, "photometric interpretation " + std::to_string(photometric));
    }
    if (page.samples < page.channels || page.samples > page.channels + 1)
        unsupported(tiff, where,
                    std::string(page.channels == 3 ? "RGB" : "grey") + " pixels of " +
                        std::to_string(page.samples) + " samples");
    if (page.whiteIsZero && page.sample != SampleType::u8 && page.sample != SampleType::u16)
        unsupported(tiff, where, "white-is-zero " + std::string(toString(page.sample)) + " values");
}

/// Copies what one strip or tile holds of a row to its place in the page.
void placeRow(const TiffPage& page,
              const std::byte* from,
              std::int64_t count,
              std::int64_t plane,
              std::byte* to) {
    const std::size_t bytes = bytesOf(page.sample);
    if (page.bits == 1) {
        for (std::int64_t i = 0; i < count; ++i) {
            const auto bit = static_cast<unsigned>(from[i / 8]) >> (7 - i % 8) & 1U;
            to[i] = bit != 0 ? std::byte{255} : std::byte{0};
        }
    } else if (!page.separatePlanes) {
        std::memcpy(to, from, static_cast<std::size_t>(count * page.samples) * bytes);
    } else {
        for (std::int64_t i = 0; i < count; ++i)
            std::memcpy(to + static_cast<std::size_t>(i * page.samples + plane) * bytes,
                        from + static_cast<std::size_t>(i) * bytes, bytes);
    }
}

/// One strip or tile: where it lies and how wide its rows are.
struct Block {
    std::int64_t x = 0;
    std::int64_t y = 0;
    std::int64_t width = 0;  ///< pixels of a stored row
    std::int64_t height = 0; ///< rows stored
    std::int64_t plane = 0;
};

class BlockDecoder {
public:
    BlockDecoder(TiffHandle& tiff,
                 const TiffPage& page,
                 const std::string& where,
                 std::span<std::byte> out)
        : m_tiff(tiff)
        , m_page(page)
        , m_where(where)
        , m_out(out)
        , m_tiled(TIFFIsTiled(tiff.get()) != 0) {}

    void decode() {
        const Block shape = blockShape();
        const tmsize_t size = m_tiled ? TIFFTileSize(m_tiff.get()) : TIFFStripSize(m_tiff.get());
        const std::int64_t needed = rowBytes(shape) * shape.height;
        // A block bigger than the page itself (in pixels, but for a tile's padding) is a lie.
        const std::uint64_t limit = m_page.storedBytes() + (std::uint64_t{1} << 28U);
        if (size <= 0 || size < needed || static_cast<std::uint64_t>(size) > limit)
            m_tiff.fail(m_where);
        m_buffer.resize(static_cast<std::size_t>(size));
        const std::int64_t planes = m_page.separatePlanes ? m_page.samples : 1;
        std::uint32_t index = 0;
        for (std::int64_t plane = 0; plane < planes; ++plane) {
            for (std::int64_t y = 0; y < m_page.height; y += shape.height) {
                for (std::int64_t x = 0; x < m_page.width; x += shape.width)
                    readBlock(index++, {x, y, shape.width, shape.height, plane});
            }
        }
    }

private:
    Block blockShape() {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        if (m_tiled) {
            TIFFGetField(m_tiff.get(), TIFFTAG_TILEWIDTH, &width);
            TIFFGetField(m_tiff.get(), TIFFTAG_TILELENGTH, &height);
        } else {
            width = static_cast<std::uint32_t>(m_page.width);
            TIFFGetFieldDefaulted(m_tiff.get(), TIFFTAG_ROWSPERSTRIP, &height);
            height = std::min(height, static_cast<std::uint32_t>(m_page.height));
        }
        if (width == 0 || height == 0)
            m_tiff.fail(m_where);
        return {0, 0, width, height, 0};
    }

    [[nodiscard]] std::int64_t rowBytes(const Block& block) const noexcept {
        const std::int64_t samples = m_page.separatePlanes ? 1 : m_page.samples;
        return (block.width * samples * m_page.bits + 7) / 8;
    }

    void readBlock(std::uint32_t index, const Block& block) {
        const std::int64_t rows = std::min(block.height, m_page.height - block.y);
        const auto wanted = static_cast<tmsize_t>(rowBytes(block) * rows);
        // A last strip may be shorter than the others; a tile never is.
        const tmsize_t capacity = m_tiled ? static_cast<tmsize_t>(m_buffer.size()) : wanted;
        const tmsize_t got =
            m_tiled ? TIFFReadEncodedTile(m_tiff.get(), index, m_buffer.data(), capacity)
                    : TIFFReadEncodedStrip(m_tiff.get(), index, m_buffer.data(), capacity);
        if (got < wanted)
            m_tiff.fail(m_where);
        const std::int64_t count = std::min(block.width, m_page.width - block.x);
        const std::size_t pixelBytes =
            bytesOf(m_page.sample) * static_cast<std::size_t>(m_page.samples);
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::int64_t first = (block.y + row) * m_page.width + block.x;
            placeRow(m_page, m_buffer.data() + row * rowBytes(block), count, block.plane,
                     m_out.data() + static_cast<std::size_t>(first) * pixelBytes);
        }
    }

    TiffHandle& m_tiff;
    const TiffPage& m_page;
    const std::string& m_where;
    std::span<std::byte> m_out;
    bool m_tiled;
    std::vector<std::byte> m_buffer;
};

template <typename T>
void invert(std::span<std::byte> bytes) {
    for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
        for (std::size_t k = 0; k < sizeof(T); ++k)
            bytes[i + k] = ~bytes[i + k];
    }
}

} // namespace

TiffPage readTiffPage(TiffHandle& tiff, const std::string& where) {
    TiffPage page;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    if (TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) == 0 ||
        TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height) == 0 || width == 0 || height == 0)
        tiff.fail(where);
    // Keeps all products of sizes far from overflow; real limits are set by the caller.
    if (std::uint64_t{width} * height > std::uint64_t{1} << 48U)
        tiff.fail(where);
    page.offset = TIFFCurrentDirOffset(tiff.get());
    page.width = width;
    page.height = height;
    page.bits = tag16(tiff, TIFFTAG_BITSPERSAMPLE);
    page.samples = tag16(tiff, TIFFTAG_SAMPLESPERPIXEL);
    page.compression = tag16(tiff, TIFFTAG_COMPRESSION);
    page.separatePlanes =
        tag16(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE && page.samples > 1;
    page.orientation = tag16(tiff, TIFFTAG_ORIENTATION);
    if (TIFFIsCODECConfigured(page.compression) == 0)
        unsupported(tiff, where, "compression scheme " + std::to_string(page.compression));
    const std::uint16_t format = tag16(tiff, TIFFTAG_SAMPLEFORMAT);
    const auto bits = static_cast<std::uint16_t>(page.bits);
    const auto sample = sampleType(format, bits);
    if (!sample || (bits == 1 && page.samples != 1))
        unsupported(tiff, where, formatName(format, bits));
    page.sample = *sample;
    takePhotometric(tiff, where, page);
    return page;
}

void decodeTiffPage(TiffHandle& tiff,
                    const TiffPage& page,
                    const std::string& where,
                    std::span<std::byte> out) {
    if (page.jpegYCbCr)
        TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    BlockDecoder(tiff, page, where, out).decode();
}

void pixelsFromTiff(const TiffPage& page,
                    const std::string& name,
                    std::span<std::byte> stored,
                    std::span<std::byte> out) {
    std::span<std::byte> samples = stored;
    if (page.samples != page.channels) {
        const std::size_t from = bytesOf(page.sample) * static_cast<std::size_t>(page.samples);
        const std::size_t to = bytesOf(page.sample) * static_cast<std::size_t>(page.channels);
        const std::size_t pixels = stored.size() / from;
        for (std::size_t i = 1; i < pixels; ++i)
            std::memmove(stored.data() + i * to, stored.data() + i * from, to);
        samples = stored.first(pixels * to);
    }
    // For unsigned integers the inverse of the value is the inverse of every bit.
    if (page.whiteIsZero)
        invert<std::uint8_t>(samples);
    if (!samplesToPixels(page.sample, samples, out.data()))
        throw Error(ErrorCode::unsupported, name,
                    "its " + std::string(toString(page.sample)) +
                        " values do not fit float32 without loss",
                    "save it as 32-bit float or as 16-bit");
}

} // namespace likeness
