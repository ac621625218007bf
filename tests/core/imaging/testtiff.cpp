// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/imaging/testtiff.h"

#include <tiffio.h>

#include <cstring>
#include <stdexcept>

namespace likeness::test {

namespace {

void check(bool ok) {
    if (!ok)
        throw std::runtime_error("the test's TIFF cannot be written");
}

void setTags(TIFF* tiff, const TiffRecipe& recipe, std::uint32_t width, std::uint32_t height) {
    check(TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width) == 1);
    check(TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height) == 1);
    check(TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, int{recipe.bits}) == 1);
    check(TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, int{recipe.samples}) == 1);
    check(TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, int{recipe.sampleFormat}) == 1);
    check(TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, int{recipe.photometric}) == 1);
    check(TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, recipe.separatePlanes ? 2 : 1) == 1);
    check(TIFFSetField(tiff, TIFFTAG_COMPRESSION, int{recipe.compression}) == 1);
    if (recipe.compression == COMPRESSION_JPEG && recipe.photometric == PHOTOMETRIC_YCBCR)
        check(TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB) == 1);
    if (recipe.predictor > 1)
        check(TIFFSetField(tiff, TIFFTAG_PREDICTOR, int{recipe.predictor}) == 1);
    if (recipe.tile > 0) {
        check(TIFFSetField(tiff, TIFFTAG_TILEWIDTH, recipe.tile) == 1);
        check(TIFFSetField(tiff, TIFFTAG_TILELENGTH, recipe.tile) == 1);
    } else {
        check(TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, recipe.rowsPerStrip) == 1);
    }
    if (recipe.orientation > 0)
        check(TIFFSetField(tiff, TIFFTAG_ORIENTATION, int{recipe.orientation}) == 1);
    if (recipe.photometric == PHOTOMETRIC_PALETTE) {
        std::vector<std::uint16_t> map(256);
        check(TIFFSetField(tiff, TIFFTAG_COLORMAP, map.data(), map.data(), map.data()) == 1);
    }
    if (recipe.resolution > 0.0F) {
        check(TIFFSetField(tiff, TIFFTAG_XRESOLUTION, static_cast<double>(recipe.resolution)) == 1);
        check(TIFFSetField(tiff, TIFFTAG_YRESOLUTION, static_cast<double>(recipe.resolution)) == 1);
        check(TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, int{recipe.resolutionUnit}) == 1);
    }
}

/// The samples of one block, gathered pixel by pixel; beyond the border they are 0.
std::vector<std::byte> gather(const TiffRecipe& recipe,
                              const std::vector<std::byte>& page,
                              std::uint32_t width,
                              std::uint32_t height,
                              const std::array<std::uint32_t, 5>& block) {
    const auto [x0, y0, blockWidth, blockHeight, plane] = block;
    const std::size_t bytes = recipe.bits / 8U;
    const std::size_t perPixel = recipe.separatePlanes ? 1 : recipe.samples;
    std::vector<std::byte> out(std::size_t{blockWidth} * blockHeight * perPixel * bytes);
    for (std::uint32_t y = 0; y < blockHeight && y0 + y < height; ++y) {
        for (std::uint32_t x = 0; x < blockWidth && x0 + x < width; ++x) {
            const std::size_t pixel = std::size_t{y0 + y} * width + x0 + x;
            const std::size_t from =
                (pixel * recipe.samples + (recipe.separatePlanes ? plane : 0U)) * bytes;
            const std::size_t to = (std::size_t{y} * blockWidth + x) * perPixel * bytes;
            std::memcpy(out.data() + to, page.data() + from, perPixel * bytes);
        }
    }
    return out;
}

void writeBits(TIFF* tiff,
               const TiffRecipe& recipe,
               const std::vector<std::byte>& page,
               std::uint32_t height) {
    const std::size_t row = page.size() / height;
    for (std::uint32_t y = 0, strip = 0; y < height; y += recipe.rowsPerStrip, ++strip) {
        std::vector<std::byte> part(
            page.begin() + static_cast<std::ptrdiff_t>(y * row),
            page.begin() +
                static_cast<std::ptrdiff_t>(std::min(height, y + recipe.rowsPerStrip) * row));
        check(TIFFWriteEncodedStrip(tiff, strip, part.data(), static_cast<tmsize_t>(part.size())) >
              0);
    }
}

void writePage(TIFF* tiff,
               const TiffRecipe& recipe,
               const std::vector<std::byte>& page,
               std::uint32_t width,
               std::uint32_t height) {
    if (recipe.bits == 1)
        return writeBits(tiff, recipe, page, height);
    const std::uint32_t planes = recipe.separatePlanes ? recipe.samples : 1U;
    const std::uint32_t stepX = recipe.tile > 0 ? recipe.tile : width;
    const std::uint32_t stepY = recipe.tile > 0 ? recipe.tile : recipe.rowsPerStrip;
    std::uint32_t index = 0;
    for (std::uint32_t plane = 0; plane < planes; ++plane) {
        for (std::uint32_t y = 0; y < height; y += stepY) {
            for (std::uint32_t x = 0; x < width; x += stepX, ++index) {
                const std::uint32_t rows =
                    recipe.tile > 0 ? recipe.tile : std::min(stepY, height - y);
                auto part = gather(recipe, page, width, height, {x, y, stepX, rows, plane});
                const auto size = static_cast<tmsize_t>(part.size());
                check((recipe.tile > 0
                           ? TIFFWriteEncodedTile(tiff, index, part.data(), size)
                           : TIFFWriteEncodedStrip(tiff, index, part.data(), size)) > 0);
            }
        }
    }
}

} // namespace

void writeTestTiff(const std::filesystem::path& path,
                   const TiffRecipe& recipe,
                   std::uint32_t width,
                   std::uint32_t height,
                   const std::vector<std::vector<std::byte>>& pages) {
    TIFF* tiff = TIFFOpen(path.c_str(), recipe.mode);
    check(tiff != nullptr);
    bool first = true;
    for (const auto& page : pages) {
        setTags(tiff, recipe, width, height);
        if (first && !recipe.description.empty())
            check(TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, recipe.description.c_str()) == 1);
        first = false;
        writePage(tiff, recipe, page, width, height);
        check(TIFFWriteDirectory(tiff) == 1);
    }
    TIFFClose(tiff);
}

std::vector<std::vector<std::byte>> pagesOf(const Volume& volume) {
    std::vector<std::vector<std::byte>> pages;
    for (std::int64_t z = 0; z < volume.depth(); ++z) {
        const ImageSpan slice = volume.span().slice(z);
        pages.emplace_back(slice.data, slice.data + slice.bytes());
    }
    return pages;
}

} // namespace likeness::test
