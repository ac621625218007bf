// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/orientation.h"
#include "core/imaging/formats/tiff.h"
#include "core/imaging/formats/tiffpage.h"
#include "core/imaging/formats/tiffplanes.h"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace likeness {

namespace {

/// How many bytes one compressed byte can stand for: LZW and deflate stay far below the first,
/// Zstandard and LZMA reach 30,000 where an image is flat. Only 1-bit fax codes pack more.
constexpr std::uint64_t kMaximumRatio = 4096;
constexpr std::uint64_t kMaximumModernRatio = 65536;

std::uint64_t maximumRatio(std::uint16_t compression) {
    return compression == COMPRESSION_ZSTD || compression == COMPRESSION_LZMA ||
                   compression == COMPRESSION_WEBP
               ? kMaximumModernRatio
               : kMaximumRatio;
}

/// Bytes of a value by its TIFF type number; 0 where there is no such type.
constexpr std::array<std::uint64_t, 19> kTypeBytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                                   8, 4, 8, 4, 0, 0, 8, 8, 8};

class TiffReader final : public SliceReader {
public:
    TiffReader(ByteSourcePtr source, const ReadLimits& limits, const std::string& plane)
        : m_tiff(std::move(source), std::min(limits.maximumBytes, Volume::kMaximumBytes)) {
        readDirectories();
        takeHeader();
        takeDescription(plane);
        checkDeclaredSize(m_header, name(), limits);
        checkFileSize();
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        if (m_orientation.isUpright()) {
            readAsStored(z, out);
            return;
        }
        m_asStored.resize(out.size());
        readAsStored(z, m_asStored);
        m_orientation.turn(m_asStored, m_header, out);
    }

    [[nodiscard]] std::optional<PlainPixels> plainPixels() override {
        const TiffPage& page = m_pages.front();
        if (!m_orientation.isUpright() || !page.isStoredAsPixels() ||
            page.bits != static_cast<std::int64_t>(8 * bytesOf(page.sample)))
            return std::nullopt;
        PlainPixels pixels;
        if (m_contiguous)
            pixels = evenSlices(m_tiff.sharedSource(), m_firstByte, sliceBytes(), m_header.depth);
        else
            pixels.source = m_tiff.sharedSource();
        pixels.swapped = TIFFIsByteSwapped(m_tiff.get()) != 0;
        for (std::int64_t z = 0; !m_contiguous && z < m_header.depth; ++z) {
            const auto first = plainPage(m_planes.pageOf(z));
            if (!first)
                return std::nullopt;
            pixels.slices.push_back(*first);
        }
        return pixels;
    }

private:
    /// Offset of a page whose pixels are neither packed nor scattered.
    [[nodiscard]] std::optional<std::uint64_t> plainPage(std::int64_t index) {
        const TiffPage& page = m_pages[static_cast<std::size_t>(index)];
        if (page.compression != COMPRESSION_NONE || page.separatePlanes)
            return std::nullopt;
        selectPage(index);
        if (TIFFIsTiled(m_tiff.get()) != 0)
            return std::nullopt;
        const std::uint64_t first = TIFFGetStrileOffset(m_tiff.get(), 0);
        std::uint64_t next = first;
        for (std::uint32_t strip = 0; strip < TIFFNumberOfStrips(m_tiff.get()); ++strip) {
            if (TIFFGetStrileOffset(m_tiff.get(), strip) != next)
                return std::nullopt;
            next += TIFFGetStrileByteCount(m_tiff.get(), strip);
        }
        const bool whole = next - first == page.storedBytes() && next <= m_tiff.source().size();
        return whole ? std::optional(first) : std::nullopt;
    }

