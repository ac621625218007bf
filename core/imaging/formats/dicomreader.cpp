// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/bytecursor.h"
#include "core/imaging/formats/dicom.h"
#include "core/imaging/formats/dicomheader.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

constexpr double kUmPerMm = 1000.0;
constexpr std::size_t kMostSegments = 15;

/// PackBits as DICOM PS3.5 annex G has it: one segment for each byte of a pixel, the highest first.
void unpackSegment(ByteCursor packed, std::span<std::byte> out, std::size_t step) {
    std::size_t done = 0;
    const std::size_t count = (out.size() + step - 1) / step;
    while (done < count) {
        const auto control = static_cast<std::size_t>(packed.number(1));
        if (control == 128)
            continue;
        const std::size_t run = control < 128 ? control + 1 : 257 - control;
        const bool same = control > 128;
        const auto bytes = packed.take(same ? 1 : run);
        for (std::size_t i = 0; i < run && done < count; ++i, ++done)
            out[done * step] = bytes[same ? 0 : i];
    }
}

class DicomReader final : public SliceReader {
public:
    DicomReader(ByteSourcePtr source, const ReadLimits& limits)
        : m_source(std::move(source))
        , m_dicom(readDicomHeader(*m_source)) {
        checkLayout();
        takeHeader();
        checkDeclaredSize(m_header, m_source->name(), limits);
        checkPixels();
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const std::int64_t index = m_order.empty() ? z : m_order[static_cast<std::size_t>(z)];
        m_stored.resize(static_cast<std::size_t>(m_dicom.frameBytes()));
        if (m_dicom.rle)
            readRle(index);
        else
            m_source->readExactly(m_dicom.pixelOffset +
                                      static_cast<std::uint64_t>(index) * m_stored.size(),
                                  m_stored);
        const std::size_t bytes = valueBytes();
        if (!m_dicom.rle && m_dicom.bigEndian != (std::endian::native == std::endian::big))
            swapBytes(m_stored, bytes);
        if (m_header.channels == 3)
            interleave(out);
        else if (bytes == 1)
            convert<std::uint8_t>(index, out);
        else if (bytes == 2)
            convert<std::uint16_t>(index, out);
        else
            convert<std::uint32_t>(index, out);
    }

private:
    [[nodiscard]] std::size_t valueBytes() const noexcept {
        return static_cast<std::size_t>(m_dicom.bitsAllocated / 8);
    }

    [[noreturn]] void unsupported(const std::string& what) const {
        throw Error(ErrorCode::unsupported, m_source->name(),
                    "the DICOM file holds " + what + ", which is not read",
                    "convert it to 8-bit or 16-bit grey, or to RGB");
    }

    [[noreturn]] void damaged(const std::string& why) const {
        throw Error(ErrorCode::format, m_source->name(),
                    "the DICOM file is damaged or truncated: " + why,
                    "copy it again from its origin");
    }

    void checkLayout() {
        const DicomHeader& d = m_dicom;
        if (d.isDirectory)
            unsupported("a directory of other files (DICOMDIR)");
        if (!d.hasPixels())
            unsupported("no pixels");
        const bool grey = d.photometric.starts_with("MONOCHROME");
        if (!grey && d.photometric != "RGB")
            unsupported("pixels of the kind '" + d.photometric.substr(0, 32) + "'");
        if (d.samples != (grey ? 1 : 3))
            unsupported(std::to_string(d.samples) + " values a pixel");
        const bool bitsKnown =
            d.bitsAllocated == 8 || (grey && (d.bitsAllocated == 16 || d.bitsAllocated == 32));
        if (!bitsKnown)
            unsupported(std::to_string(d.bitsAllocated) + "-bit values");
        if (d.bitsStored < 1 || d.bitsStored > d.bitsAllocated || d.highBit >= d.bitsAllocated ||
            d.highBit + 1 < d.bitsStored)
            damaged("the bits of its values do not add up");
        if (!grey && (d.bitsStored != 8 || d.isSigned))
            unsupported("colours of unusual bits");
        if (d.frames < 1)
            damaged("it counts no frames");
    }

