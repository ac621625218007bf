// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/bmp.h"
#include "core/imaging/formats/calibration.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

namespace likeness {

namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kCoreHeader = 12;
constexpr std::uint32_t kInfoHeader = 40;
constexpr std::uint32_t kHeaderWithAlpha = 56;
constexpr std::uint32_t kPlain = 0;
constexpr std::uint32_t kRunLengths = 1;
constexpr std::uint32_t kMasks = 3;

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::format, file, "the BMP file is damaged, " + why,
                "copy it again from its origin");
}

[[noreturn]] void unread(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unsupported, file, why, "save it as an uncompressed BMP, PNG or TIFF");
}

/// Little-endian numbers at fixed places.
template <typename T>
T numberAt(std::span<const std::byte> bytes, std::size_t offset) {
    T value = 0;
    for (std::size_t i = sizeof(T); i > 0; --i)
        value = static_cast<T>(value << 8U | std::to_integer<T>(bytes[offset + i - 1]));
    return value;
}

bool isHeaderLength(std::uint32_t length) noexcept {
    constexpr std::array<std::uint32_t, 7> kKnown{12, 40, 52, 56, 64, 108, 124};
    return std::find(kKnown.begin(), kKnown.end(), length) != kKnown.end();
}

struct BmpHeader {
    std::int64_t width = 0;
    std::int64_t height = 0;
    bool fromAbove = false;
    std::uint32_t bits = 0;
    std::uint32_t compression = kPlain;
    std::uint64_t pixels = 0;  ///< offset of the first
    std::uint32_t length = 0;  ///< of the header behind the file's own
    std::uint32_t colours = 0; ///< of the palette, 0 for the full number
    std::int32_t perMetreX = 0;
    std::int32_t perMetreY = 0;
    std::array<std::uint32_t, 4> masks{}; ///< red, green, blue, alpha
};

BmpHeader readBmpHeader(const ByteSource& source) {
    constexpr std::size_t kWithMasks = kFileHeader + kHeaderWithAlpha;
    std::array<std::byte, kWithMasks> bytes{};
    source.readExactly(0, std::span(bytes).first(kFileHeader + kCoreHeader));
    BmpHeader header;
    header.pixels = numberAt<std::uint32_t>(bytes, 10);
    header.length = numberAt<std::uint32_t>(bytes, kFileHeader);
    if (!isHeaderLength(header.length))
        unread(source.name(), "its header has the unknown length " + std::to_string(header.length));
    if (header.length == kCoreHeader) {
        header.width = numberAt<std::uint16_t>(bytes, 18);
        header.height = numberAt<std::uint16_t>(bytes, 20);
        header.bits = numberAt<std::uint16_t>(bytes, 24);
        return header;
    }
    source.readExactly(0, std::span(bytes).first(kFileHeader + kInfoHeader));
    header.width = static_cast<std::int32_t>(numberAt<std::uint32_t>(bytes, 18));
    header.height = static_cast<std::int32_t>(numberAt<std::uint32_t>(bytes, 22));
    header.fromAbove = header.height < 0;
    header.height = std::abs(header.height);
    header.bits = numberAt<std::uint16_t>(bytes, 28);
    header.compression = numberAt<std::uint32_t>(bytes, 30);
    header.perMetreX = static_cast<std::int32_t>(numberAt<std::uint32_t>(bytes, 38));
    header.perMetreY = static_cast<std::int32_t>(numberAt<std::uint32_t>(bytes, 42));
    header.colours = numberAt<std::uint32_t>(bytes, 46);
    if (header.compression != kMasks && header.length < kHeaderWithAlpha)
        return header;
    source.readExactly(0, bytes);
    const std::size_t masks = header.length >= kHeaderWithAlpha ? 4 : 3;
    for (std::size_t i = 0; i < masks; ++i)
        header.masks[i] = numberAt<std::uint32_t>(bytes, kFileHeader + kInfoHeader + 4 * i);
    return header;
}

class BmpReader final : public SliceReader {
public:
    BmpReader(ByteSourcePtr source, const ReadLimits& limits)
        : m_source(std::move(source))
        , m_bmp(readBmpHeader(*m_source)) {
        checkKind();
        m_header.format = "bmp";
        m_header.width = m_bmp.width;
        m_header.height = m_bmp.height;
        m_header.type = PixelType::u8;
        m_header.channels = 3;
        if (m_bmp.bits <= 8)
            readPalette();
        checkDeclaredSize(m_header, name(), limits);
        checkFileSize();
        if (m_bmp.masks[3] != 0 && m_bmp.bits == 32)
            m_header.warnings.emplace_back("the transparency of the image is left out");
        m_header.voxelSize =
            voxelSizeFrom({static_cast<double>(m_bmp.perMetreX),
                           static_cast<double>(m_bmp.perMetreY), 1e6, "BMP pixels per metre"},
                          m_header.warnings);
    }

