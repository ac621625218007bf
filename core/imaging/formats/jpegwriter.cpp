// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/jpeg.h"
#include "core/imaging/formats/samples.h"

#include <jpeglib.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

namespace likeness {

namespace {

constexpr int kQuality = 95;

class JpegEncoder {
public:
    JpegEncoder() {
        m_state.err = jpeg_std_error(&m_errors);
        m_errors.error_exit = [](j_common_ptr state) {
            auto* self = static_cast<JpegEncoder*>(state->client_data);
            self->m_errors.format_message(state, self->m_message.data());
            std::longjmp(self->m_jump, 1);
        };
        m_errors.emit_message = [](j_common_ptr, int) {};
        m_state.client_data = this;
        if (setjmp(m_jump) == 0)
            jpeg_create_compress(&m_state);
    }

    ~JpegEncoder() {
        jpeg_destroy_compress(&m_state);
        std::free(m_bytes);
    }

    JpegEncoder(const JpegEncoder&) = delete;
    JpegEncoder& operator=(const JpegEncoder&) = delete;

    [[nodiscard]] bool encode(const Volume& image) {
        if (setjmp(m_jump) != 0)
            return false;
        jpeg_mem_dest(&m_state, &m_bytes, &m_size);
        m_state.image_width = static_cast<JDIMENSION>(image.width());
        m_state.image_height = static_cast<JDIMENSION>(image.height());
        m_state.input_components = static_cast<int>(image.channels());
        m_state.in_color_space = image.channels() == 3 ? JCS_RGB : JCS_GRAYSCALE;
        jpeg_set_defaults(&m_state);
        jpeg_set_quality(&m_state, kQuality, TRUE);
        m_state.comp_info[0].h_samp_factor = 1;
        m_state.comp_info[0].v_samp_factor = 1;
        jpeg_start_compress(&m_state, TRUE);
        const auto rowBytes = static_cast<std::size_t>(image.width() * image.channels());
        while (m_state.next_scanline < m_state.image_height) {
            // libjpeg only reads from the row, but takes it as a pointer to non-const.
            JSAMPROW row =
                const_cast<JSAMPROW>(image.pixels<JSAMPLE>()) + m_state.next_scanline * rowBytes;
            jpeg_write_scanlines(&m_state, &row, 1);
        }
        jpeg_finish_compress(&m_state);
        return true;
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
        return {reinterpret_cast<const std::byte*>(m_bytes), m_size};
    }

    [[nodiscard]] const char* message() const noexcept { return m_message.data(); }

private:
    jpeg_compress_struct m_state{};
    jpeg_error_mgr m_errors{};
    std::jmp_buf m_jump{};
    unsigned char* m_bytes = nullptr;
    unsigned long m_size = 0;
    std::array<char, JMSG_LENGTH_MAX> m_message{};
};

} // namespace

void writeJpeg(const std::filesystem::path& path, const Volume& volume) {
    if (volume.depth() != 1 || volume.type() != PixelType::u8 ||
        (volume.channels() != 1 && volume.channels() != 3))
        throw Error(ErrorCode::unsupported, path.string(),
                    "JPEG holds one 8-bit grey or RGB image, not " + pixelsText(volume.span()),
                    "write .tif, .png or .npy");
    JpegEncoder encoder;
    if (!encoder.encode(volume))
        throw Error(ErrorCode::io, path.string(),
                    std::string("writing it as JPEG failed, ") + encoder.message());
    writeFileDurably(path, encoder.bytes());
}

} // namespace likeness