    void readAsStored(std::int64_t z, std::span<std::byte> out) {
        const bool direct = m_pages.front().isStoredAsPixels();
        std::span<std::byte> stored = out;
        if (!direct) {
            m_stored.resize(static_cast<std::size_t>(m_pages.front().storedBytes()));
            stored = m_stored;
        }
        const std::int64_t page = m_planes.pageOf(z);
        if (m_contiguous)
            readContiguous(page, stored);
        else
            readPage(page, stored);
        if (!direct)
            pixelsFromTiff(m_pages.front(), name(), stored, out);
    }

    [[nodiscard]] const std::string& name() const noexcept { return m_tiff.source().name(); }

    [[nodiscard]] static std::string pageName(std::int64_t index) {
        return "page " + std::to_string(index + 1);
    }

    void readDirectories() {
        std::int64_t index = 0;
        std::int64_t reduced = 0;
        do {
            std::uint32_t kind = 0;
            TIFFGetField(m_tiff.get(), TIFFTAG_SUBFILETYPE, &kind);
            if ((kind & FILETYPE_REDUCEDIMAGE) != 0 && !m_pages.empty()) {
                ++reduced;
                continue;
            }
            const TiffPage page = readTiffPage(m_tiff, pageName(index));
            checkDirectoryIsWhole(page, pageName(index));
            addPage(page, index);
            ++index;
        } while (TIFFReadDirectory(m_tiff.get()) != 0);
        // libtiff ends its list of pages at one it cannot read; that is not the end of the file.
        if (m_tiff.hasComplaint())
            m_tiff.fail(pageName(index));
        if (reduced > 0)
            m_header.warnings.push_back(
                std::to_string(reduced) +
                (reduced == 1 ? " page with a reduced copy of the image is left out"
                              : " pages with reduced copies of the image are left out"));
    }

    /// libtiff takes a directory whose last bytes are missing, and with them the way to the next
    /// page, and leaves out texts and numbers that lie beyond the end of the file.
    void checkDirectoryIsWhole(const TiffPage& page, const std::string& where) {
        const bool big = TIFFIsBigTIFF(m_tiff.get()) != 0;
        const std::uint64_t size = m_tiff.source().size();
        const std::size_t countBytes = big ? 8 : 2;
        const std::size_t entryBytes = big ? 20 : 12;
        const std::size_t offsetBytes = big ? 8 : 4;
        std::vector<std::byte> raw(countBytes);
        m_tiff.source().readExactly(page.offset, raw);
        const std::uint64_t entries = number(raw);
        const std::uint64_t bytes = countBytes + entries * entryBytes + offsetBytes;
        if (entries > 65535 || page.offset + bytes > size)
            m_tiff.fail(where);
        raw.resize(static_cast<std::size_t>(bytes));
        m_tiff.source().readExactly(page.offset, raw);
        for (std::size_t i = 0; i < entries; ++i) {
            const auto entry = std::span(raw).subspan(countBytes + i * entryBytes, entryBytes);
            const std::uint64_t type = number(entry.subspan(2, 2));
            const std::uint64_t count = number(entry.subspan(4, offsetBytes));
            const std::uint64_t offset = number(entry.last(offsetBytes));
            const std::uint64_t held = type < kTypeBytes.size() ? kTypeBytes[type] : 0;
            const bool outside = held > 0 && count > offsetBytes / held;
            if (outside && (offset > size || count > (size - offset) / held))
                m_tiff.fail(where);
        }
    }

    /// An unsigned number in the file's byte order.
    [[nodiscard]] std::uint64_t number(std::span<const std::byte> bytes) const {
        const bool big = TIFFIsBigEndian(m_tiff.get()) != 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            value =
                value << 8U | std::to_integer<std::uint64_t>(bytes[big ? i : bytes.size() - 1 - i]);
        return value;
    }