    void readSlice(std::int64_t, std::span<std::byte> out) override {
        if (m_bmp.compression == kRunLengths) {
            readRuns(out);
            return;
        }
        std::vector<std::byte> stored(static_cast<std::size_t>(stride()));
        for (std::int64_t y = 0; y < m_header.height; ++y) {
            m_source->readExactly(m_bmp.pixels + static_cast<std::uint64_t>(y) * stride(), stored);
            const auto row = rowAt(out, y);
            if (m_bmp.bits <= 8)
                takeIndices(stored, row);
            else
                takeColours(stored, row);
        }
    }

private:
    [[nodiscard]] const std::string& name() const noexcept { return m_source->name(); }

    /// Bytes of a stored row, which is filled up to a multiple of four.
    [[nodiscard]] std::uint64_t stride() const noexcept {
        return (static_cast<std::uint64_t>(m_bmp.width) * m_bmp.bits + 31U) / 32U * 4U;
    }

    /// The place of the row that is stored as number y.
    [[nodiscard]] std::span<std::byte> rowAt(std::span<std::byte> out, std::int64_t y) const {
        const auto bytes = static_cast<std::size_t>(m_header.width * m_header.channels);
        const std::int64_t row = m_bmp.fromAbove ? y : m_header.height - 1 - y;
        return out.subspan(static_cast<std::size_t>(row) * bytes, bytes);
    }

    void checkKind() const {
        const std::uint32_t bits = m_bmp.bits;
        if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32)
            unread(name(), "BMP files of " + std::to_string(bits) + " bits per pixel are not read");
        const bool masks = m_bmp.compression == kMasks && bits == 32;
        const bool runs = m_bmp.compression == kRunLengths && bits == 8;
        if (m_bmp.compression != kPlain && !masks && !runs)
            unread(name(), "its compression " + std::to_string(m_bmp.compression) + " for " +
                               std::to_string(bits) + " bits is not read");
        constexpr std::array<std::uint32_t, 3> kUsual{0xFF0000, 0xFF00, 0xFF};
        if (masks && !std::equal(kUsual.begin(), kUsual.end(), m_bmp.masks.begin()))
            unread(name(), "its colours are packed in an unusual way");
        if (runs && m_bmp.fromAbove)
            damaged(name(), "run lengths cannot be stored from above");
    }

    void readPalette() {
        const std::uint32_t most = 1U << m_bmp.bits;
        const std::uint32_t count = m_bmp.colours == 0 ? most : m_bmp.colours;
        const std::size_t bytes = m_bmp.length == kCoreHeader ? 3 : 4;
        const std::uint64_t begin = kFileHeader + m_bmp.length;
        if (count > most || begin + count * bytes > m_bmp.pixels)
            damaged(name(),
                    "its palette of " + std::to_string(count) + " colours reaches into the pixels");
        std::vector<std::byte> stored(count * bytes);
        m_source->readExactly(begin, stored);
        bool grey = true;
        for (std::size_t i = 0; i < count; ++i) {
            const auto colour = std::span(stored).subspan(i * bytes, 3);
            m_palette.push_back({colour[2], colour[1], colour[0]});
            grey = grey && colour[0] == colour[1] && colour[1] == colour[2];
        }
        m_header.channels = grey ? 1 : 3;
    }

    void checkFileSize() const {
        const std::uint64_t size = m_source->size();
        const std::uint64_t held = size > m_bmp.pixels ? size - m_bmp.pixels : 0;
        const auto height = static_cast<std::uint64_t>(m_header.height);
        const bool runs = m_bmp.compression == kRunLengths;
        // Two bytes stand for 255 pixels at most.
        constexpr std::uint64_t kMostInRun = 128;
        const std::uint64_t needed =
            runs ? static_cast<std::uint64_t>(m_header.width) * height / kMostInRun
                 : stride() * height;
        if (m_bmp.pixels < kFileHeader + m_bmp.length || needed > held)
            throw Error(ErrorCode::format, name(),
                        "the file is truncated: its header declares " +
                            std::to_string(m_header.width) + " x " +
                            std::to_string(m_header.height) + " pixels, more than its " +
                            std::to_string(size) + " bytes hold",
                        "copy it again from its origin");
    }

    void put(std::span<std::byte> row, std::size_t x, std::size_t index) const {
        if (index >= m_palette.size())
            damaged(name(), "a pixel names colour " + std::to_string(index) + " of " +
                                std::to_string(m_palette.size()));
        const auto channels = static_cast<std::size_t>(m_header.channels);
        for (std::size_t c = 0; c < channels; ++c)
            row[x * channels + c] = m_palette[index][c];
    }

    void takeIndices(std::span<const std::byte> stored, std::span<std::byte> row) const {
        const auto width = static_cast<std::size_t>(m_header.width);
        const std::size_t inByte = 8 / m_bmp.bits;
        const unsigned mask = (1U << m_bmp.bits) - 1U;
        for (std::size_t x = 0; x < width; ++x) {
            const auto shift = m_bmp.bits * (inByte - 1 - x % inByte);
            put(row, x, std::to_integer<unsigned>(stored[x / inByte]) >> shift & mask);
        }
    }

    void takeColours(std::span<const std::byte> stored, std::span<std::byte> row) const {
        const std::size_t bytes = m_bmp.bits / 8;
        for (std::size_t x = 0; x < row.size() / 3; ++x) {
            for (std::size_t c = 0; c < 3; ++c)
                row[3 * x + c] = stored[x * bytes + 2 - c];
        }
    }

    void readRuns(std::span<std::byte> out) const;

    ByteSourcePtr m_source;
    BmpHeader m_bmp;
    std::vector<std::array<std::byte, 3>> m_palette;
};