    void takeHeader() {
        const DicomHeader& d = m_dicom;
        m_header.format = "dicom";
        m_header.width = d.columns;
        m_header.height = d.rows;
        m_header.depth = d.frames;
        m_header.channels = d.samples;
        for (std::int64_t i = 0; i < (d.perFrame.empty() ? 1 : d.frames); ++i) {
            const auto rescale = d.frame(i).rescale;
            m_rescaled = m_rescaled || (d.samples == 1 && rescale && *rescale != DicomRescale{});
        }
        m_header.type = m_rescaled || d.isSigned || d.bitsAllocated == 32 ? PixelType::f32
                        : d.bitsAllocated == 8                            ? PixelType::u8
                                                                          : PixelType::u16;
        if (m_rescaled)
            m_header.warnings.push_back("rescaled as the file says" + rescaleText() +
                                        ", held as float32");
        else if (m_header.type == PixelType::f32)
            m_header.warnings.push_back(std::string(d.isSigned ? "the signed " : "the ") +
                                        std::to_string(d.bitsAllocated) +
                                        "-bit values are held as float32");
        if (d.photometric == "MONOCHROME1") {
            m_inverted = !m_rescaled && !d.isSigned;
            m_header.warnings.emplace_back(
                m_inverted ? "low values are bright (MONOCHROME1); the grey values are inverted"
                           : "low values are meant to be shown bright (MONOCHROME1); the values "
                             "are kept");
        }
        orderFrames();
        takeVoxelSize();
    }

    [[nodiscard]] std::string rescaleText() const {
        const auto first = m_dicom.frame(0).rescale.value_or(DicomRescale{});
        for (std::int64_t i = 1; i < static_cast<std::int64_t>(m_dicom.perFrame.size()); ++i) {
            if (m_dicom.frame(i).rescale.value_or(DicomRescale{}) != first)
                return ", each frame in its own way";
        }
        const auto plain = [](double value) {
            std::string text = std::to_string(value);
            text.erase(text.find_last_not_of('0') + 1);
            if (text.ends_with('.'))
                text.pop_back();
            return text;
        };
        return " (times " + plain(first.slope) + " plus " + plain(first.intercept) + ")";
    }

    /// Frames of an enhanced file in the order of their places along the normal.
    void orderFrames() {
        const DicomHeader& d = m_dicom;
        if (static_cast<std::int64_t>(d.perFrame.size()) != d.frames || !d.orientation)
            return;
        std::vector<std::pair<double, std::int64_t>> places;
        for (std::int64_t i = 0; i < d.frames; ++i) {
            const auto position = d.frame(i).position;
            if (!position)
                return;
            places.emplace_back(alongDicomNormal(*d.orientation, *position), i);
        }
        std::stable_sort(places.begin(), places.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [place, index] : places)
            m_order.push_back(index);
        if (places.size() > 1)
            m_frameDistance =
                (places.back().first - places.front().first) / static_cast<double>(d.frames - 1);
    }

    void takeVoxelSize() {
        const DicomHeader& d = m_dicom;
        if (!d.spacing)
            return;
        VoxelSize size{{(*d.spacing)[1] * kUmPerMm, (*d.spacing)[0] * kUmPerMm, 0.0},
                       "DICOM " + d.spacingName};
        const auto usable = [](const std::optional<double>& mm) { return mm && *mm > 0.0; };
        if (m_frameDistance > 0.0) {
            size.um[2] = m_frameDistance * kUmPerMm;
            size.source += " and positions";
        } else if (usable(d.sliceDistance)) {
            size.um[2] = *d.sliceDistance * kUmPerMm;
            size.source += " and SpacingBetweenSlices";
        } else if (usable(d.sliceThickness)) {
            size.um[2] = *d.sliceThickness * kUmPerMm;
            size.source += ", z from SliceThickness";
        } else {
            size.um[2] = size.um[0];
            if (d.frames > 1)
                size.source += ", z taken equal to x";
        }
        m_header.voxelSize = size;
    }

    void checkPixels() {
        if (m_dicom.rle) {
            m_fragments = dicomFragments(*m_source, m_dicom);
            if (static_cast<std::int64_t>(m_fragments.size()) != m_dicom.frames)
                damaged("it counts " + std::to_string(m_dicom.frames) + " frames, but has " +
                        std::to_string(m_fragments.size()));
            // Two bytes of PackBits stand for 128 at most.
            for (const DicomFragment& fragment : m_fragments) {
                if (fragment.bytes < 64 || (fragment.bytes - 64) * 64 < m_dicom.frameBytes())
                    damaged("a frame is shorter than its size");
            }
            return;
        }
        const auto frames = static_cast<std::uint64_t>(m_dicom.frames);
        if (m_dicom.pixelBytes / m_dicom.frameBytes() < frames)
            damaged("it declares more pixels than its " + std::to_string(m_source->size()) +
                    " bytes hold");
    }

