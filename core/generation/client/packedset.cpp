// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/packedset.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/strictjson.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

namespace likeness {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "packed sets hold little-endian pixels");

constexpr std::string_view kMagic = "LKPACK01";
constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kPrefix = 16;
constexpr std::uint64_t kMaximumHeader = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaximumPixels = std::uint64_t{8} << 30;
constexpr std::int64_t kMaximumSide = std::int64_t{1} << 20;
constexpr std::int64_t kMaximumChannels = 4;

constexpr std::uint64_t aligned(std::uint64_t position) noexcept {
    return (position + kAlignment - 1) / kAlignment * kAlignment;
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw Error(ErrorCode::format, path.string(), why, "pack the set anew");
}

PixelType typeFrom(const std::string& word, const fs::path& path) {
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
        if (word == toString(type))
            return type;
    }
    refuse(path, "the pixel type '" + word + "' is unknown");
}

std::uint64_t bytesOfImage(const PackedImage& image, std::int64_t channels, PixelType type) {
    // At most 2^60 values of 4 channels before the check against the limit; each factor is at most
    // 2^20.
    const std::uint64_t values = static_cast<std::uint64_t>(image.width) *
                                 static_cast<std::uint64_t>(image.height) *
                                 static_cast<std::uint64_t>(image.depth);
    if (values > kMaximumPixels)
        return kMaximumPixels + 1;
    return values * static_cast<std::uint64_t>(channels) * bytesOf(type);
}

struct Layout {
    PackedSet set;
    std::vector<std::uint64_t> offsets; ///< from the start of the file
    std::vector<std::uint64_t> sizes;
    std::uint64_t end = 0;
};

Layout layoutOf(const Json& header, std::uint64_t dataStart, const fs::path& path) {
    const std::string subject = path.string();
    Layout layout;
    if (!header.is_object() || !header.contains("images") || !header["images"].is_array())
        refuse(path, "the header lists no images");
    layout.set.type = typeFrom(requiredText(header, "type", subject), path);
    layout.set.channels = boundedInteger(header, "channels", 1, kMaximumChannels, subject);
    layout.set.meta = header.value("meta", Json::object());
    layout.end = dataStart;
    for (const Json& entry : header["images"]) {
        PackedImage image;
        image.width = boundedInteger(entry, "width", 1, kMaximumSide, subject);
        image.height = boundedInteger(entry, "height", 1, kMaximumSide, subject);
        image.depth = boundedInteger(entry, "depth", 1, kMaximumSide, subject);
        image.id = requiredText(entry, "id", subject);
        image.specimen = requiredText(entry, "specimen", subject);
        if (entry.contains("plane"))
            image.plane = static_cast<SlicePlane>(boundedInteger(entry, "plane", 0, 2, subject));
        const std::uint64_t offset = aligned(layout.end);
        const std::uint64_t size = bytesOfImage(image, layout.set.channels, layout.set.type);
        if (size > kMaximumPixels || offset + size - dataStart > kMaximumPixels)
            throw Error(ErrorCode::memory, subject,
                        "the images need more than " + std::to_string(kMaximumPixels) + " bytes",
                        "pack fewer or smaller images");
        if (static_cast<std::uint64_t>(boundedInteger(entry, "offset", 0, INT64_MAX, subject)) !=
            offset - dataStart)
            refuse(path, "image '" + image.id + "' does not lie where it should");
        layout.offsets.push_back(offset);
        layout.sizes.push_back(size);
        layout.end = offset + size;
        layout.set.images.push_back(std::move(image));
    }
    return layout;
}

// Offsets count from the start of the data, so that the header's own length does not change them.
Json headerOf(const PackedSet& set) {
    Json images = Json::array();
    std::uint64_t end = 0;
    for (const PackedImage& image : set.images) {
        const std::uint64_t offset = aligned(end);
        images.push_back({{"id", image.id},
                          {"specimen", image.specimen},
                          {"width", image.width},
                          {"height", image.height},
                          {"depth", image.depth},
                          {"offset", offset}});
        if (image.plane != SlicePlane::xy)
            images.back()["plane"] = static_cast<int>(image.plane);
        end = offset + image.pixels.size();
    }
    return {{"type", toString(set.type)},
            {"channels", set.channels},
            {"meta", set.meta},
            {"images", std::move(images)}};
}