/// Bytes one after another out of a buffer.
class Forwards {
public:
    Forwards(const ByteSource& source, std::uint64_t begin)
        : m_source(source)
        , m_position(begin) {}

    unsigned next() {
        if (m_used == m_filled) {
            m_filled = m_source.read(m_position, m_buffer);
            m_position += m_filled;
            m_used = 0;
            if (m_filled == 0)
                damaged(m_source.name(), "its runs end too early");
        }
        return std::to_integer<unsigned>(m_buffer[m_used++]);
    }

private:
    const ByteSource& m_source;
    std::uint64_t m_position;
    std::array<std::byte, 16384> m_buffer{};
    std::size_t m_used = 0;
    std::size_t m_filled = 0;
};

/// Every row must be complete: what a file leaves out would be made up.
void BmpReader::readRuns(std::span<std::byte> out) const {
    Forwards bytes(*m_source, m_bmp.pixels);
    const auto width = static_cast<std::size_t>(m_header.width);
    std::int64_t y = 0;
    std::size_t x = 0;
    const auto pixel = [&](unsigned index) {
        if (x >= width || y >= m_header.height)
            damaged(name(), "a run is longer than its row");
        put(rowAt(out, y), x++, index);
    };
    for (;;) {
        const unsigned count = bytes.next();
        const unsigned value = bytes.next();
        if (count > 0) {
            for (unsigned i = 0; i < count; ++i)
                pixel(value);
        } else if (value > 2) {
            for (unsigned i = 0; i < value; ++i)
                pixel(bytes.next());
            if (value % 2 == 1)
                (void)bytes.next();
        } else if (value == 2) {
            unread(name(), "its run lengths leave out pixels");
        } else {
            // The end of a row (0) or of the image (1), which may follow the end of its last row.
            const bool over = value == 1 && x == 0 && y == m_header.height;
            if (!over && x != width)
                damaged(name(),
                        "row " + std::to_string(y + 1) + " has " + std::to_string(x) + " pixels");
            if (!over)
                ++y;
            x = 0;
            if (value == 1 && y != m_header.height)
                damaged(name(), "it ends after row " + std::to_string(y));
            if (value == 1)
                return;
        }
    }
}

} // namespace

bool isBmp(std::string_view start) noexcept {
    if (start.size() < kBmpHeaderBytes || !start.starts_with("BM"))
        return false;
    return isHeaderLength(
        numberAt<std::uint32_t>(std::as_bytes(std::span(start.data(), start.size())), kFileHeader));
}

SliceReaderPtr openBmp(ByteSourcePtr source, const ReadLimits& limits) {
    return std::make_unique<BmpReader>(std::move(source), limits);
}

} // namespace likeness