    void readRle(std::int64_t index) {
        const DicomFragment& fragment = m_fragments[static_cast<std::size_t>(index)];
        std::vector<std::byte> packed(static_cast<std::size_t>(fragment.bytes));
        m_source->readExactly(fragment.offset, packed);
        ByteCursor head(packed, m_source->name());
        const auto segments = static_cast<std::size_t>(head.number(4));
        const std::size_t bytes = valueBytes();
        const std::size_t pixel = bytes * static_cast<std::size_t>(m_dicom.samples);
        if (segments != pixel || segments > kMostSegments)
            damaged("a frame has another number of bytes a pixel");
        for (std::size_t i = 0; i < segments; ++i) {
            const auto begin = static_cast<std::size_t>(head.number(4));
            if (begin > packed.size())
                damaged("a part of a frame lies outside it");
            const std::size_t low = bytes - 1 - i % bytes;
            const std::size_t at =
                i / bytes * bytes + (std::endian::native == std::endian::little ? low : i % bytes);
            unpackSegment(ByteCursor(std::span(packed).subspan(begin), m_source->name()),
                          std::span(m_stored).subspan(at), pixel);
        }
    }

    void interleave(std::span<std::byte> out) {
        // RLE unpacks colours side by side already.
        if (!m_dicom.separatePlanes || m_dicom.rle) {
            std::memcpy(out.data(), m_stored.data(), out.size());
            return;
        }
        const std::size_t pixels = out.size() / 3;
        for (std::size_t i = 0; i < pixels; ++i) {
            for (std::size_t c = 0; c < 3; ++c)
                out[3 * i + c] = m_stored[c * pixels + i];
        }
    }

    /// The stored bits as a number, rescaled or inverted.
    template <typename T>
    void convert(std::int64_t index, std::span<std::byte> out) {
        const auto shift = static_cast<unsigned>(m_dicom.highBit + 1 - m_dicom.bitsStored);
        const auto stored = static_cast<unsigned>(m_dicom.bitsStored);
        const std::uint64_t mask = (std::uint64_t{1} << stored) - 1;
        const std::uint64_t sign = m_dicom.isSigned ? std::uint64_t{1} << (stored - 1) : 0;
        const DicomRescale rescale = m_dicom.frame(index).rescale.value_or(DicomRescale{});
        const std::size_t count = m_stored.size() / sizeof(T);
        for (std::size_t i = 0; i < count; ++i) {
            T raw{};
            std::memcpy(&raw, m_stored.data() + i * sizeof(T), sizeof(T));
            const std::uint64_t bits = static_cast<std::uint64_t>(raw) >> shift & mask;
            if (m_header.type != PixelType::f32) {
                const auto value = static_cast<T>(m_inverted ? mask - bits : bits);
                std::memcpy(out.data() + i * sizeof(T), &value, sizeof(T));
                continue;
            }
            const auto number =
                static_cast<std::int64_t>(bits) -
                ((bits & sign) != 0 ? static_cast<std::int64_t>(mask) + 1 : std::int64_t{0});
            const double value =
                static_cast<double>(m_inverted ? static_cast<std::int64_t>(mask) - number
                                               : number) *
                    rescale.slope +
                rescale.intercept;
            const auto pixel = static_cast<float>(value);
            if (!m_rescaled && static_cast<double>(pixel) != value)
                throw Error(ErrorCode::unsupported, m_source->name(),
                            "its 32-bit values do not fit float32 without loss",
                            "save it as 16-bit");
            std::memcpy(out.data() + i * sizeof(float), &pixel, sizeof(float));
        }
    }

    ByteSourcePtr m_source;
    DicomHeader m_dicom;
    bool m_rescaled = false;
    bool m_inverted = false;
    double m_frameDistance = 0.0;
    std::vector<std::int64_t> m_order; ///< frames by place; empty: as stored
    std::vector<DicomFragment> m_fragments;
    std::vector<std::byte> m_stored;
};

} // namespace

SliceReaderPtr openDicom(ByteSourcePtr source, const ReadLimits& limits) {
    return std::make_unique<DicomReader>(std::move(source), limits);
}

} // namespace likeness
