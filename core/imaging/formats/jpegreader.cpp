// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/jpeg.h"
#include "core/imaging/formats/orientation.h"

#include <jpeglib.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <jerror.h>
#include <utility>
#include <vector>

namespace likeness {

namespace {

/// Every 8 x 8 block takes a bit or so; no real image comes near this many pixels a byte.
constexpr std::uint64_t kMaximumPixelsPerByte = 4096;

constexpr std::size_t kBufferSize = 65536;

/// One pass of libjpeg over the file. libjpeg leaves a failed call by longjmp, so functions that
/// call setjmp here own nothing that has a destructor.
class JpegDecoder {
public:
    explicit JpegDecoder(const ByteSource& source)
        : m_source(source)
        , m_buffer(kBufferSize) {
        m_state.err = jpeg_std_error(&m_errors);
        m_errors.error_exit = onError;
        m_errors.emit_message = onMessage;
        m_state.client_data = this;
        if (setjmp(m_jump) == 0)
            jpeg_create_decompress(&m_state);
        m_input.init_source = [](j_decompress_ptr) {};
        m_input.fill_input_buffer = onFill;
        m_input.skip_input_data = onSkip;
        m_input.resync_to_restart = jpeg_resync_to_restart;
        m_input.term_source = [](j_decompress_ptr) {};
        m_state.src = &m_input;
    }

    ~JpegDecoder() { jpeg_destroy_decompress(&m_state); }

    JpegDecoder(const JpegDecoder&) = delete;
    JpegDecoder& operator=(const JpegDecoder&) = delete;

    void readHeader() {
        if (!tryHeader())
            fail();
    }

    void readRows(JSAMPLE* pixels, std::size_t rowBytes) {
        if (!tryRows(pixels, rowBytes))
            fail();
    }

    [[nodiscard]] const jpeg_decompress_struct& state() const noexcept { return m_state; }

private:
    bool tryHeader() {
        if (setjmp(m_jump) != 0)
            return false;
        jpeg_save_markers(&m_state, JPEG_APP0 + 1, 0xFFFF);
        jpeg_read_header(&m_state, TRUE);
        return true;
    }

    bool tryRows(JSAMPLE* pixels, std::size_t rowBytes) {
        if (setjmp(m_jump) != 0)
            return false;
        m_state.out_color_space = m_state.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_start_decompress(&m_state);
        while (m_state.output_scanline < m_state.output_height) {
            JSAMPROW row = pixels + m_state.output_scanline * rowBytes;
            jpeg_read_scanlines(&m_state, &row, 1);
        }
        jpeg_finish_decompress(&m_state);
        return true;
    }

    [[noreturn]] void fail() const {
        throw Error(ErrorCode::format, m_source.name(),
                    std::string("the JPEG file is damaged or truncated, ") + m_message.data(),
                    "copy it again from its origin");
    }

    [[noreturn]] void leave() {
        std::array<char, JMSG_LENGTH_MAX> text{};
        m_errors.format_message(reinterpret_cast<j_common_ptr>(&m_state), text.data());
        std::snprintf(m_message.data(), m_message.size(), "libjpeg says: %s", text.data());
        std::longjmp(m_jump, 1);
    }

    static JpegDecoder& self(void* clientData) { return *static_cast<JpegDecoder*>(clientData); }

    [[noreturn]] static void onError(j_common_ptr state) { self(state->client_data).leave(); }

    static void onMessage(j_common_ptr state, int level) {
        const int code = state->err->msg_code;
        // These two concern remarks in the header; every other warning means lost pixels.
        if (level < 0 && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM)
            self(state->client_data).leave();
    }

    static boolean onFill(j_decompress_ptr state) {
        JpegDecoder& decoder = self(state->client_data);
        const std::size_t got = decoder.m_source.read(decoder.m_position, decoder.m_buffer);
        if (got == 0)
            ERREXIT(state, JERR_INPUT_EOF);
        decoder.m_position += got;
        decoder.m_input.next_input_byte = reinterpret_cast<const JOCTET*>(decoder.m_buffer.data());
        decoder.m_input.bytes_in_buffer = got;
        return TRUE;
    }

