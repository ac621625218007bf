// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/orientation.h"
#include "core/imaging/formats/png.h"

#include <png.h>

#include <array>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <utility>
#include <vector>

namespace likeness {

namespace {

/// Deflate cannot pack more than this many bytes into one.
constexpr std::uint64_t kMaximumDeflateRatio = 1032;

/// One pass of libpng over the file. libpng leaves a failed call by longjmp, so functions that call
/// setjmp here own nothing that has a destructor: this object does.
class PngDecoder {
public:
    explicit PngDecoder(const ByteSource& source)
        : m_source(source)
        , m_png(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, onError, onWarning)) {
        if (m_png != nullptr)
            m_info = png_create_info_struct(m_png);
        if (m_info == nullptr) {
            png_destroy_read_struct(&m_png, nullptr, nullptr);
            throw Error(ErrorCode::memory, source.name(), "there is no memory to read it");
        }
        png_set_read_fn(m_png, this, onRead);
        // Sizes are compared with our own limit; libpng's would refuse images it could hold.
        png_set_user_limits(m_png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    }

    ~PngDecoder() { png_destroy_read_struct(&m_png, &m_info, nullptr); }

    PngDecoder(const PngDecoder&) = delete;
    PngDecoder& operator=(const PngDecoder&) = delete;

    void readInfo() {
        if (!tryInfo())
            fail();
    }

    void readRows(png_bytepp rows) {
        if (!tryRows(rows))
            fail();
    }

    [[nodiscard]] png_structp png() const noexcept { return m_png; }

    [[nodiscard]] png_infop info() const noexcept { return m_info; }

private:
    bool tryInfo() {
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        png_read_info(m_png, m_info);
        return true;
    }

    bool tryRows(png_bytepp rows) {
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        png_set_packing(m_png);
        if (png_get_color_type(m_png, m_info) == PNG_COLOR_TYPE_GRAY)
            png_set_expand_gray_1_2_4_to_8(m_png);
        png_set_strip_alpha(m_png);
        if (std::endian::native == std::endian::little)
            png_set_swap(m_png);
        png_set_interlace_handling(m_png);
        png_read_update_info(m_png, m_info);
        png_read_image(m_png, rows);
        png_read_end(m_png, nullptr);
        return true;
    }

    [[noreturn]] void fail() const {
        throw Error(ErrorCode::format, m_source.name(),
                    std::string("the PNG file is damaged or truncated, ") + m_message.data(),
                    "copy it again from its origin");
    }

    [[noreturn]] static void onError(png_structp png, png_const_charp text) {
        auto* self = static_cast<PngDecoder*>(png_get_error_ptr(png));
        std::snprintf(self->m_message.data(), self->m_message.size(), "%s", text);
        png_longjmp(png, 1);
    }

    // What libpng only warns of (an odd colour profile, say) does not touch the pixels.
    static void onWarning(png_structp, png_const_charp) {}

    static void onRead(png_structp png, png_bytep out, std::size_t count) {
        auto* self = static_cast<PngDecoder*>(png_get_io_ptr(png));
        const std::size_t got =
            self->m_source.read(self->m_position, {reinterpret_cast<std::byte*>(out), count});
        if (got != count)
            png_error(png, "the file ends too early");
        self->m_position += count;
    }

    const ByteSource& m_source;
    png_structp m_png = nullptr;
    png_infop m_info = nullptr;
    std::uint64_t m_position = 0;
    std::array<char, 160> m_message{};
};

class PngReader final : public SliceReader {
public:
    explicit PngReader(ByteSourcePtr source)
        : m_source(std::move(source)) {
        PngDecoder decoder(*m_source);
        decoder.readInfo();
        takeLayout(decoder);
        takeWarnings(decoder);
        takeOrientation(decoder);
    }

    void readSlice(std::int64_t, std::span<std::byte> out) override {
        PngDecoder decoder(*m_source);
        decoder.readInfo();
        if (m_orientation.isUpright()) {
            readStored(decoder, out);
            return;
        }
        std::vector<std::byte> stored(out.size());
        readStored(decoder, stored);
        m_orientation.turn(stored, m_header, out);
    }

private:
    void readStored(PngDecoder& decoder, std::span<std::byte> out) const {
        if (layoutOf(decoder) != m_layout)
            throw Error(ErrorCode::format, m_source->name(), "the file changed while it was read",
                        "read it again");
        const std::size_t width = m_layout[0];
        const std::size_t height = m_layout[1];
        std::vector<png_bytep> rows(height);
        if (m_palette.empty()) {
            for (std::size_t y = 0; y < height; ++y)
                rows[y] = reinterpret_cast<png_bytep>(out.data() + y * (out.size() / height));
            decoder.readRows(rows.data());
            return;
        }
        std::vector<png_byte> indices(width * height);
        for (std::size_t y = 0; y < height; ++y)
            rows[y] = indices.data() + y * width;
        decoder.readRows(rows.data());
        lookUp(indices, out);
    }

