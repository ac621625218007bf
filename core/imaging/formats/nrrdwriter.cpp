// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/nrrd.h"
#include "core/imaging/formats/pixelfile.h"

#include <bit>

namespace likeness {

namespace {

std::string repeated(std::string_view word, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.append(" ").append(word);
    return text;
}

/// One vector of edge lengths in mm for each axis of space.
std::string directionsText(const VoxelSize& voxel, std::size_t axes) {
    constexpr double kMillimetre = 1000.0;
    std::string text;
    for (std::size_t i = 0; i < axes; ++i) {
        std::string vector;
        for (std::size_t k = 0; k < axes; ++k)
            vector.append(k == 0 ? "" : ",")
                .append(k == i ? exactText(voxel.um[i] / kMillimetre) : "0");
        text.append(" (").append(vector).append(")");
    }
    return text;
}

std::string headerText(const Volume& volume) {
    const std::size_t space = volume.depth() > 1 ? 3 : 2;
    const bool colour = volume.channels() == 3;
    std::string text = "NRRD0004\ntype: " +
                       std::string(volume.type() == PixelType::u8    ? "uint8"
                                   : volume.type() == PixelType::u16 ? "uint16"
                                                                     : "float") +
                       "\ndimension: " + std::to_string(space + (colour ? 1 : 0));
    if (volume.voxelSize)
        text += "\nspace dimension: " + std::to_string(space);
    text += std::string("\nsizes:") + (colour ? " 3" : "") + " " + std::to_string(volume.width()) +
            " " + std::to_string(volume.height());
    if (space == 3)
        text += " " + std::to_string(volume.depth());
    if (volume.voxelSize)
        text += std::string("\nspace directions:") + (colour ? " none" : "") +
                directionsText(*volume.voxelSize, space);
    // Without kinds a width of 3 could be taken for colours.
    text += std::string("\nkinds:") + (colour ? " RGB-color" : "") + repeated("domain", space);
    text += std::string("\nendian: ") +
            (std::endian::native == std::endian::little ? "little" : "big") + "\nencoding: raw\n";
    if (volume.voxelSize)
        text += "space units:" + repeated("\"mm\"", space) + "\n";
    return text + "\n";
}

} // namespace

void writeNrrd(const std::filesystem::path& path, const Volume& volume) {
    writeHeadAndPixels(path, headerText(volume), volume);
}

} // namespace likeness
