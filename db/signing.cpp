// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/signing.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "db/folders.h"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFormat = "likeness-keys";

void requireSodium() {
    if (sodium_init() < 0)
        throw Error(ErrorCode::process, "libsodium", "it cannot be started",
                    "check that the system's random generator works");
}

const unsigned char* bytesOf(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t N>
void readKey(const Json& document, const char* name, std::array<std::uint8_t, N>& key) {
    const std::vector<std::byte> bytes = fromHex(document.at(name).get<std::string>());
    if (bytes.size() != N)
        throw Error(ErrorCode::format, name, "the key has another length");
    std::memcpy(key.data(), bytes.data(), N);
}

[[noreturn]] void throwIo(const fs::path& file, int error) {
    throw Error(ErrorCode::io, file.string(),
                std::string("the key file cannot be written, ") + std::strerror(error),
                "check the folder, its permissions and the free space");
}

/// Readable by its owner alone from the first moment. A file that another process made meanwhile is
/// left as it is.
void writePrivately(const fs::path& file, const std::string& text) {
    const std::string temporary = file.string() + ".part-" + randomId(8);
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        throwIo(file, errno);
    int error = ENOSPC;
    if (::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()))
        error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (error == 0 && ::link(temporary.c_str(), file.c_str()) != 0 && errno != EEXIST)
        error = errno;
    ::unlink(temporary.c_str());
    if (error != 0)
        throwIo(file, error);
    syncFolder(file.parent_path());
}

} // namespace

std::string randomId(int bytes) {
    requireSodium();
    std::vector<std::uint8_t> buffer(static_cast<std::size_t>(bytes));
    randombytes_buf(buffer.data(), buffer.size());
    return toHex(buffer);
}

std::vector<std::byte> fromHex(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size() + text.size() % 2; i += 2) {
        const int high = digit(text[i]);
        const int low = i + 1 < text.size() ? digit(text[i + 1]) : -1;
        if (high < 0 || low < 0)
            throw Error(ErrorCode::format, "a hexadecimal text",
                        "it holds something else than pairs of 0-9 and a-f");
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

KeyPair KeyPair::generate() {
    requireSodium();
    KeyPair pair;
    crypto_sign_keypair(pair.m_signPublic.data(), pair.m_signSecret.data());
    crypto_box_keypair(pair.m_sealPublic.data(), pair.m_sealSecret.data());
    return pair;
}

KeyPair KeyPair::loadOrCreate(const fs::path& file) {
    requireSodium();
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        const KeyPair pair = generate();
        const Json document = {{"format", kFormat},
                               {"seal_public", toHex(pair.m_sealPublic)},
                               {"seal_secret", toHex(pair.m_sealSecret)},
                               {"sign_public", toHex(pair.m_signPublic)},
                               {"sign_secret", toHex(pair.m_signSecret)}};
        writePrivately(file, document.dump(2) + "\n");
    }

    struct stat info {};

    if (::stat(file.c_str(), &info) != 0 || (info.st_mode & 077U) != 0)
        throw Error(ErrorCode::conflict, file.string(), "others may read this key file",
                    "set its mode to 0600 and ask yourself who could have copied it");
    try {
        const Json document = Json::parse(readTextFile(file, 1U << 16U));
        KeyPair pair;
        readKey(document, "seal_public", pair.m_sealPublic);
        readKey(document, "seal_secret", pair.m_sealSecret);
        readKey(document, "sign_public", pair.m_signPublic);
        readKey(document, "sign_secret", pair.m_signSecret);
        // The secret half of Ed25519 ends in the public one.
        if (document.at("format") != kFormat ||
            !std::equal(pair.m_signPublic.begin(), pair.m_signPublic.end(),
                        pair.m_signSecret.begin() + 32))
            throw Error(ErrorCode::format, "the keys", "they do not belong together");
        return pair;
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, file.string(), "the key file is damaged",
                    "restore a backup");
    } catch (const Error& error) {
        if (error.code() != ErrorCode::format)
            throw;
        throw Error(ErrorCode::format, file.string(), "the key file is damaged",
                    "restore a backup");
    }
}

std::string KeyPair::signingKey() const {
    return toHex(m_signPublic);
}

std::string KeyPair::sealingKey() const {
    return toHex(m_sealPublic);
}

std::vector<std::byte> KeyPair::sign(std::string_view text) const {
    std::vector<std::byte> signature(crypto_sign_BYTES);
    crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, bytesOf(text),
                         text.size(), m_signSecret.data());
    return signature;
}

std::string KeyPair::unseal(std::span<const std::byte> sealed) const {
    std::string text(
        sealed.size() > crypto_box_SEALBYTES ? sealed.size() - crypto_box_SEALBYTES : 0, '\0');
    if (sealed.size() < crypto_box_SEALBYTES ||
        crypto_box_seal_open(reinterpret_cast<unsigned char*>(text.data()),
                             reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size(),
                             m_sealPublic.data(), m_sealSecret.data()) != 0)
        throw Error(ErrorCode::format, "the sealed key",
                    "it was altered, or it is sealed to another lead's keys",
                    "restore the project's folder keys from a backup");
    return text;
}

bool verifySignature(std::string_view text,
                     std::span<const std::byte> signature,
                     std::string_view signingKey) {
    requireSodium();
    const std::vector<std::byte> key = fromHex(signingKey);
    return key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()),
                                       bytesOf(text), text.size(),
                                       reinterpret_cast<const unsigned char*>(key.data())) == 0;
}

std::vector<std::byte> seal(std::string_view text, std::string_view sealingKey) {
    requireSodium();
    const std::vector<std::byte> key = fromHex(sealingKey);
    if (key.size() != crypto_box_PUBLICKEYBYTES)
        throw Error(ErrorCode::format, "a sealing key", "it has another length");
    std::vector<std::byte> sealed(text.size() + crypto_box_SEALBYTES);
    crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()), bytesOf(text), text.size(),
                    reinterpret_cast<const unsigned char*>(key.data()));
    return sealed;
}

} // namespace likeness