    void addPage(const TiffPage& page, std::int64_t index) {
        if (!m_pages.empty() && !page.sameShape(m_pages.front())) {
            const auto shape = [](const TiffPage& p) {
                return std::to_string(p.width) + " x " + std::to_string(p.height) + " " +
                       std::string(toString(p.sample)) + " with " + std::to_string(p.samples) +
                       (p.samples == 1 ? " sample" : " samples") +
                       (p.orientation == 1 ? "" : ", orientation " + std::to_string(p.orientation));
            };
            throw Error(ErrorCode::unsupported, name(),
                        pageName(index) + " is " + shape(page) + ", but page 1 is " +
                            shape(m_pages.front()),
                        "split the file: the pages of a stack must be alike");
        }
        m_pages.push_back(page);
    }

    void takeHeader() {
        const TiffPage& page = m_pages.front();
        m_header.width = page.width;
        m_header.height = page.height;
        m_header.depth = static_cast<std::int64_t>(m_pages.size());
        m_header.channels = page.channels;
        m_header.type = pixelTypeFor(page.sample);
        if (page.samples > page.channels)
            m_header.warnings.emplace_back(
                "the extra sample of each pixel (transparency) is left out");
        if (page.whiteIsZero)
            m_header.warnings.emplace_back("white is stored as 0; the grey values are inverted");
        if (page.bits == 1)
            m_header.warnings.emplace_back("the 1-bit values are read as 0 and 255");
        else if (toString(page.sample) != toString(m_header.type))
            m_header.warnings.push_back("the " + std::string(toString(page.sample)) +
                                        " values are held as float32");
    }

    /// Text and resolution belong to the first page.
    void takeDescription(const std::string& plane) {
        selectPage(0);
        const char* text = nullptr;
        TiffDescription description;
        if (TIFFGetField(m_tiff.get(), TIFFTAG_IMAGEDESCRIPTION, &text) != 0 && text != nullptr)
            description = parseTiffDescription(text);
        takeImageCount(description, plane);
        takeVoxelSize(description);
        m_orientation = Orientation(m_pages.front().orientation);
        m_orientation.applyTo(m_header);
        m_header.format = m_header.depth > 1 ? "tiff-stack" : "tiff";
    }

    void takeImageCount(const TiffDescription& description, const std::string& plane) {
        if (description.imageJ && description.images > m_header.depth)
            takeContiguousStack(description.images);
        m_planes = TiffPlanes(description, m_header);
        m_planes.choose(plane, name());
        m_planes.applyTo(m_header);
    }

    /// Past 4 GB ImageJ writes one directory; the other slices follow its pixels without a gap.
    void takeContiguousStack(std::int64_t images) {
        const TiffPage& page = m_pages.front();
        const bool plain = m_pages.size() == 1 && page.compression == COMPRESSION_NONE &&
                           !page.separatePlanes && page.bits >= 8 && TIFFIsTiled(m_tiff.get()) == 0;
        const std::uint64_t first = TIFFGetStrileOffset(m_tiff.get(), 0);
        const std::uint64_t size = m_tiff.source().size();
        const std::uint64_t fit = first < size ? (size - first) / page.storedBytes() : 0;
        if (!plain || fit < static_cast<std::uint64_t>(images))
            throw Error(ErrorCode::format, name(),
                        "its ImageJ description counts " + std::to_string(images) +
                            " images, but the file holds " +
                            std::to_string(plain ? fit : m_pages.size()),
                        "the file is truncated or was edited: copy it again from its origin");
        m_contiguous = true;
        m_firstByte = first;
        m_header.depth = images;
    }

