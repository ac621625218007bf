// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/samplebytes.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

class PlainBytes final : public SampleBytes {
public:
    PlainBytes(ByteSourcePtr source, std::uint64_t begin)
        : m_source(std::move(source))
        , m_begin(begin) {}

    void read(std::uint64_t offset, std::span<std::byte> out) override {
        m_source->readExactly(m_begin + offset, out);
    }

    [[nodiscard]] Place place() const override { return {m_source, m_begin}; }

private:
    ByteSourcePtr m_source;
    std::uint64_t m_begin;
};

class LaterBytes final : public SampleBytes {
public:
    LaterBytes(SampleBytesPtr bytes, std::uint64_t skip)
        : m_bytes(std::move(bytes))
        , m_skip(skip) {}

    void read(std::uint64_t offset, std::span<std::byte> out) override {
        m_bytes->read(offset + m_skip, out);
    }

    [[nodiscard]] Place place() const override {
        Place place = m_bytes->place();
        place.begin += m_skip;
        return place;
    }

private:
    SampleBytesPtr m_bytes;
    std::uint64_t m_skip;
};

class JoinedBytes final : public SampleBytes {
public:
    explicit JoinedBytes(Pieces pieces)
        : m_pieces(std::move(pieces)) {}

    void read(std::uint64_t offset, std::span<std::byte> out) override {
        while (!out.empty()) {
            const std::uint64_t index = offset / m_pieces.bytes;
            const std::uint64_t within = offset % m_pieces.bytes;
            const std::size_t count = std::min<std::uint64_t>(out.size(), m_pieces.bytes - within);
            if (!m_open || index != m_index) {
                m_open = m_pieces.open(index);
                m_index = index;
            }
            m_open->read(within, out.first(count));
            out = out.subspan(count);
            offset += count;
        }
    }

private:
    Pieces m_pieces;
    SampleBytesPtr m_open;
    std::uint64_t m_index = 0;
};

template <typename T>
bool parse(std::string_view word, std::byte* to) {
    if (word.starts_with('+'))
        word.remove_prefix(1);
    T value{};
    const char* const end = word.data() + word.size();
    const auto [next, error] = std::from_chars(word.data(), end, value);
    std::memcpy(to, &value, sizeof(T));
    return error == std::errc() && next == end;
}

using Parse = bool (*)(std::string_view, std::byte*);

Parse parserOf(SampleType type) {
    constexpr std::array<Parse, 10> kParsers{
        parse<std::uint8_t>, parse<std::uint16_t>, parse<std::uint32_t>, parse<std::uint64_t>,
        parse<std::int8_t>,  parse<std::int16_t>,  parse<std::int32_t>,  parse<std::int64_t>,
        parse<float>,        parse<double>};
    return kParsers.at(static_cast<std::size_t>(type));
}

class TextNumbers final : public SampleBytes {
public:
    TextNumbers(Stretch text, SampleType type)
        : m_text(std::move(text))
        , m_type(type)
        , m_parse(parserOf(type))
        , m_next(m_text.begin) {}

    void read(std::uint64_t offset, std::span<std::byte> out) override {
        const std::size_t bytes = bytesOf(m_type);
        const std::uint64_t index = offset / bytes;
        if (index < m_index) {
            m_index = 0;
            m_next = m_text.begin;
            m_used = m_filled = 0;
        }
        for (; m_index < index; ++m_index)
            (void)word();
        for (std::size_t i = 0; i + bytes <= out.size(); i += bytes, ++m_index) {
            const std::string_view text = word();
            if (!m_parse(text, out.data() + i))
                throw Error(ErrorCode::format, m_text.source->name(),
                            "its value " + std::to_string(m_index + 1) + ", '" + std::string(text) +
                                "', is no " + std::string(toString(m_type)),
                            "check the text of the file");
        }
    }

private:
    static bool separates(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',';
    }

    /// The next character; '\0' at the end.
    char peek() {
        if (m_used == m_filled) {
            m_filled = source().read(
                m_next, std::as_writable_bytes(std::span(m_buffer).first(static_cast<std::size_t>(
                            std::min<std::uint64_t>(m_buffer.size(), m_text.end - m_next)))));
            m_next += m_filled;
            m_used = 0;
            if (m_filled == 0)
                return '\0';
        }
        return m_buffer[m_used];
    }

    [[nodiscard]] const ByteSource& source() const { return *m_text.source; }

    std::string_view word() {
        while (separates(peek()))
            ++m_used;
        std::size_t length = 0;
        for (char c = peek(); c != '\0' && !separates(c); c = peek()) {
            if (length == m_word.size())
                throw Error(ErrorCode::format, source().name(),
                            "its text holds something that is no number",
                            "check the text of the file");
            m_word[length++] = c;
            ++m_used;
        }
        const bool ended = m_used == m_filled && m_next == source().size();
        if (length == 0 || ended)
            throw Error(ErrorCode::format, source().name(),
                        length == 0 ? "the file is truncated: its text holds fewer numbers than "
                                      "its header declares"
                                    : "the file ends right behind a digit, so that its last number "
                                      "may be cut off",
                        length == 0 ? "copy it again from its origin"
                                    : "end the text with a line break");
        return {m_word.data(), length};
    }

    Stretch m_text;
    SampleType m_type;
    Parse m_parse;
    std::uint64_t m_next; ///< offset of the first byte that is not in the buffer
    std::uint64_t m_index = 0;
    std::array<char, 16384> m_buffer{};
    std::size_t m_used = 0;
    std::size_t m_filled = 0;
    std::array<char, 64> m_word{};
};

} // namespace

SampleBytesPtr plainBytes(ByteSourcePtr source, std::uint64_t begin) {
    return std::make_unique<PlainBytes>(std::move(source), begin);
}

SampleBytesPtr textNumbers(Stretch text, SampleType type) {
    return std::make_unique<TextNumbers>(std::move(text), type);
}

SampleBytesPtr laterBytes(SampleBytesPtr bytes, std::uint64_t skip) {
    return std::make_unique<LaterBytes>(std::move(bytes), skip);
}

SampleBytesPtr joinedBytes(Pieces pieces) {
    return std::make_unique<JoinedBytes>(std::move(pieces));
}

void checkHolds(const Stretch& stretch, std::uint64_t bytes) {
    if (stretch.begin <= stretch.end && bytes <= stretch.end - stretch.begin)
        return;
    throw Error(ErrorCode::format, stretch.source->name(),
                "the file is truncated: its header declares " + std::to_string(bytes) +
                    " bytes of pixels, but it holds " +
                    std::to_string(stretch.begin <= stretch.end ? stretch.end - stretch.begin : 0),
                "copy it again from its origin");
}

void checkCanInflate(const Stretch& packed, std::uint64_t bytes) {
    const std::uint64_t held = packed.begin <= packed.end ? packed.end - packed.begin : 0;
    if (bytes / kMaximumDeflateRatio > held)
        throw Error(ErrorCode::format, packed.source->name(),
                    "its header declares " + std::to_string(bytes) +
                        " bytes of pixels, more than " + std::to_string(held) +
                        " packed bytes can hold",
                    "the file is damaged or truncated: copy it again from its origin");
}

} // namespace likeness
