// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/canonicaljson.h"

#include "core/base/error.h"
#include "core/base/sha256.h"

#include <array>

namespace likeness {

namespace {

void refuseFractions(const Json& document) {
    if (document.is_number_float()) {
        throw Error(ErrorCode::config, "canonical JSON", "it holds the fraction " + document.dump(),
                    "store whole numbers of a smaller unit");
    }
    for (const Json& child : document) {
        if (child.is_structured() || child.is_number_float())
            refuseFractions(child);
    }
}

} // namespace

std::string canonicalJson(const Json& document) {
    refuseFractions(document);
    try {
        return document.dump();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::config, "canonical JSON", "a text is not valid UTF-8",
                    "save the definition as UTF-8");
    }
}

std::string canonicalSha256(const Json& document) {
    return sha256Hex(canonicalJson(document));
}

std::string keyedHash(std::string_view key, std::string_view message) {
    std::array<std::byte, 64> inner{};
    std::array<std::byte, 64> outer{};
    inner.fill(std::byte{0x36});
    outer.fill(std::byte{0x5c});
    const auto mix = [&](std::size_t i, std::uint8_t value) {
        inner[i] ^= std::byte{value};
        outer[i] ^= std::byte{value};
    };
    if (key.size() > inner.size()) {
        Sha256 shorter;
        shorter.update(key);
        const Sha256Digest digest = shorter.finish();
        for (std::size_t i = 0; i < digest.size(); ++i)
            mix(i, digest[i]);
    } else {
        for (std::size_t i = 0; i < key.size(); ++i)
            mix(i, static_cast<std::uint8_t>(key[i]));
    }
    Sha256 first;
    first.update(inner);
    first.update(message);
    const Sha256Digest digest = first.finish();
    Sha256 second;
    second.update(outer);
    second.update(std::as_bytes(std::span(digest)));
    return toHex(second.finish());
}

} // namespace likeness