void checkForWriting(const fs::path& path, const PackedSet& set) {
    if (set.channels < 1 || set.channels > kMaximumChannels)
        throw Error(ErrorCode::config, path.string(),
                    std::to_string(set.channels) + " channels cannot be packed");
    std::uint64_t total = 0;
    for (const PackedImage& image : set.images) {
        for (const std::int64_t side : {image.width, image.height, image.depth}) {
            if (side < 1 || side > kMaximumSide)
                throw Error(ErrorCode::config, path.string(),
                            "image '" + image.id + "' has a side of " + std::to_string(side));
        }
        if (bytesOfImage(image, set.channels, set.type) != image.pixels.size())
            throw Error(ErrorCode::config, path.string(),
                        "image '" + image.id + "' does not hold as many pixels as its size says");
        total = aligned(total) + image.pixels.size();
    }
    if (total > kMaximumPixels)
        throw Error(ErrorCode::memory, path.string(), "the images of the set are too large",
                    "pack fewer or smaller images");
}

void writeStream(std::ofstream& out, const PackedSet& set, const std::string& header) {
    const auto put = [&out](const void* data, std::uint64_t size) {
        out.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
    };
    constexpr std::array<char, kAlignment> kZeros{};
    put(kMagic.data(), kMagic.size());
    const std::uint64_t length = header.size();
    put(&length, sizeof length);
    put(header.data(), header.size());
    std::uint64_t position = kPrefix + header.size();
    put(kZeros.data(), aligned(position) - position);
    position = aligned(position);
    for (const PackedImage& image : set.images) {
        put(kZeros.data(), aligned(position) - position);
        position = aligned(position) + image.pixels.size();
        put(image.pixels.data(), image.pixels.size());
    }
}

std::string readHeader(std::ifstream& in, std::uint64_t fileSize, const fs::path& path) {
    std::array<char, kPrefix> prefix{};
    if (fileSize < kPrefix || !in.read(prefix.data(), prefix.size()) ||
        std::string_view(prefix.data(), kMagic.size()) != kMagic)
        refuse(path, "this is no packed image set");
    std::uint64_t length = 0;
    std::memcpy(&length, prefix.data() + kMagic.size(), sizeof length);
    if (length > kMaximumHeader || length > fileSize - kPrefix)
        refuse(path, "the header says it has " + std::to_string(length) + " bytes");
    std::string header(static_cast<std::size_t>(length), '\0');
    if (!in.read(header.data(), static_cast<std::streamsize>(length)))
        throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    return header;
}

} // namespace

ImageSpan PackedSet::span(std::size_t index) const {
    const PackedImage& image = images.at(index);
    return {image.pixels.data(), type, image.width, image.height, image.depth, channels};
}

void writePackedSet(const fs::path& path, const PackedSet& set) {
    checkForWriting(path, set);
    // A name in another encoding must not stop a run, so bytes that are no UTF-8 are replaced.
    const std::string header = headerOf(set).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (header.size() > kMaximumHeader)
        throw Error(ErrorCode::memory, path.string(), "the header of the set is too large",
                    "pack fewer images");
    writeFileDurably(path, [&](const fs::path& temporary) {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        errno = 0;
        if (out)
            writeStream(out, set, header);
        out.close();
        if (!out)
            throw Error(ErrorCode::io, path.string(),
                        std::string("writing failed, ") + std::strerror(errno != 0 ? errno : EIO),
                        errno == ENOSPC ? "free some space and try again"
                                        : "check the folder and its permissions");
    });
}

PackedSet readPackedSet(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw Error(ErrorCode::notFound, path.string(), "there is no such file", "check the name");
    if (!fs::is_regular_file(path, error))
        throw Error(ErrorCode::io, path.string(), "this is not a regular file", "name a file");
    const std::uint64_t fileSize = fs::file_size(path, error);
    std::ifstream in(path, std::ios::binary);
    if (error || !in)
        throw Error(ErrorCode::io, path.string(), "the file cannot be opened for reading",
                    "check the permissions");
    const std::string text = readHeader(in, fileSize, path);
    const std::uint64_t dataStart = aligned(kPrefix + text.size());
    Layout layout = layoutOf(parseStrictJson(text, path.string()), dataStart, path);
    if (layout.end != fileSize)
        refuse(path, "the file has " + std::to_string(fileSize) + " bytes, its header asks for " +
                         std::to_string(layout.end));
    for (std::size_t i = 0; i < layout.sizes.size(); ++i) {
        PackedImage& image = layout.set.images[i];
        try {
            image.pixels.resize(static_cast<std::size_t>(layout.sizes[i]));
        } catch (const std::bad_alloc&) {
            throw Error(ErrorCode::memory, path.string(),
                        "there is not enough memory for its images",
                        "close other programs or use fewer images");
        }
        in.seekg(static_cast<std::streamoff>(layout.offsets[i]));
        if (!in.read(reinterpret_cast<char*>(image.pixels.data()),
                     static_cast<std::streamsize>(image.pixels.size())))
            throw Error(ErrorCode::io, path.string(), "the file cannot be read to its end");
    }
    return std::move(layout.set);
}

} // namespace likeness
