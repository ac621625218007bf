// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include "core/base/error.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace likeness {

namespace {

constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::size_t kBlock = 64; ///< bytes

std::array<std::uint32_t, 64> schedule(const std::uint8_t* bytes) noexcept {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = (std::uint32_t{bytes[4 * i]} << 24U) | (std::uint32_t{bytes[4 * i + 1]} << 16U) |
               (std::uint32_t{bytes[4 * i + 2]} << 8U) | bytes[4 * i + 3];
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t a = w[i - 15];
        const std::uint32_t b = w[i - 2];
        w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3U)) + w[i - 7] +
               (std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10U));
    }
    return w;
}

/// Whether the processor has the SHA extensions (Intel SDM, CPUID leaf 7, EBX bit 29) and what
/// comes with them.
bool hasInstructions() noexcept {
#if defined(__x86_64__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 29U & 1U) != 0 &&
           __builtin_cpu_supports("sse4.1") != 0;
#else
    return false;
#endif
}

const bool kHasInstructions = hasInstructions();

} // namespace

Sha256::Sha256(Way way) noexcept
    : m_quick(way == Way::quickest && kHasInstructions)
    , m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

void Sha256::plainBlocks(State& state, const std::uint8_t* bytes, std::size_t count) noexcept {
    for (; count > 0; --count, bytes += kBlock) {
        const std::array<std::uint32_t, 64> w = schedule(bytes);
        State s = state;
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t sum1 =
                std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
            const std::uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
            const std::uint32_t t1 = s[7] + sum1 + choice + kRound[i] + w[i];
            const std::uint32_t sum0 =
                std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
            const std::uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
            s = {t1 + sum0 + majority, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
        }
        for (std::size_t i = 0; i < 8; ++i)
            state[i] += s[i];
    }
}

#if defined(__x86_64__)

// Four rounds to a pair of instructions, with the state in two registers: A B E F and C D G H, the
// first in the highest part.
__attribute__((target("sha,sse4.1"))) void
Sha256::quickBlocks(State& state, const std::uint8_t* bytes, std::size_t count) noexcept {
    const __m128i turned = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i abef = _mm_set_epi32(static_cast<int>(state[0]), static_cast<int>(state[1]),
                                 static_cast<int>(state[4]), static_cast<int>(state[5]));
    __m128i cdgh = _mm_set_epi32(static_cast<int>(state[2]), static_cast<int>(state[3]),
                                 static_cast<int>(state[6]), static_cast<int>(state[7]));
    for (; count > 0; --count, bytes += kBlock) {
        const __m128i abefBefore = abef;
        const __m128i cdghBefore = cdgh;
        __m128i w[4] = {}; // the last sixteen words
        for (std::size_t i = 0; i < 16; ++i) {
            __m128i& now = w[i % 4];
            if (i < 4) {
                now = _mm_shuffle_epi8(
                    _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i)), turned);
            } else {
                const __m128i last = w[(i + 3) % 4];
                const __m128i seven = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
                now = _mm_sha256msg2_epu32(
                    _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(i + 1) % 4]), seven), last);
            }
            const __m128i sum = _mm_add_epi32(
                now, _mm_loadu_si128(reinterpret_cast<const __m128i*>(kRound.data() + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, abefBefore);
        cdgh = _mm_add_epi32(cdgh, cdghBefore);
    }
    std::array<std::uint32_t, 4> first;
    std::array<std::uint32_t, 4> second;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(first.data()), abef);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(second.data()), cdgh);
    state = {first[3], first[2], second[3], second[2], first[1], first[0], second[1], second[0]};
}

#else

void Sha256::quickBlocks(State& state, const std::uint8_t* bytes, std::size_t count) noexcept {
    plainBlocks(state, bytes, count);
}

#endif

void Sha256::blocks(const std::uint8_t* bytes, std::size_t count) noexcept {
    (m_quick ? quickBlocks : plainBlocks)(m_state, bytes, count);
}

void Sha256::update(std::span<const std::byte> bytes) noexcept {
    const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    std::size_t used = m_length % kBlock;
    m_length += left;
    while (left > 0) {
        if (used == 0 && left >= kBlock) {
            const std::size_t whole = left / kBlock;
            blocks(next, whole);
            next += whole * kBlock;
            left -= whole * kBlock;
            continue;
        }
        const std::size_t take = std::min(kBlock - used, left);
        std::memcpy(m_buffer.data() + used, next, take);
        used += take;
        next += take;
        left -= take;
        if (used == kBlock) {
            blocks(m_buffer.data(), 1);
            used = 0;
        }
    }
}

void Sha256::update(std::string_view text) noexcept {
    update(std::as_bytes(std::span(text.data(), text.size())));
}

Sha256Digest Sha256::finish() noexcept {
    const std::uint64_t bits = m_length * 8;
    constexpr std::array<std::byte, 64> kPadding{std::byte{0x80}};
    const std::size_t used = m_length % kBlock;
    update(std::span(kPadding).first(used < 56 ? 56 - used : 120 - used));
    std::array<std::byte, 8> size{};
    for (std::size_t i = 0; i < 8; ++i)
        size[i] = static_cast<std::byte>(bits >> (56 - 8 * i));
    update(size);
    Sha256Digest digest{};
    for (std::size_t i = 0; i < 32; ++i)
        digest[i] = static_cast<std::uint8_t>(m_state[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
}

std::string toHex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t b : bytes) {
        text.push_back(kDigits[b >> 4U]);
        text.push_back(kDigits[b & 15U]);
    }
    return text;
}

std::string sha256Hex(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return toHex(hash.finish());
}

std::string sha256Hex(std::string_view text) {
    return sha256Hex(std::as_bytes(std::span(text.data(), text.size())));
}

std::string sha256OfFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw Error(ErrorCode::io, path.string(), "the file cannot be opened for reading",
                    "check the name and the permissions");
    Sha256 hash;
    std::vector<char> piece(1U << 20U);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.update(std::string_view(piece.data(), static_cast<std::size_t>(in.gcount())));
    }
    if (in.bad())
        throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    return toHex(hash.finish());
}

} // namespace likeness