    /// Width, height, bits and kind of the stored pixels: what buffers are sized by.
    [[nodiscard]] static std::array<png_uint_32, 4> layoutOf(const PngDecoder& decoder) {
        const auto* png = decoder.png();
        const auto* info = decoder.info();
        return {png_get_image_width(png, info), png_get_image_height(png, info),
                png_get_bit_depth(png, info), png_get_color_type(png, info)};
    }

    void takeLayout(const PngDecoder& decoder) {
        const auto* png = decoder.png();
        auto* info = decoder.info();
        m_layout = layoutOf(decoder);
        m_header.format = "png";
        m_header.width = png_get_image_width(png, info);
        m_header.height = png_get_image_height(png, info);
        m_header.type = png_get_bit_depth(png, info) == 16 ? PixelType::u16 : PixelType::u8;
        const int colour = png_get_color_type(png, info);
        m_header.channels = (colour & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
        if (colour == PNG_COLOR_TYPE_PALETTE)
            takePalette(decoder);
        const std::uint64_t declared =
            std::uint64_t{png_get_image_height(png, info)} * png_get_rowbytes(png, info);
        if (declared / kMaximumDeflateRatio > m_source->size())
            throw Error(ErrorCode::format, m_source->name(),
                        "it declares " + std::to_string(m_header.width) + " x " +
                            std::to_string(m_header.height) + " pixels, more than its " +
                            std::to_string(m_source->size()) + " bytes can hold",
                        "the file is damaged or truncated: copy it again from its origin");
    }

    void takePalette(const PngDecoder& decoder) {
        png_colorp colours = nullptr;
        int count = 0;
        if (png_get_PLTE(decoder.png(), decoder.info(), &colours, &count) == 0)
            return;
        bool grey = true;
        for (int i = 0; i < count; ++i) {
            m_palette.push_back({colours[i].red, colours[i].green, colours[i].blue});
            grey = grey && colours[i].red == colours[i].green && colours[i].red == colours[i].blue;
        }
        if (grey)
            m_header.channels = 1;
    }

    void takeWarnings(const PngDecoder& decoder) {
        auto* png = decoder.png();
        auto* info = decoder.info();
        const bool alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0;
        if (alpha || png_get_valid(png, info, PNG_INFO_tRNS) != 0)
            m_header.warnings.emplace_back("the transparency of the image is left out");
        if (png_get_bit_depth(png, info) < 8 && m_palette.empty())
            m_header.warnings.push_back("the " + std::to_string(png_get_bit_depth(png, info)) +
                                        "-bit grey values are spread to 0..255");
        png_uint_32 x = 0;
        png_uint_32 y = 0;
        int unit = PNG_RESOLUTION_UNKNOWN;
        if (png_get_pHYs(png, info, &x, &y, &unit) != 0 && unit == PNG_RESOLUTION_METER)
            m_header.voxelSize =
                voxelSizeFrom({static_cast<double>(x), static_cast<double>(y), 1e6, "PNG pHYs"},
                              m_header.warnings);
    }

    void takeOrientation(const PngDecoder& decoder) {
        png_uint_32 size = 0;
        png_bytep exif = nullptr;
        if (png_get_eXIf_1(decoder.png(), decoder.info(), &size, &exif) != 0)
            m_orientation = Orientation::fromExif(std::as_bytes(std::span(exif, size)));
        m_orientation.applyTo(m_header);
    }

    void lookUp(const std::vector<png_byte>& indices, std::span<std::byte> out) const {
        std::byte* to = out.data();
        for (const png_byte index : indices) {
            if (index >= m_palette.size())
                throw Error(ErrorCode::format, m_source->name(),
                            "a pixel names colour " + std::to_string(index) +
                                " of a palette that has " + std::to_string(m_palette.size()),
                            "the file is damaged: copy it again from its origin");
            for (std::int64_t c = 0; c < m_header.channels; ++c)
                *to++ = std::byte{m_palette[index][static_cast<std::size_t>(c)]};
        }
    }

    ByteSourcePtr m_source;
    std::array<png_uint_32, 4> m_layout{};
    std::vector<std::array<std::uint8_t, 3>> m_palette;
    Orientation m_orientation;
};

} // namespace

SliceReaderPtr openPng(ByteSourcePtr source) {
    return std::make_unique<PngReader>(std::move(source));
}

} // namespace likeness
