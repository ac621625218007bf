// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/safetensors.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"
#include "core/generation/client/strictjson.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

namespace likeness {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors hold little-endian data");

constexpr std::uint64_t kMaximumHeader = 100'000'000;
constexpr std::uint64_t kMaximumData = std::uint64_t{8} << 30;
constexpr std::uint64_t kPrefix = 8;
constexpr std::size_t kMaximumRank = 16;
constexpr std::string_view kMetadata = "__metadata__";

struct TypeRow {
    TensorType type;
    std::string_view word;
    std::size_t bytes;
};

constexpr std::array kTypes{
    TypeRow{TensorType::boolean, "BOOL", 1}, TypeRow{TensorType::u8, "U8", 1},
    TypeRow{TensorType::i8, "I8", 1},        TypeRow{TensorType::u16, "U16", 2},
    TypeRow{TensorType::i16, "I16", 2},      TypeRow{TensorType::f16, "F16", 2},
    TypeRow{TensorType::bf16, "BF16", 2},    TypeRow{TensorType::u32, "U32", 4},
    TypeRow{TensorType::i32, "I32", 4},      TypeRow{TensorType::f32, "F32", 4},
    TypeRow{TensorType::u64, "U64", 8},      TypeRow{TensorType::i64, "I64", 8},
    TypeRow{TensorType::f64, "F64", 8},
};

const TypeRow& rowOf(TensorType type) noexcept {
    return *std::find_if(kTypes.begin(), kTypes.end(),
                         [type](const TypeRow& row) { return row.type == type; });
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw Error(ErrorCode::format, path.string(), why, "get the file anew from where it was made");
}

/// Bytes of a shape; empty if the product does not fit 64 bits.
std::optional<std::uint64_t> sizeOf(const std::vector<std::int64_t>& shape, TensorType type) {
    std::uint64_t size = bytesOf(type);
    for (const std::int64_t side : shape) {
        if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(side), &size))
            return std::nullopt;
    }
    return size;
}

std::uint64_t wholeNumber(const Json& value, const std::string& where, const fs::path& path) {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        refuse(path, where + " is no whole number from 0 to 2^63-1");
    return value.get<std::uint64_t>();
}

const Json& member(const Json& entry, const char* key, const std::string& name, const fs::path& p) {
    const auto found = entry.find(key);
    if (found == entry.end())
        refuse(p, "tensor '" + name + "' has no " + key);
    return *found;
}

StoredTensor tensorFrom(const std::string& name, const Json& entry, const fs::path& path) {
    if (!entry.is_object() || entry.size() != 3)
        refuse(path, "tensor '" + name + "' is not described by dtype, shape and data_offsets");
    StoredTensor tensor;
    tensor.name = name;
    const Json& type = member(entry, "dtype", name, path);
    const auto known =
        type.is_string() ? tensorTypeFrom(type.get<std::string>()) : std::optional<TensorType>{};
    if (!known)
        refuse(path, "tensor '" + name + "' has an unknown dtype");
    tensor.type = *known;
    const Json& shape = member(entry, "shape", name, path);
    if (!shape.is_array() || shape.size() > kMaximumRank)
        refuse(path, "tensor '" + name + "' has no usable shape");
    for (const Json& side : shape)
        tensor.shape.push_back(
            static_cast<std::int64_t>(wholeNumber(side, "a side of '" + name + "'", path)));
    const Json& offsets = member(entry, "data_offsets", name, path);
    if (!offsets.is_array() || offsets.size() != 2)
        refuse(path, "tensor '" + name + "' has no pair of data_offsets");
    tensor.offset = wholeNumber(offsets[0], "an offset of '" + name + "'", path);
    const std::uint64_t end = wholeNumber(offsets[1], "an offset of '" + name + "'", path);
    if (end < tensor.offset)
        refuse(path, "tensor '" + name + "' ends before it begins");
    tensor.size = end - tensor.offset;
    if (sizeOf(tensor.shape, tensor.type) != tensor.size)
        refuse(path, "tensor '" + name + "' does not hold as many bytes as its shape says");
    return tensor;
}

