// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/png.h"
#include "core/imaging/formats/samples.h"

#include <png.h>

#include <array>
#include <bit>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <utility>
#include <vector>

namespace likeness {

namespace {

/// Like the decoder: owns what longjmp would lose.
class PngEncoder {
public:
    PngEncoder()
        : m_png(png_create_write_struct(PNG_LIBPNG_VER_STRING, this, onError, onWarning)) {
        if (m_png != nullptr)
            m_info = png_create_info_struct(m_png);
        if (m_info == nullptr) {
            png_destroy_write_struct(&m_png, nullptr);
            throw Error(ErrorCode::memory, "PNG", "there is no memory to write it");
        }
        png_set_write_fn(m_png, this, onWrite, nullptr);
    }

    ~PngEncoder() { png_destroy_write_struct(&m_png, &m_info); }

    PngEncoder(const PngEncoder&) = delete;
    PngEncoder& operator=(const PngEncoder&) = delete;

    [[nodiscard]] bool encode(const Volume& image, png_bytepp rows) {
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        png_set_IHDR(m_png, m_info, static_cast<png_uint_32>(image.width()),
                     static_cast<png_uint_32>(image.height()),
                     image.type() == PixelType::u16 ? 16 : 8,
                     image.channels() == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (image.voxelSize)
            setResolution(1e6 / image.voxelSize->um[0], 1e6 / image.voxelSize->um[1]);
        png_write_info(m_png, m_info);
        if (std::endian::native == std::endian::little)
            png_set_swap(m_png);
        png_write_image(m_png, rows);
        png_write_end(m_png, nullptr);
        return true;
    }

    [[nodiscard]] std::vector<std::byte> take() noexcept { return std::move(m_bytes); }

    [[nodiscard]] const char* message() const noexcept { return m_message.data(); }

private:
    void setResolution(double perMetreX, double perMetreY) {
        const auto fits = [](double v) { return v >= 1.0 && v < 2147483647.0; };
        if (fits(perMetreX) && fits(perMetreY))
            png_set_pHYs(m_png, m_info, static_cast<png_uint_32>(std::lround(perMetreX)),
                         static_cast<png_uint_32>(std::lround(perMetreY)), PNG_RESOLUTION_METER);
    }

    [[noreturn]] static void onError(png_structp png, png_const_charp text) {
        auto* self = static_cast<PngEncoder*>(png_get_error_ptr(png));
        std::snprintf(self->m_message.data(), self->m_message.size(), "%s", text);
        png_longjmp(png, 1);
    }

    static void onWarning(png_structp, png_const_charp) {}

    static void onWrite(png_structp png, png_bytep data, std::size_t count) {
        auto* self = static_cast<PngEncoder*>(png_get_io_ptr(png));
        if (!self->append(data, count))
            png_error(png, "there is no memory to write it");
    }

    bool append(png_const_bytep data, std::size_t count) noexcept {
        try {
            const auto* first = reinterpret_cast<const std::byte*>(data);
            m_bytes.insert(m_bytes.end(), first, first + count);
        } catch (const std::bad_alloc&) {
            return false;
        }
        return true;
    }

    png_structp m_png = nullptr;
    png_infop m_info = nullptr;
    std::vector<std::byte> m_bytes;
    std::array<char, 160> m_message{};
};

} // namespace

std::vector<std::byte> encodePng(const Volume& volume, const std::string& subject) {
    if (volume.depth() != 1 || volume.type() == PixelType::f32 ||
        (volume.channels() != 1 && volume.channels() != 3))
        throw Error(ErrorCode::unsupported, subject,
                    "PNG holds one 8- or 16-bit grey or RGB image, not " +
                        pixelsText(volume.span()),
                    "write .tif or .npy");
    const auto height = static_cast<std::size_t>(volume.height());
    std::vector<png_bytep> rows(height);
    // libpng only reads from the rows, but takes them as pointers to non-const.
    auto* first = const_cast<png_bytep>(volume.pixels<png_byte>());
    for (std::size_t y = 0; y < height; ++y)
        rows[y] = first + y * (volume.span().bytes() / height);
    PngEncoder encoder;
    if (!encoder.encode(volume, rows.data()))
        throw Error(ErrorCode::io, subject,
                    std::string("writing it as PNG failed, ") + encoder.message());
    return encoder.take();
}

void writePng(const std::filesystem::path& path, const Volume& volume) {
    writeFileDurably(path, std::span<const std::byte>(encodePng(volume, path.string())));
}

} // namespace likeness
