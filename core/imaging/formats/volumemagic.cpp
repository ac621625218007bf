// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/volumemagic.h"

#include "core/imaging/formats/bmp.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/nifti.h"

#include <algorithm>
#include <array>
#include <span>

namespace likeness {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kStart = 1024;

/// A line "Key = ..." with a key that begins a MetaImage, and a number of dimensions somewhere.
bool isMetaImage(std::string_view start) {
    const std::string_view line = start.substr(0, start.find('\n'));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
        return false;
    const std::string key = lowered(trimmed(line.substr(0, equals)));
    constexpr std::array kFirst{"objecttype"sv, "ndims"sv, "comment"sv, "objectsubtype"sv};
    if (std::find(kFirst.begin(), kFirst.end(), key) == kFirst.end())
        return false;
    return key == "objecttype" || start.find("NDims") != std::string_view::npos;
}

} // namespace

std::optional<FileFormat> detectVolumeFormat(const ByteSource& source) {
    std::string start(kStart, '\0');
    start.resize(source.read(0, std::as_writable_bytes(std::span(start))));
    if (start.starts_with("NRRD000"))
        return FileFormat::nrrd;
    if (isBmp(start))
        return FileFormat::bmp;
    if (isNifti(start) ||
        (start.starts_with("\x1F\x8B"sv) && isNifti(inflatedStart(source, kNiftiHeaderBytes))))
        return FileFormat::nifti;
    if (start.find("<VTKFile") != std::string::npos && trimmed(start).starts_with('<'))
        return FileFormat::vti;
    if (isMetaImage(start))
        return FileFormat::metaimage;
    return std::nullopt;
}

} // namespace likeness