void checkCover(std::vector<StoredTensor> tensors, std::uint64_t dataSize, const fs::path& path) {
    std::sort(tensors.begin(), tensors.end(), [](const StoredTensor& a, const StoredTensor& b) {
        return std::pair(a.offset, a.size) < std::pair(b.offset, b.size);
    });
    std::uint64_t end = 0;
    for (const StoredTensor& tensor : tensors) {
        if (tensor.offset < end)
            refuse(path, "tensor '" + tensor.name + "' overlaps the one before it");
        if (tensor.offset > end)
            refuse(path, "there is a hole before tensor '" + tensor.name + "'");
        end += tensor.size;
        if (end > dataSize)
            refuse(path, "tensor '" + tensor.name + "' reaches beyond the end of the file");
    }
    if (end != dataSize)
        refuse(path,
               "there are " + std::to_string(dataSize - end) + " bytes behind the last tensor");
}

SafetensorsHeader headerFrom(const Json& json, std::uint64_t dataSize, const fs::path& path) {
    if (!json.is_object())
        refuse(path, "the header is no JSON object");
    SafetensorsHeader header;
    for (const auto& [name, entry] : json.items()) {
        if (name != kMetadata) {
            header.tensors.push_back(tensorFrom(name, entry, path));
            continue;
        }
        if (!entry.is_object())
            refuse(path, "its metadata are no JSON object");
        for (const auto& [key, value] : entry.items()) {
            if (!value.is_string())
                refuse(path, "metadata '" + key + "' is no text");
            header.metadata.emplace(key, value.get<std::string>());
        }
    }
    checkCover(header.tensors, dataSize, path);
    return header;
}

SafetensorsHeader readHeader(std::ifstream& in, const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw Error(ErrorCode::notFound, path.string(), "there is no such file", "check the name");
    if (!fs::is_regular_file(path, error))
        throw Error(ErrorCode::io, path.string(), "this is not a regular file", "name a file");
    const std::uint64_t fileSize = fs::file_size(path, error);
    in.open(path, std::ios::binary);
    if (error || !in)
        throw Error(ErrorCode::io, path.string(), "the file cannot be opened for reading",
                    "check the permissions");
    std::uint64_t length = 0;
    if (fileSize < kPrefix || !in.read(reinterpret_cast<char*>(&length), sizeof length))
        refuse(path, "the file is too short for a safetensors file");
    if (length > kMaximumHeader)
        refuse(path,
               "the header says it has " + std::to_string(length) + " bytes, more than 100 MB");
    if (length > fileSize - kPrefix)
        refuse(path, "the header says it is longer than the file");
    std::string text(static_cast<std::size_t>(length), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(length)))
        throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    if (text.empty() || text.front() != '{')
        refuse(path, "the header is no JSON object");
    const std::uint64_t dataStart = kPrefix + length;
    SafetensorsHeader header =
        headerFrom(parseStrictJson(text, path.string()), fileSize - dataStart, path);
    header.dataStart = dataStart;
    return header;
}

std::string headerText(const std::map<std::string, std::string>& metadata,
                       const std::vector<TensorView>& tensors) {
    // The members stand in the order of the data, so that equal content gives equal bytes.
    OrderedJson json = OrderedJson::object();
    if (!metadata.empty())
        json[std::string(kMetadata)] = metadata;
    std::uint64_t offset = 0;
    for (const TensorView& tensor : tensors) {
        json[tensor.name] = {{"dtype", toString(tensor.type)},
                             {"shape", tensor.shape},
                             {"data_offsets", {offset, offset + tensor.bytes.size()}}};
        offset += tensor.bytes.size();
    }
    std::string text = json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    // The data then start at a multiple of 8, as readers that map the file expect.
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

void checkForWriting(const fs::path& path, const std::vector<TensorView>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (sizeOf(tensors[i].shape, tensors[i].type) != tensors[i].bytes.size())
            throw Error(ErrorCode::config, path.string(),
                        "tensor '" + tensors[i].name + "' does not fit its shape");
        if (i > 0 && tensors[i].name == tensors[i - 1].name)
            throw Error(ErrorCode::config, path.string(),
                        "tensor '" + tensors[i].name + "' is given twice");
    }
}

