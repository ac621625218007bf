// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/detect.h"

#include "core/imaging/formats/volumemagic.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace likeness {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view name;
};

constexpr std::size_t kDicomOffset = 128;

constexpr Magic kForeign[] = {
    {0, "GIF8"sv, "GIF"},
    {0, "\x00\x00\x00\x0CjP"sv, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    {8, "WEBP"sv, "WebP"},
    {4, "ftypavif"sv, "AVIF"},
    {4, "ftypheic"sv, "HEIC"},
    {0, "\x5C\x01\x00\x00"sv, "Analyze 7.5"},
    {0, "PK\x03\x04"sv, "zip"},
    {0, "\x1F\x8B"sv, "gzip"},
    {0, "%PDF"sv, "PDF"},
    {0, "\x76\x2F\x31\x01"sv, "OpenEXR"},
    {0, "<?xml"sv, "XML"},
    {0, "# vtk DataFile"sv, "legacy VTK"},
};

/// The first bytes as text, long enough for every magic number above.
std::string firstBytes(const ByteSource& source) {
    std::string start(kDicomOffset + 4, '\0');
    start.resize(source.read(0, std::as_writable_bytes(std::span(start))));
    return start;
}

bool has(std::string_view start, std::size_t offset, std::string_view bytes) {
    return start.size() >= offset + bytes.size() && start.substr(offset, bytes.size()) == bytes;
}

/// At the begin, or at 512, 1024, 2048 ... after a block of the user's own (MATLAB writes one).
bool hasHdf5Signature(const ByteSource& source, std::string_view start) {
    constexpr std::string_view kSignature = "\x89HDF\r\n\x1A\n"sv;
    if (has(start, 0, kSignature))
        return true;
    constexpr std::uint64_t kLastPlace = std::uint64_t{1} << 16U;
    for (std::uint64_t at = 512; at <= kLastPlace && at < source.size(); at *= 2) {
        std::array<char, kSignature.size()> found{};
        (void)source.read(at, std::as_writable_bytes(std::span(found)));
        if (std::string_view(found.data(), found.size()) == kSignature)
            return true;
    }
    return false;
}

} // namespace

std::string_view toString(FileFormat format) noexcept {
    constexpr std::string_view kNames[] = {"png",       "jpeg",  "tiff", "npy",  "bmp",    "nrrd",
                                           "metaimage", "nifti", "vti",  "hdf5", "netcdf", "dicom"};
    return kNames[static_cast<std::size_t>(format)];
}

bool holdsVolumes(FileFormat format) noexcept {
    return format == FileFormat::hdf5 || format == FileFormat::netcdf;
}

std::optional<FileFormat> detectFormat(const ByteSource& source) {
    const std::string start = firstBytes(source);
    if (has(start, 0, "\x89PNG\r\n\x1A\n"sv))
        return FileFormat::png;
    if (has(start, 0, "\xFF\xD8\xFF"sv))
        return FileFormat::jpeg;
    if (has(start, 0, "II*\0"sv) || has(start, 0, "MM\0*"sv) || has(start, 0, "II+\0"sv) ||
        has(start, 0, "MM\0+"sv))
        return FileFormat::tiff;
    if (has(start, 0, "\x93NUMPY"sv))
        return FileFormat::npy;
    if (hasHdf5Signature(source, start))
        return FileFormat::hdf5;
    if (has(start, 0, "CDF\x01"sv) || has(start, 0, "CDF\x02"sv) || has(start, 0, "CDF\x05"sv))
        return FileFormat::netcdf;
    if (has(start, kDicomOffset, "DICM"sv))
        return FileFormat::dicom;
    return detectVolumeFormat(source);
}

std::string_view foreignFormat(const ByteSource& source) {
    const std::string start = firstBytes(source);
    for (const Magic& magic : kForeign) {
        if (has(start, magic.offset, magic.bytes))
            return magic.name;
    }
    return {};
}

std::optional<FileFormat> formatOfSuffix(const std::filesystem::path& path) {
    std::string suffix = path.extension().string();
    std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::pair<std::string_view, FileFormat> kSuffixes[] = {
        {".png", FileFormat::png},       {".jpg", FileFormat::jpeg},
        {".jpeg", FileFormat::jpeg},     {".jpe", FileFormat::jpeg},
        {".jfif", FileFormat::jpeg},     {".tif", FileFormat::tiff},
        {".tiff", FileFormat::tiff},     {".npy", FileFormat::npy},
        {".bmp", FileFormat::bmp},       {".nrrd", FileFormat::nrrd},
        {".nhdr", FileFormat::nrrd},     {".mhd", FileFormat::metaimage},
        {".mha", FileFormat::metaimage}, {".nii", FileFormat::nifti},
        {".vti", FileFormat::vti},       {".h5", FileFormat::hdf5},
        {".hdf5", FileFormat::hdf5},     {".hdf", FileFormat::hdf5},
        {".nxs", FileFormat::hdf5},      {".he5", FileFormat::hdf5},
        {".nc", FileFormat::netcdf},     {".nc4", FileFormat::netcdf},
        {".cdf", FileFormat::netcdf},    {".dcm", FileFormat::dicom},
        {".dicom", FileFormat::dicom}};
    // ".gz" alone may be anything, and ".hdr" is the suffix of too many formats to promise one.
    if (suffix == ".gz" && path.stem().extension() == ".nii")
        return FileFormat::nifti;
    for (const auto& [name, format] : kSuffixes) {
        if (name == suffix)
            return format;
    }
    return std::nullopt;
}

} // namespace likeness
