// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace likeness {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4), incremental; by the processor's own instructions where it has them. Own
/// code because the worker must build with LibTorch alone.
class Sha256 {
public:
    /// Not with the processor's own instructions, to compare.
    enum class Way { quickest, plain };

    explicit Sha256(Way way = Way::quickest) noexcept;
    void update(std::span<const std::byte> bytes) noexcept;
    void update(std::string_view text) noexcept;
    [[nodiscard]] Sha256Digest finish() noexcept;

private:
    using State = std::array<std::uint32_t, 8>;

    static void plainBlocks(State& state, const std::uint8_t* bytes, std::size_t count) noexcept;
    static void quickBlocks(State& state, const std::uint8_t* bytes, std::size_t count) noexcept;
    void blocks(const std::uint8_t* bytes, std::size_t count) noexcept;

    bool m_quick;
    State m_state{};
    std::array<std::uint8_t, 64> m_buffer{};
    std::uint64_t m_length = 0;
};

/// Lower-case hexadecimal, 64 characters.
[[nodiscard]] std::string sha256Hex(std::string_view text);
[[nodiscard]] std::string sha256Hex(std::span<const std::byte> bytes);
[[nodiscard]] std::string toHex(std::span<const std::uint8_t> bytes);

/// Hash of a file's content, read in pieces. Throws Error(io).
[[nodiscard]] std::string sha256OfFile(const std::filesystem::path& path);

} // namespace likeness
