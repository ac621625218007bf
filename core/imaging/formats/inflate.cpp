// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/samplebytes.h"

#include <algorithm>
#include <array>
#include <utility>
#include <zlib.h>

namespace likeness {

namespace {

/// A window of 32 KiB, and zlib or gzip told by the first bytes.
constexpr int kWindowBits = 15 + 32;
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;

class InflatedBytes final : public SampleBytes {
public:
    InflatedBytes(Stretch packed, std::uint64_t bytes)
        : m_packed(std::move(packed))
        , m_bytes(bytes)
        , m_next(m_packed.begin) {
        if (inflateInit2(&m_zlib, kWindowBits) != Z_OK)
            throw Error(ErrorCode::memory, name(), "there is no memory to unpack it");
    }

    ~InflatedBytes() override { inflateEnd(&m_zlib); }

    InflatedBytes(const InflatedBytes&) = delete;
    InflatedBytes& operator=(const InflatedBytes&) = delete;

    void read(std::uint64_t offset, std::span<std::byte> out) override {
        if (offset < m_position)
            restart();
        while (m_position < offset) {
            std::array<std::byte, 16384> skipped{};
            fill(std::span(skipped).first(static_cast<std::size_t>(
                std::min<std::uint64_t>(skipped.size(), offset - m_position))));
        }
        fill(out);
        if (m_position == m_bytes)
            checkEnd();
    }

    /// As many bytes as can be had.
    std::size_t readStart(std::span<std::byte> out) {
        std::size_t done = 0;
        while (done < out.size()) {
            const std::size_t got = inflateSome(out.subspan(done));
            if (got == 0)
                break;
            done += got;
        }
        return done;
    }

private:
    [[nodiscard]] const std::string& name() const noexcept { return m_packed.source->name(); }

    [[noreturn]] void truncated() const {
        throw Error(ErrorCode::format, name(),
                    "the file is truncated: its packed data end too early",
                    "copy it again from its origin");
    }

    void restart() {
        inflateReset2(&m_zlib, kWindowBits);
        m_zlib.avail_in = 0;
        m_next = m_packed.begin;
        m_position = 0;
        m_ended = false;
    }

    void fill(std::span<std::byte> out) {
        if (readStart(out) != out.size())
            truncated();
    }

    /// Only the end of a stream tells whether its checksum is right.
    void checkEnd() {
        std::array<std::byte, 1> more{};
        if (!m_ended)
            (void)inflateSome(more);
    }

    bool refill() {
        const std::size_t count = m_packed.source->read(
            m_next, std::span(m_input).first(static_cast<std::size_t>(
                        std::min<std::uint64_t>(m_input.size(), m_packed.end - m_next))));
        m_next += count;
        m_zlib.next_in = reinterpret_cast<Bytef*>(m_input.data());
        m_zlib.avail_in = static_cast<uInt>(count);
        return count > 0;
    }

    /// At least one byte, or 0 at the end of the stream.
    std::size_t inflateSome(std::span<std::byte> out) {
        const auto wanted = static_cast<uInt>(std::min(out.size(), kMostAtOnce));
        m_zlib.next_out = reinterpret_cast<Bytef*>(out.data());
        m_zlib.avail_out = wanted;
        while (m_zlib.avail_out == wanted && !m_ended) {
            if (m_zlib.avail_in == 0 && !refill())
                truncated();
            const int result = inflate(&m_zlib, Z_NO_FLUSH);
            if (result == Z_STREAM_END)
                m_ended = !nextMember();
            else if (result != Z_OK)
                throw Error(ErrorCode::format, name(),
                            std::string("its packed data are damaged, ") +
                                (m_zlib.msg != nullptr ? m_zlib.msg : "they make no sense"),
                            "copy it again from its origin");
        }
        const std::size_t got = wanted - m_zlib.avail_out;
        m_position += got;
        return got;
    }

    /// gzip files may be put together; what follows otherwise is none of ours.
    bool nextMember() {
        if (m_zlib.avail_in == 0 && !refill())
            return false;
        constexpr Bytef kGzip = 0x1F;
        if (*m_zlib.next_in != kGzip)
            return false;
        return inflateReset2(&m_zlib, kWindowBits) == Z_OK;
    }

    Stretch m_packed;
    std::uint64_t m_bytes;
    std::uint64_t m_next; ///< offset of the first packed byte that zlib has not got
    std::uint64_t m_position = 0;
    bool m_ended = false;
    z_stream m_zlib{};
    std::array<std::byte, 65536> m_input{};
};

} // namespace

SampleBytesPtr inflatedBytes(Stretch packed, std::uint64_t bytes) {
    return std::make_unique<InflatedBytes>(std::move(packed), bytes);
}

std::string inflatedStart(const ByteSource& source, std::size_t count) {
    std::string start(count, '\0');
    // The file is only looked at here, so nobody need own it.
    InflatedBytes packed({ByteSourcePtr(ByteSourcePtr(), &source), 0, source.size()}, 0);
    try {
        start.resize(packed.readStart(std::as_writable_bytes(std::span(start))));
    } catch (const Error&) {
        start.clear(); // damaged: whatever it is, it is not told by its first bytes
    }
    return start;
}

} // namespace likeness