    void takeVoxelSize(const TiffDescription& description) {
        if (description.omeVoxelUm) {
            m_header.voxelSize = VoxelSize{*description.omeVoxelUm, "OME-TIFF description"};
            return;
        }
        float x = 0.0F;
        float y = 0.0F;
        if (TIFFGetField(m_tiff.get(), TIFFTAG_XRESOLUTION, &x) == 0 ||
            TIFFGetField(m_tiff.get(), TIFFTAG_YRESOLUTION, &y) == 0)
            return;
        const std::uint16_t unit = tag16(TIFFTAG_RESOLUTIONUNIT);
        Resolution resolution{static_cast<double>(x), static_cast<double>(y), 0.0, "TIFF tags"};
        if (const auto um = micrometresIn(description.unit); description.imageJ && um) {
            // ImageJ states its own unit and then means it: no guess about print settings.
            if (x > 0.0F && y > 0.0F && std::isfinite(x) && std::isfinite(y)) {
                m_header.voxelSize =
                    VoxelSize{{*um / resolution.x, *um / resolution.y, *um / resolution.x},
                              "TIFF tags, unit from ImageJ"};
                takeSpacing(description, *um);
            }
            return;
        }
        if (unit == RESUNIT_INCH)
            resolution.unitUm = kMicrometresPerInch;
        else if (unit == RESUNIT_CENTIMETER)
            resolution.unitUm = 10000.0;
        m_header.voxelSize = voxelSizeFrom(resolution, m_header.warnings);
    }

    void takeSpacing(const TiffDescription& description, double um) {
        if (description.spacing && *description.spacing > 0.0)
            m_header.voxelSize->um[2] = *description.spacing * um;
        else if (m_header.depth > 1)
            m_header.voxelSize->source += ", z taken equal to x";
    }

    /// A declared size that the bytes cannot hold is found before memory is taken for it.
    void checkFileSize() {
        std::uint64_t declared = 0;
        std::uint64_t held = m_tiff.source().size();
        for (const TiffPage& page : m_pages) {
            const bool plain = page.compression == COMPRESSION_NONE;
            const std::uint64_t bytes = page.storedBytes() * static_cast<std::uint64_t>(page.bits) /
                                        (8 * bytesOf(page.sample));
            if (page.bits > 1 || plain)
                declared += plain ? bytes : bytes / maximumRatio(page.compression);
        }
        if (declared > held)
            throw Error(ErrorCode::format, name(),
                        "it declares " + std::to_string(m_header.depth) + " pages of " +
                            std::to_string(m_header.width) + " x " +
                            std::to_string(m_header.height) + " pixels, more than its " +
                            std::to_string(held) + " bytes can hold",
                        "the file is damaged or truncated: copy it again from its origin");
    }

    void selectPage(std::int64_t index) {
        const TiffPage& page = m_pages[static_cast<std::size_t>(index)];
        if (TIFFCurrentDirOffset(m_tiff.get()) != page.offset &&
            TIFFSetSubDirectory(m_tiff.get(), page.offset) == 0)
            m_tiff.fail(pageName(index));
    }

    void readPage(std::int64_t index, std::span<std::byte> stored) {
        selectPage(index);
        decodeTiffPage(m_tiff, m_pages[static_cast<std::size_t>(index)], pageName(index), stored);
    }

    void readContiguous(std::int64_t index, std::span<std::byte> stored) {
        m_tiff.source().readExactly(m_firstByte + static_cast<std::uint64_t>(index) * stored.size(),
                                    stored);
        if (TIFFIsByteSwapped(m_tiff.get()) != 0)
            swapBytes(stored, bytesOf(m_pages.front().sample));
    }

    [[nodiscard]] std::uint16_t tag16(std::uint32_t tag) const {
        std::uint16_t value = 0;
        TIFFGetFieldDefaulted(m_tiff.get(), tag, &value);
        return value;
    }

    TiffHandle m_tiff;
    std::vector<TiffPage> m_pages;
    std::vector<std::byte> m_stored;
    std::vector<std::byte> m_asStored; ///< a slice before it is turned upright
    Orientation m_orientation;
    TiffPlanes m_planes;
    bool m_contiguous = false;
    std::uint64_t m_firstByte = 0;
};

} // namespace

SliceReaderPtr openTiff(ByteSourcePtr source, const ReadLimits& limits, const std::string& plane) {
    return std::make_unique<TiffReader>(std::move(source), limits, plane);
}

} // namespace likeness
