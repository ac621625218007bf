// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// Element types of the safetensors format (huggingface/safetensors, format description in its
/// README).
enum class TensorType { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

[[nodiscard]] std::string_view toString(TensorType type) noexcept; ///< "F32", "BF16" ...
[[nodiscard]] std::optional<TensorType> tensorTypeFrom(std::string_view word) noexcept;
[[nodiscard]] std::size_t bytesOf(TensorType type) noexcept;

/// A named block of a safetensors file. `offset` counts from the start of the data.
struct StoredTensor {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<std::int64_t> shape;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// What the header says: free text entries and the tensors, sorted by name.
struct SafetensorsHeader {
    std::map<std::string, std::string> metadata;
    std::vector<StoredTensor> tensors;
    std::uint64_t dataStart = 0;

    [[nodiscard]] const StoredTensor* find(std::string_view name) const noexcept;
};

struct Safetensors {
    SafetensorsHeader header;
    std::vector<std::byte> data;

    /// Bytes of a tensor of this file; valid as long as this object lives.
    [[nodiscard]] std::span<const std::byte> bytes(const StoredTensor& tensor) const;
};

/// A tensor to be written; the bytes are little-endian, C order, and belong to the caller.
struct TensorView {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// Checks the whole header, and the file's size against it: header of at most 100 MB, valid UTF-8,
/// no duplicate names, known types, sizes equal to shape times type, tensors back to back without
/// hole or overlap, no trailing bytes. Throws Error(format), Error(notFound), Error(io).
[[nodiscard]] SafetensorsHeader readSafetensorsHeader(const std::filesystem::path& path);

/// Header and data. Throws as above, and Error(memory) above 8 GiB.
[[nodiscard]] Safetensors readSafetensors(const std::filesystem::path& path);

/// A file to be written; the tensors' bytes must live until it is.
struct SafetensorsFile {
    std::filesystem::path path;
    std::map<std::string, std::string> metadata;
    std::vector<TensorView> tensors;
};

/// Several files durably in one pass, which costs little more than one. Returns the SHA-256 of
/// each. Throws as below.
std::vector<std::string> writeSafetensors(std::vector<SafetensorsFile> files);

/// Durable write, tensors in the order of their names. Throws Error(io), Error(config) for a view
/// whose bytes do not fit its shape or for a name given twice.
void writeSafetensors(const std::filesystem::path& path,
                      const std::map<std::string, std::string>& metadata,
                      std::vector<TensorView> tensors);

} // namespace likeness
