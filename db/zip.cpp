// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/zip.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <algorithm>
#include <array>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kLocalMark = 0x04034B50;
constexpr std::uint32_t kCentralMark = 0x02014B50;
constexpr std::uint32_t kEndMark = 0x06054B50;
constexpr std::uint16_t kDate = 0x0021; // 1 January 1980, the format's first day
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::uint32_t kRegularFile = 0100644U << 16U;

constexpr std::array<std::uint32_t, 256> makeCrcTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit)
            c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1U) : c >> 1U;
        table[i] = c;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> kCrcTable = makeCrcTable();

std::uint32_t crcOf(const std::vector<std::byte>& bytes) noexcept {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const std::byte b : bytes)
        crc = kCrcTable[(crc ^ static_cast<std::uint8_t>(b)) & 0xFFU] ^ (crc >> 8U);
    return ~crc;
}

/// Little-endian fields, one after the other.
class Fields {
public:
    Fields& u16(std::uint32_t value) { return put(value, 2); }

    Fields& u32(std::uint32_t value) { return put(value, 4); }

    Fields& text(std::string_view value) {
        for (const char c : value)
            m_bytes.push_back(static_cast<std::byte>(c));
        return *this;
    }

    [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return m_bytes; }

private:
    Fields& put(std::uint32_t value, int size) {
        for (int i = 0; i < size; ++i)
            m_bytes.push_back(static_cast<std::byte>(value >> (8U * static_cast<unsigned>(i))));
        return *this;
    }

    std::vector<std::byte> m_bytes;
};

std::uint32_t numberAt(const std::vector<std::byte>& bytes, std::size_t at, int size) noexcept {
    std::uint32_t value = 0;
    for (int i = size - 1; i >= 0; --i)
        value = (value << 8U) | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
    return value;
}

void putLocal(Fields& out, const ZipReader::Entry& entry) {
    out.u32(kLocalMark).u16(10).u16(0).u16(0).u16(0).u16(kDate);
    out.u32(entry.crc).u32(entry.size).u32(entry.size);
    out.u16(static_cast<std::uint32_t>(entry.name.size())).u16(0).text(entry.name);
}

void putCentral(Fields& out, const ZipReader::Entry& entry) {
    const auto header = entry.offset - kLocalSize - entry.name.size();
    out.u32(kCentralMark).u16((3U << 8U) | 20U).u16(10).u16(0).u16(0).u16(0).u16(kDate);
    out.u32(entry.crc).u32(entry.size).u32(entry.size);
    out.u16(static_cast<std::uint32_t>(entry.name.size())).u16(0).u16(0).u16(0).u16(0);
    out.u32(kRegularFile).u32(static_cast<std::uint32_t>(header)).text(entry.name);
}

/// The directory and the end record of an archive with these entries.
std::vector<std::byte> directoryOf(const std::vector<ZipReader::Entry>& entries) {
    Fields out;
    for (const ZipReader::Entry& entry : entries)
        putCentral(out, entry);
    const auto size = static_cast<std::uint32_t>(out.bytes().size());
    const auto offset =
        entries.empty() ? 0U
                        : static_cast<std::uint32_t>(entries.back().offset + entries.back().size);
    const auto count = static_cast<std::uint32_t>(entries.size());
    out.u32(kEndMark).u16(0).u16(0).u16(count).u16(count).u32(size).u32(offset).u16(0);
    return out.bytes();
}

void writeBytes(std::ofstream& out, const std::vector<std::byte>& bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
}

void writeEntries(const fs::path& target, const fs::path& temporary, const ZipContent& content) {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    std::vector<ZipReader::Entry> entries;
    std::uint64_t position = 0;
    for (const auto& [name, bytesOf] : content) {
        if (!isZipName(name))
            throw Error(ErrorCode::config, target.string(),
                        "the archive cannot hold the name " + name);
        const std::vector<std::byte> bytes = bytesOf();
        if (position + bytes.size() + name.size() + kLocalSize > kZipMaximumBytes)
            throw Error(ErrorCode::config, target.string(), "it would be larger than 3.75 GiB",
                        "use fewer or smaller stimuli");
        ZipReader::Entry entry{name, position + kLocalSize + name.size(),
                               static_cast<std::uint32_t>(bytes.size()), crcOf(bytes)};
        Fields header;
        putLocal(header, entry);
        writeBytes(out, header.bytes());
        writeBytes(out, bytes);
        position = entry.offset + entry.size;
        entries.push_back(std::move(entry));
    }
    writeBytes(out, directoryOf(entries));
    out.close();
    if (!out)
        throw Error(ErrorCode::io, target.string(), "the archive cannot be written",
                    "check the free space and the permissions of the folder");
}

} // namespace

bool isZipName(std::string_view name) noexcept {
    if (name.empty() || name.size() > 200)
        return false;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-' || c == '/';
    });
    std::size_t begin = 0;
    while (plain && begin <= name.size()) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        const std::string_view part = name.substr(begin, end - begin);
        if (part.empty() || part == "." || part == "..")
            return false;
        begin = end + 1;
    }
    return plain;
}

