// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/detect.h"

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
    {kDicomOffset, "DICM"sv, "DICOM"},
    {0, "GIF8"sv, "GIF"},
    {0, "BM"sv, "BMP"},
    {0, "\x89HDF"sv, "HDF5"},
    {0, "\x00\x00\x00\x0CjP"sv, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    {8, "WEBP"sv, "WebP"},
    {4, "ftypavif"sv, "AVIF"},
    {4, "ftypheic"sv, "HEIC"},
    {0, "NRRD"sv, "NRRD"},
    {0, "ObjectType = Image"sv, "MetaImage"},
    {0, "\x5C\x01\x00\x00"sv, "NIfTI"},
    {0, "PK\x03\x04"sv, "zip"},
    {0, "\x1F\x8B"sv, "gzip"},
    {0, "%PDF"sv, "PDF"},
    {0, "\x76\x2F\x31\x01"sv, "OpenEXR"},
    {0, "<?xml"sv, "XML"},
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

} // namespace

std::string_view toString(FileFormat format) noexcept {
    constexpr std::string_view kNames[] = {"png", "jpeg", "tiff", "npy"};
    return kNames[static_cast<std::size_t>(format)];
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
    return std::nullopt;
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
        {".png", FileFormat::png},   {".jpg", FileFormat::jpeg},  {".jpeg", FileFormat::jpeg},
        {".jpe", FileFormat::jpeg},  {".jfif", FileFormat::jpeg}, {".tif", FileFormat::tiff},
        {".tiff", FileFormat::tiff}, {".npy", FileFormat::npy}};
    for (const auto& [name, format] : kSuffixes) {
        if (name == suffix)
            return format;
    }
    return std::nullopt;
}

} // namespace likeness