    static void onSkip(j_decompress_ptr state, long count) {
        JpegDecoder& decoder = self(state->client_data);
        if (count <= 0)
            return;
        const auto skip = static_cast<std::size_t>(count);
        if (skip <= decoder.m_input.bytes_in_buffer) {
            decoder.m_input.next_input_byte += skip;
            decoder.m_input.bytes_in_buffer -= skip;
            return;
        }
        decoder.m_position += skip - decoder.m_input.bytes_in_buffer;
        decoder.m_input.bytes_in_buffer = 0;
    }

    const ByteSource& m_source;
    std::vector<std::byte> m_buffer;
    std::uint64_t m_position = 0;
    jpeg_decompress_struct m_state{};
    jpeg_error_mgr m_errors{};
    jpeg_source_mgr m_input{};
    std::jmp_buf m_jump{};
    std::array<char, JMSG_LENGTH_MAX + 32> m_message{};
};

/// The orientation in an APP1 segment, upright if it holds no EXIF.
Orientation orientationIn(std::span<const JOCTET> segment) {
    constexpr std::size_t kStart = 6;
    if (segment.size() < kStart || std::memcmp(segment.data(), "Exif\0\0", kStart) != 0)
        return {};
    return Orientation::fromExif(std::as_bytes(segment.subspan(kStart)));
}

class JpegReader final : public SliceReader {
public:
    explicit JpegReader(ByteSourcePtr source)
        : m_source(std::move(source)) {
        JpegDecoder decoder(*m_source);
        decoder.readHeader();
        takeHeader(decoder.state());
    }

    void readSlice(std::int64_t, std::span<std::byte> out) override {
        JpegDecoder decoder(*m_source);
        decoder.readHeader();
        const jpeg_decompress_struct& state = decoder.state();
        const std::size_t rowBytes =
            std::size_t{state.image_width} * static_cast<std::size_t>(m_header.channels);
        if (state.num_components != m_header.channels ||
            rowBytes * state.image_height != out.size())
            throw Error(ErrorCode::format, m_source->name(), "the file changed while it was read",
                        "read it again");
        if (m_orientation.isUpright()) {
            decoder.readRows(reinterpret_cast<JSAMPLE*>(out.data()), rowBytes);
            return;
        }
        std::vector<std::byte> stored(out.size());
        decoder.readRows(reinterpret_cast<JSAMPLE*>(stored.data()), rowBytes);
        m_orientation.turn(stored, m_header, out);
    }

private:
    void takeHeader(const jpeg_decompress_struct& state) {
        if (state.num_components != 1 && state.num_components != 3)
            throw Error(ErrorCode::unsupported, m_source->name(),
                        "this JPEG file has " + std::to_string(state.num_components) +
                            " colour components (CMYK); grey and RGB are read",
                        "convert it to RGB");
        m_header.format = "jpeg";
        m_header.width = state.image_width;
        m_header.height = state.image_height;
        m_header.channels = state.num_components;
        m_header.type = PixelType::u8;
        const std::uint64_t pixels = std::uint64_t{state.image_width} * state.image_height;
        if (pixels / kMaximumPixelsPerByte > m_source->size())
            throw Error(ErrorCode::format, m_source->name(),
                        "it declares " + std::to_string(pixels) + " pixels, more than its " +
                            std::to_string(m_source->size()) + " bytes can hold",
                        "the file is damaged or truncated: copy it again from its origin");
        if (state.saw_JFIF_marker != 0 && state.density_unit != 0)
            m_header.voxelSize = voxelSizeFrom(
                {static_cast<double>(state.X_density), static_cast<double>(state.Y_density),
                 state.density_unit == 1 ? kMicrometresPerInch : 10000.0, "JFIF density"},
                m_header.warnings);
        for (auto* m = state.marker_list; m != nullptr && m_orientation.isUpright(); m = m->next)
            m_orientation = orientationIn({m->data, m->data_length});
        m_orientation.applyTo(m_header);
    }

    ByteSourcePtr m_source;
    Orientation m_orientation;
};

} // namespace

SliceReaderPtr openJpeg(ByteSourcePtr source) {
    return std::make_unique<JpegReader>(std::move(source));
}

} // namespace likeness