void writeZip(const fs::path& path, const ZipContent& content) {
    if (content.size() > kZipMaximumEntries)
        throw Error(ErrorCode::config, path.string(),
                    "it would hold more than " + std::to_string(kZipMaximumEntries) + " files",
                    "use fewer stimuli");
    writeFileDurably(path,
                     [&](const fs::path& temporary) { writeEntries(path, temporary, content); });
}

ZipReader::ZipReader(const fs::path& path)
    : m_path(path) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw Error(ErrorCode::notFound, path.string(), "there is no such file", "check the name");
    if (!fs::is_regular_file(path, error))
        throw Error(ErrorCode::io, path.string(), "this is not a regular file", "name a file");
    m_fileSize = fs::file_size(path, error);
    m_file.open(path, std::ios::binary);
    if (error || !m_file)
        throw Error(ErrorCode::io, path.string(), "the file cannot be opened for reading",
                    "check the permissions");
    if (m_fileSize > kZipMaximumBytes + (std::uint64_t{1} << 26U))
        throw Error(ErrorCode::memory, path.string(), "the archive is larger than 3.75 GiB");
    readDirectory();
    checkHeaders();
}

void ZipReader::refuse(std::string_view why) const {
    throw Error(ErrorCode::format, m_path.string(), why, "get the file again from its sender");
}

std::vector<std::byte> ZipReader::bytesAt(std::uint64_t offset, std::size_t size) const {
    std::vector<std::byte> bytes(size);
    m_file.clear();
    m_file.seekg(static_cast<std::streamoff>(offset));
    m_file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (static_cast<std::size_t>(m_file.gcount()) != size)
        refuse("the archive ends too early");
    return bytes;
}

void ZipReader::readDirectory() {
    if (m_fileSize < kEndSize)
        refuse("it is too short to be an archive");
    const auto end = bytesAt(m_fileSize - kEndSize, kEndSize);
    if (numberAt(end, 0, 4) != kEndMark)
        refuse("it does not end as an archive of Likeness does");
    const std::size_t count = numberAt(end, 10, 2);
    const std::uint64_t size = numberAt(end, 12, 4);
    const std::uint64_t offset = numberAt(end, 16, 4);
    if (count > kZipMaximumEntries || offset + size + kEndSize != m_fileSize ||
        size < count * kCentralSize || size > count * (kCentralSize + 200))
        refuse("its directory does not fit the file");
    const auto directory = bytesAt(offset, static_cast<std::size_t>(size));
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (at + kCentralSize > directory.size() || numberAt(directory, at, 4) != kCentralMark)
            refuse("its directory is damaged");
        const std::size_t length = numberAt(directory, at + 28, 2);
        if (at + kCentralSize + length > directory.size())
            refuse("its directory is damaged");
        Entry entry;
        entry.name.assign(reinterpret_cast<const char*>(directory.data()) + at + kCentralSize,
                          length);
        entry.crc = numberAt(directory, at + 16, 4);
        entry.size = numberAt(directory, at + 24, 4);
        m_entries.push_back(std::move(entry));
        at += kCentralSize + length;
    }
}

void ZipReader::checkHeaders() {
    std::uint64_t position = 0;
    const std::string* previous = nullptr;
    for (Entry& entry : m_entries) {
        if (!isZipName(entry.name))
            refuse("it holds a file name that is not allowed");
        if (previous != nullptr && *previous >= entry.name)
            refuse("a file name stands twice or out of order in it");
        previous = &entry.name;
        entry.offset = position + kLocalSize + entry.name.size();
        position = entry.offset + entry.size;
        if (position + kEndSize > m_fileSize)
            refuse("its files do not fit into it");
        Fields header;
        putLocal(header, entry);
        if (bytesAt(entry.offset - header.bytes().size(), header.bytes().size()) != header.bytes())
            refuse("the header of " + entry.name +
                   " is not that of a stored file, or files overlap");
    }
    const auto directory = directoryOf(m_entries);
    if (position + directory.size() != m_fileSize ||
        bytesAt(position, directory.size()) != directory)
        refuse("its directory was altered");
}

const ZipReader::Entry* ZipReader::find(std::string_view name) const noexcept {
    const auto found = std::lower_bound(
        m_entries.begin(), m_entries.end(), name,
        [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
    return found != m_entries.end() && found->name == name ? &*found : nullptr;
}

std::vector<std::byte> ZipReader::read(std::string_view name, std::uint64_t limit) const {
    const Entry* const entry = find(name);
    if (entry == nullptr)
        refuse(std::string(name) + " is missing in it");
    if (entry->size > limit)
        refuse(std::string(name) + " is larger than it may be");
    std::vector<std::byte> bytes = bytesAt(entry->offset, entry->size);
    if (crcOf(bytes) != entry->crc)
        refuse(std::string(name) + " is damaged");
    return bytes;
}

std::string ZipReader::readText(std::string_view name, std::uint64_t limit) const {
    const auto bytes = read(name, limit);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace likeness