/// Writes one file; its SHA-256.
std::string writeTo(const fs::path& path, const SafetensorsFile& file, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    errno = 0;
    Sha256 hash;
    const auto put = [&](std::span<const std::byte> bytes) {
        out.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
        hash.update(bytes);
    };
    const std::uint64_t length = text.size();
    put(std::as_bytes(std::span(&length, 1)));
    put(std::as_bytes(std::span(text.data(), text.size())));
    for (const TensorView& tensor : file.tensors)
        put(tensor.bytes);
    out.close();
    if (!out)
        throw Error(ErrorCode::io, file.path.string(),
                    std::string("writing failed, ") + std::strerror(errno != 0 ? errno : EIO),
                    errno == ENOSPC ? "free some space and try again"
                                    : "check the folder and its permissions");
    return toHex(hash.finish());
}

} // namespace

std::string_view toString(TensorType type) noexcept {
    return rowOf(type).word;
}

std::size_t bytesOf(TensorType type) noexcept {
    return rowOf(type).bytes;
}

std::optional<TensorType> tensorTypeFrom(std::string_view word) noexcept {
    for (const TypeRow& row : kTypes) {
        if (row.word == word)
            return row.type;
    }
    return std::nullopt;
}

const StoredTensor* SafetensorsHeader::find(std::string_view name) const noexcept {
    const auto found =
        std::lower_bound(tensors.begin(), tensors.end(), name,
                         [](const StoredTensor& t, std::string_view n) { return t.name < n; });
    return found != tensors.end() && found->name == name ? &*found : nullptr;
}

std::span<const std::byte> Safetensors::bytes(const StoredTensor& tensor) const {
    return std::span(data).subspan(static_cast<std::size_t>(tensor.offset),
                                   static_cast<std::size_t>(tensor.size));
}

SafetensorsHeader readSafetensorsHeader(const fs::path& path) {
    std::ifstream in;
    return readHeader(in, path);
}

Safetensors readSafetensors(const fs::path& path) {
    std::ifstream in;
    Safetensors file{readHeader(in, path), {}};
    std::uint64_t size = 0;
    for (const StoredTensor& tensor : file.header.tensors)
        size += tensor.size;
    if (size > kMaximumData)
        throw Error(ErrorCode::memory, path.string(),
                    "its tensors need " + std::to_string(size) + " bytes");
    try {
        file.data.resize(static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::memory, path.string(), "there is not enough memory for its tensors",
                    "close other programs");
    }
    if (size > 0 &&
        !in.read(reinterpret_cast<char*>(file.data.data()), static_cast<std::streamsize>(size)))
        throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    return file;
}

std::vector<std::string> writeSafetensors(std::vector<SafetensorsFile> files) {
    std::vector<std::string> headers;
    for (SafetensorsFile& file : files) {
        std::sort(file.tensors.begin(), file.tensors.end(),
                  [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
        checkForWriting(file.path, file.tensors);
        headers.push_back(headerText(file.metadata, file.tensors));
        if (headers.back().size() > kMaximumHeader)
            throw Error(ErrorCode::config, file.path.string(), "the header would exceed 100 MB");
    }
    std::vector<std::string> hashes(files.size());
    std::vector<FileToWrite> writes;
    for (std::size_t i = 0; i < files.size(); ++i) {
        writes.push_back({files[i].path, [&, i](const fs::path& temporary) {
                              hashes[i] = writeTo(temporary, files[i], headers[i]);
                          }});
    }
    writeFilesDurably(writes);
    return hashes;
}

void writeSafetensors(const fs::path& path,
                      const std::map<std::string, std::string>& metadata,
                      std::vector<TensorView> tensors) {
    (void)writeSafetensors({{path, metadata, std::move(tensors)}});
}

} // namespace likeness
