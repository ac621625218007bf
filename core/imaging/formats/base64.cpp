// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/base64.h"

#include <algorithm>
#include <array>

namespace likeness {

namespace {

constexpr unsigned kNone = 64;

constexpr std::array<std::uint8_t, 256> valuesOfLetters() {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNone);
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < kLetters.size(); ++i)
        values[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
    return values;
}

constexpr std::array<std::uint8_t, 256> kValues = valuesOfLetters();

class Base64Source final : public ByteSource {
public:
    explicit Base64Source(const Stretch& text)
        : m_text(text)
        , m_size((text.end - text.begin) / 4 * 3) {}

    [[nodiscard]] std::uint64_t size() const noexcept override { return m_size; }

    [[nodiscard]] const std::string& name() const noexcept override {
        return m_text.source->name();
    }

    [[nodiscard]] std::size_t read(std::uint64_t offset,
                                   std::span<std::byte> out) const noexcept override {
        constexpr std::size_t kGroups = 4096;
        std::array<unsigned char, 4 * kGroups> text{};
        std::size_t done = 0;
        while (done < out.size() && offset + done < m_size) {
            const std::uint64_t group = (offset + done) / 3;
            std::size_t skip = (offset + done) % 3;
            const std::size_t wanted = (out.size() - done + skip + 2) / 3 * 4;
            const std::uint64_t at = m_text.begin + 4 * group;
            const std::size_t most =
                std::min<std::uint64_t>(std::min(wanted, text.size()), m_text.end - at);
            const std::size_t got =
                m_text.source->read(at, std::as_writable_bytes(std::span(text).first(most)));
            for (std::size_t i = 0; i + 4 <= got && done < out.size(); i += 4, skip = 0) {
                std::array<std::byte, 3> bytes{};
                const std::size_t count = decode(text.data() + i, bytes);
                for (std::size_t k = skip; k < count && done < out.size(); ++k)
                    out[done++] = bytes[k];
                if (count < bytes.size())
                    return done;
            }
            if (got < 4)
                break;
        }
        return done;
    }

private:
    /// How many bytes four letters stand for.
    static std::size_t decode(const unsigned char* letters,
                              std::array<std::byte, 3>& bytes) noexcept {
        std::uint32_t bits = 0;
        std::size_t known = 0;
        while (known < 4 && kValues[letters[known]] != kNone)
            bits = bits << 6U | kValues[letters[known++]];
        bits <<= 6U * (4 - known);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<std::byte>(bits >> (16U - 8U * i) & 255U);
        const bool padded = (known == 2 && letters[2] == '=' && letters[3] == '=') ||
                            (known == 3 && letters[3] == '=');
        return known == 4 ? 3 : padded ? known - 1 : 0;
    }

    Stretch m_text;
    std::uint64_t m_size;
};

} // namespace

ByteSourcePtr base64Source(const Stretch& text) {
    return std::make_shared<Base64Source>(text);
}

} // namespace likeness
