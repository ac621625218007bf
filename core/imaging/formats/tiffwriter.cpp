// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdarg>
#include <cstdio>

namespace likeness {

namespace {

/// Classic TIFF has 32-bit offsets; the rest of 4 GiB is left for directories.
constexpr std::size_t kClassicLimit = std::size_t{0xF0000000};

constexpr std::int64_t kStripBytes = std::int64_t{1} << 18U;

class TiffWriter {
public:
    TiffWriter(const std::filesystem::path& file, const std::filesystem::path& finalName, bool big)
        : m_name(finalName.string()) {
        TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
        if (options == nullptr)
            throw Error(ErrorCode::memory, m_name, "there is no memory to write it");
        TIFFOpenOptionsSetErrorHandlerExtR(options, onMessage, this);
        TIFFOpenOptionsSetWarningHandlerExtR(
            options, [](TIFF*, void*, const char*, const char*, std::va_list) { return 1; }, this);
        m_tiff = TIFFOpenExt(file.c_str(), big ? "w8" : "w", options);
        TIFFOpenOptionsFree(options);
        check(m_tiff != nullptr);
    }

    ~TiffWriter() {
        if (m_tiff != nullptr)
            TIFFClose(m_tiff);
    }

    TiffWriter(const TiffWriter&) = delete;
    TiffWriter& operator=(const TiffWriter&) = delete;

    void writePage(const ImageSpan& slice, const Volume& volume, const std::string& description) {
        setLayout(slice);
        if (volume.voxelSize)
            setResolution(*volume.voxelSize);
        if (!description.empty())
            check(TIFFSetField(m_tiff, TIFFTAG_IMAGEDESCRIPTION, description.c_str()) == 1);
        const auto rowBytes = static_cast<std::int64_t>(slice.bytes()) / slice.height;
        const std::int64_t rows = std::clamp<std::int64_t>(kStripBytes / rowBytes, 1, slice.height);
        check(TIFFSetField(m_tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(rows)) == 1);
        std::uint32_t strip = 0;
        for (std::int64_t y = 0; y < slice.height; y += rows, ++strip) {
            const std::int64_t bytes = std::min(rows, slice.height - y) * rowBytes;
            // The predictor works in place, so libtiff gets a copy.
            const std::byte* from = slice.data + y * rowBytes;
            m_strip.assign(from, from + bytes);
            check(TIFFWriteEncodedStrip(m_tiff, strip, m_strip.data(), bytes) == bytes);
        }
        check(TIFFWriteDirectory(m_tiff) == 1);
    }

    void finish() { check(TIFFFlush(m_tiff) == 1); }

private:
    void setLayout(const ImageSpan& slice) {
        const auto set = [this](std::uint32_t tag, int value) {
            check(TIFFSetField(m_tiff, tag, value) == 1);
        };
        check(TIFFSetField(m_tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(slice.width)) ==
              1);
        check(TIFFSetField(m_tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(slice.height)) ==
              1);
        const bool isFloat = slice.type == PixelType::f32;
        set(TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * bytesOf(slice.type)));
        set(TIFFTAG_SAMPLESPERPIXEL, static_cast<int>(slice.channels));
        set(TIFFTAG_SAMPLEFORMAT, isFloat ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
        set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        set(TIFFTAG_PHOTOMETRIC, slice.channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
        set(TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
        set(TIFFTAG_PREDICTOR, isFloat ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL);
    }

    void setResolution(const VoxelSize& voxel) {
        check(TIFFSetField(m_tiff, TIFFTAG_XRESOLUTION, 1.0 / voxel.um[0]) == 1);
        check(TIFFSetField(m_tiff, TIFFTAG_YRESOLUTION, 1.0 / voxel.um[1]) == 1);
        check(TIFFSetField(m_tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE) == 1);
    }

    void check(bool ok) const {
        if (!ok)
            throw Error(ErrorCode::io, m_name,
                        std::string("writing it as TIFF failed, ") + m_message.data(),
                        "check the folder and the free space");
    }

    static int
    onMessage(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
        auto& self = *static_cast<TiffWriter*>(user);
        if (self.m_message[0] == '\0')
            std::vsnprintf(self.m_message.data(), self.m_message.size(), format, arguments);
        return 1;
    }

    std::string m_name;
    TIFF* m_tiff = nullptr;
    std::vector<std::byte> m_strip;
    std::array<char, 256> m_message{};
};

std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), result.ptr};
}

/// What ImageJ needs to see one stack with its calibration.
std::string imageJDescription(const Volume& volume) {
    if (volume.depth() == 1 && !volume.voxelSize)
        return {};
    std::string text = "ImageJ=1.54f\n";
    if (volume.depth() > 1) {
        const std::string depth = std::to_string(volume.depth());
        text += "images=" + depth + "\nslices=" + depth + "\nloop=false\n";
    }
    if (volume.voxelSize)
        text += "unit=micron\nspacing=" + shortest(volume.voxelSize->um[2]) + "\n";
    return text;
}

} // namespace

void writeTiff(const std::filesystem::path& path, const Volume& volume) {
    if (volume.channels() != 1 && volume.channels() != 3)
        throw Error(ErrorCode::unsupported, path.string(),
                    "only grey and RGB images are written, this one has " +
                        std::to_string(volume.channels()) + " channels");
    const std::string description = imageJDescription(volume);
    writeFileDurably(path, [&](const std::filesystem::path& temporary) {
        TiffWriter writer(temporary, path, volume.span().bytes() > kClassicLimit);
        for (std::int64_t z = 0; z < volume.depth(); ++z)
            writer.writePage(volume.span().slice(z), volume, z == 0 ? description : "");
        writer.finish();
    });
}

} // namespace likeness
