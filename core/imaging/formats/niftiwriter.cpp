// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/nifti.h"
#include "core/imaging/formats/pixelfile.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace likeness {

namespace {

constexpr std::size_t kHeaderBytes = 348;
constexpr std::size_t kPixelOffset = 352;

template <typename T>
void put(std::string& header, std::size_t offset, T value) {
    std::memcpy(header.data() + offset, &value, sizeof(T));
}

void checkHolds(const std::filesystem::path& path, const Volume& volume) {
    if (volume.channels() != 1 && volume.type() != PixelType::u8)
        throw Error(ErrorCode::unsupported, path.string(), "NIfTI holds RGB of 8 bits only",
                    "write .nrrd, .mha or .tif");
    const std::int64_t edge = std::max({volume.width(), volume.height(), volume.depth()});
    if (edge > std::numeric_limits<std::int16_t>::max())
        throw Error(ErrorCode::unsupported, path.string(),
                    "NIfTI-1 holds edges up to 32767, this one has " + std::to_string(edge),
                    "write .nrrd, .mha or .tif");
}

std::string headerBytes(const Volume& volume) {
    const bool colour = volume.channels() == 3;
    const bool deep = volume.depth() > 1;
    const auto axes = static_cast<std::int16_t>(deep ? 3 : 2);
    std::string header(kPixelOffset, '\0');
    put(header, 0, static_cast<std::int32_t>(kHeaderBytes));
    header[38] = 'r'; // "regular", as Analyze wanted it
    const std::array<std::int64_t, 8> sizes{
        axes, volume.width(), volume.height(), volume.depth(), 1, 1, 1, 1};
    for (std::size_t i = 0; i < sizes.size(); ++i)
        put(header, 40 + 2 * i, static_cast<std::int16_t>(sizes[i]));
    constexpr std::int16_t kUint8 = 2;
    constexpr std::int16_t kUint16 = 512;
    constexpr std::int16_t kFloat = 16;
    constexpr std::int16_t kRgb = 128;
    put(header, 70,
        colour                            ? kRgb
        : volume.type() == PixelType::u8  ? kUint8
        : volume.type() == PixelType::u16 ? kUint16
                                          : kFloat);
    put(header, 72,
        static_cast<std::int16_t>(8 * static_cast<std::int64_t>(bytesOf(volume.type())) *
                                  volume.channels()));
    std::array<float, 8> pixdim{1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F};
    if (volume.voxelSize) {
        constexpr double kMillimetre = 1000.0;
        for (std::size_t i = 0; i < 3; ++i)
            pixdim[i + 1] = static_cast<float>(volume.voxelSize->um[i] / kMillimetre);
        constexpr char kUnitMillimetre = 2;
        header[123] = kUnitMillimetre;
    }
    for (std::size_t i = 0; i < pixdim.size(); ++i)
        put(header, 76 + 4 * i, pixdim[i]);
    put(header, 108, static_cast<float>(kPixelOffset));
    put(header, 112, 1.0F);
    std::memcpy(header.data() + 344, "n+1", 4);
    return header;
}

} // namespace

void writeNifti(const std::filesystem::path& path, const Volume& volume) {
    checkHolds(path, volume);
    if (path.extension() == ".gz")
        writeHeadAndPixelsPacked(path, headerBytes(volume), volume);
    else
        writeHeadAndPixels(path, headerBytes(volume), volume);
}

} // namespace likeness
