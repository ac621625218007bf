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
#include <vector>

namespace likeness {

/// `bytes` random bytes of the system's generator, as lower-case hexadecimal. For ids that must not
/// be guessable; draws that a seed must repeat come from Random.
[[nodiscard]] std::string randomId(int bytes);

/// Lower-case hexadecimal to bytes. Throws Error(format).
[[nodiscard]] std::vector<std::byte> fromHex(std::string_view text);

/// A signing pair (Ed25519) and a sealing pair (X25519) of one person or installation.
class KeyPair {
public:
    [[nodiscard]] static KeyPair generate();

    /// The pair kept in `file` (mode 0600); made when the file is not there. Throws Error: io,
    /// format (damaged), conflict (readable by others).
    [[nodiscard]] static KeyPair loadOrCreate(const std::filesystem::path& file);

    [[nodiscard]] std::string signingKey() const; ///< public, hexadecimal
    [[nodiscard]] std::string sealingKey() const; ///< public, hexadecimal

    /// Detached Ed25519 signature, 64 bytes; the same text gives the same bytes.
    [[nodiscard]] std::vector<std::byte> sign(std::string_view text) const;

    /// Opens what seal() closed for this pair. Throws Error(format) if it was altered or is for
    /// another pair.
    [[nodiscard]] std::string unseal(std::span<const std::byte> sealed) const;

private:
    KeyPair() = default;

    std::array<std::uint8_t, 32> m_signPublic{};
    std::array<std::uint8_t, 64> m_signSecret{};
    std::array<std::uint8_t, 32> m_sealPublic{};
    std::array<std::uint8_t, 32> m_sealSecret{};
};

[[nodiscard]] bool verifySignature(std::string_view text,
                                   std::span<const std::byte> signature,
                                   std::string_view signingKey);

/// Sealed box (libsodium crypto_box_seal): whoever has the public key can close it, only the holder
/// of the secret one can open it. Its bytes differ each time.
[[nodiscard]] std::vector<std::byte> seal(std::string_view text, std::string_view sealingKey);

} // namespace likeness
