// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/metaimage.h"
#include "core/imaging/formats/pixelfile.h"

#include <bit>

namespace likeness {

namespace {

std::string headerText(const Volume& volume) {
    const std::size_t axes = volume.depth() > 1 ? 3 : 2;
    std::string text = "ObjectType = Image\nNDims = " + std::to_string(axes) +
                       "\nBinaryData = True\nBinaryDataByteOrderMSB = " +
                       (std::endian::native == std::endian::big ? "True" : "False") +
                       "\nCompressedData = False\n";
    if (volume.voxelSize) {
        constexpr double kMillimetre = 1000.0;
        text += "DistanceUnits = mm\nElementSpacing =";
        for (std::size_t i = 0; i < axes; ++i)
            text += " " + exactText(volume.voxelSize->um[i] / kMillimetre);
        text += "\n";
    }
    text += "DimSize = " + std::to_string(volume.width()) + " " + std::to_string(volume.height());
    if (axes == 3)
        text += " " + std::to_string(volume.depth());
    if (volume.channels() == 3)
        text += "\nElementNumberOfChannels = 3";
    return text + "\nElementType = " +
           (volume.type() == PixelType::u8    ? "MET_UCHAR"
            : volume.type() == PixelType::u16 ? "MET_USHORT"
                                              : "MET_FLOAT") +
           "\nElementDataFile = LOCAL\n";
}

} // namespace

void writeMetaImage(const std::filesystem::path& path, const Volume& volume) {
    writeHeadAndPixels(path, headerText(volume), volume);
}

} // namespace likeness
