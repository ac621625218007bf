// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

namespace likeness::hdf5 {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1A\n"sv;
constexpr std::uint64_t kMaximumBlock = std::uint64_t{1} << 28U;
constexpr std::size_t kMaximumMessages = 100000;
constexpr std::size_t kMaximumRuns = 4096;
constexpr std::size_t kMaximumNodes = std::size_t{1} << 20U;
constexpr unsigned kContinuation = 0x10;
constexpr std::size_t kChecksumBytes = 4;

/// The signature lies at the begin or, after a user's own block, at 512, 1024, 2048 ...
std::optional<std::uint64_t> findSuperblock(const ByteSource& source) {
    std::array<std::byte, 8> start{};
    for (std::uint64_t at = 0; at + start.size() <= source.size(); at = at == 0 ? 512 : 2 * at) {
        if (source.read(at, start) == start.size() &&
            std::memcmp(start.data(), kSignature.data(), start.size()) == 0)
            return at;
    }
    return std::nullopt;
}

/// Bytes that a number up to `limit` takes.
std::size_t bytesFor(std::uint64_t limit) {
    return limit == 0 ? 1 : (std::bit_width(limit) - 1) / 8 + 1;
}

bool isSizeOfNumbers(std::size_t bytes) {
    return bytes == 2 || bytes == 4 || bytes == 8;
}

} // namespace

struct File::Run {
    std::vector<std::byte> bytes; ///< messages only
    bool newStyle = false;
    bool hasOrder = false; ///< each message states its creation order
};

File::File(ByteSourcePtr source)
    : m_source(std::move(source)) {
    const auto at = findSuperblock(*m_source);
    if (!at)
        damaged("it has no superblock");
    m_base = *at;
    const std::size_t version = std::to_integer<std::size_t>(bytes(8, 1)[0]);
    if (version <= 1)
        readOldSuperblock(*at, version);
    else if (version <= 3)
        readNewSuperblock(*at);
    else
        throw Error(ErrorCode::unsupported, name(),
                    "HDF5 superblock version " + std::to_string(version) + " is not known",
                    "save it with HDF5 1.14 or older");
}

void File::readOldSuperblock(std::uint64_t at, std::size_t version) {
    const auto head = bytes(0, 16);
    m_offsetBytes = std::to_integer<std::size_t>(head[13]);
    m_lengthBytes = std::to_integer<std::size_t>(head[14]);
    if (!isSizeOfNumbers(m_offsetBytes) || !isSizeOfNumbers(m_lengthBytes))
        damaged("its superblock gives addresses an impossible size");
    const std::uint64_t addresses = version == 0 ? 24 : 28;
    const auto rest = bytes(addresses, 6 * m_offsetBytes);
    ByteCursor cursor = this->cursor(rest);
    const std::uint64_t base = cursor.number(m_offsetBytes);
    cursor.skip(m_offsetBytes);
    const std::uint64_t end = cursor.number(m_offsetBytes);
    cursor.skip(2 * m_offsetBytes);
    m_root = cursor.number(m_offsetBytes);
    checkEnd(at, base, end);
}

void File::readNewSuperblock(std::uint64_t at) {
    m_offsetBytes = std::to_integer<std::size_t>(bytes(9, 1)[0]);
    m_lengthBytes = std::to_integer<std::size_t>(bytes(10, 1)[0]);
    if (!isSizeOfNumbers(m_offsetBytes) || !isSizeOfNumbers(m_lengthBytes))
        damaged("its superblock gives addresses an impossible size");
    const auto all = checkedBlock(0, 12 + 4 * m_offsetBytes + kChecksumBytes, kSignature);
    ByteCursor cursor = this->cursor(all);
    cursor.skip(12);
    const std::uint64_t base = cursor.number(m_offsetBytes);
    cursor.skip(m_offsetBytes);
    const std::uint64_t end = cursor.number(m_offsetBytes);
    m_root = cursor.number(m_offsetBytes);
    checkEnd(at, base, end);
}

void File::checkEnd(std::uint64_t at, std::uint64_t base, std::uint64_t end) {
    if (base > end || end - base > size() - at)
        throw Error(ErrorCode::format, name(),
                    "the file is truncated: its HDF5 header counts " + std::to_string(end) +
                        " bytes, but it has " + std::to_string(size()),
                    "copy it again from its origin");
}

bool File::isDefined(std::uint64_t address) const noexcept {
    return address != ~std::uint64_t{0} >> (64 - 8 * m_offsetBytes);
}

void File::damaged(const std::string& why) const {
    throw Error(ErrorCode::format, name(), "the HDF5 file is damaged or truncated: " + why,
                "copy it again from its origin");
}

void File::read(std::uint64_t address, std::span<std::byte> out) const {
    const std::uint64_t held = m_source->size() - m_base;
    if (address > held || out.size() > held - address)
        damaged("it points beyond its end");
    m_source->readExactly(m_base + address, out);
}

std::vector<std::byte> File::bytes(std::uint64_t address, std::uint64_t length) const {
    const std::uint64_t held = m_source->size() - m_base;
    if (length > kMaximumBlock || address > held || length > held - address)
        damaged("it points beyond its end");
    std::vector<std::byte> result(static_cast<std::size_t>(length));
    read(address, result);
    return result;
}

std::vector<std::byte>
File::block(std::uint64_t address, std::uint64_t length, std::string_view signature) const {
    std::vector<std::byte> result = bytes(address, length);
    if (result.size() < signature.size() ||
        std::memcmp(result.data(), signature.data(), signature.size()) != 0)
        damaged("a structure is not where it should be");
    return result;
}

std::vector<std::byte>
File::checkedBlock(std::uint64_t address, std::uint64_t length, std::string_view signature) const {
    std::vector<std::byte> result = block(address, length, signature);
    const std::size_t content = result.size() - kChecksumBytes;
    ByteCursor stored = cursor(std::span(result).subspan(content));
    if (stored.number(kChecksumBytes) != checksum(std::span(result).first(content)))
        damaged("a checksum is wrong");
    return result;
}

File::Run File::firstRun(std::uint64_t address) const {
    Run run;
    if (bytes(address, 1)[0] == std::byte{1}) {
        const auto prefix = bytes(address, 16);
        ByteCursor cursor = this->cursor(prefix);
        cursor.skip(8);
        run.bytes = bytes(address + 16, cursor.number(4));
        return run;
    }
    const auto start = block(address, 6, "OHDR");
    const auto flags = std::to_integer<unsigned>(start[5]);
    const std::size_t prefix =
        6 + ((flags & 0x20U) != 0 ? 16U : 0U) + ((flags & 0x10U) != 0 ? 4U : 0U);
    const std::size_t sizeBytes = std::size_t{1} << (flags & 3U);
    const auto sizeField = bytes(address + prefix, sizeBytes);
    const std::uint64_t length = cursor(sizeField).number(sizeBytes);
    if (length > kMaximumBlock)
        damaged("an object header is larger than the file");
    const auto all = checkedBlock(address, prefix + sizeBytes + length + kChecksumBytes, "OHDR");
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(prefix + sizeBytes);
    run.bytes.assign(first, all.end() - kChecksumBytes);
    run.newStyle = true;
    run.hasOrder = (flags & 4U) != 0;
    return run;
}

File::Run File::nextRun(const Run& run, const Message& continuation) const {
    ByteCursor where = cursor(continuation.body);
    const std::uint64_t address = where.number(m_offsetBytes);
    const std::uint64_t length = where.number(m_lengthBytes);
    Run next{{}, run.newStyle, run.hasOrder};
    if (!run.newStyle) {
        next.bytes = bytes(address, length);
        return next;
    }
    if (length < 4 + kChecksumBytes)
        damaged("a part of an object header is too short");
    const auto all = checkedBlock(address, length, "OCHK");
    next.bytes.assign(all.begin() + 4, all.end() - kChecksumBytes);
    return next;
}

void File::parseRun(const Run& run, std::vector<Message>& found) const {
    const std::size_t prefix = run.newStyle ? (run.hasOrder ? 6 : 4) : 8;
    ByteCursor cursor = this->cursor(run.bytes);
    // A gap too small for a message may stay at the end.
    while (cursor.remaining() >= prefix) {
        Message message;
        message.type = static_cast<unsigned>(cursor.number(run.newStyle ? 1 : 2));
        const std::uint64_t length = cursor.number(2);
        message.shared = (cursor.number(1) & 2U) != 0;
        cursor.skip(run.newStyle ? (run.hasOrder ? 2 : 0) : 3);
        const auto body = cursor.take(length);
        message.body.assign(body.begin(), body.end());
        found.push_back(std::move(message));
        if (found.size() > kMaximumMessages)
            damaged("an object header has too many messages");
    }
}

std::vector<Message> File::messages(std::uint64_t address) const {
    std::vector<Message> found;
    std::vector<Run> runs{firstRun(address)};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::size_t before = found.size();
        parseRun(runs[i], found);
        for (std::size_t k = before; k < found.size(); ++k) {
            if (found[k].type != kContinuation)
                continue;
            if (runs.size() == kMaximumRuns)
                damaged("an object header never ends");
            Run next = nextRun(runs[i], found[k]);
            runs.push_back(std::move(next));
        }
    }
    return found;
}

std::uint32_t checksum(std::span<const std::byte> bytes) noexcept {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    std::uint32_t a = 0xDEADBEEF + length;
    std::uint32_t b = a;
    std::uint32_t c = a;
    const auto word = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
            value |= std::to_integer<std::uint32_t>(bytes[at + i]) << 8 * i;
        return value;
    };
    const auto step = [](std::uint32_t& x, std::uint32_t y, int by) {
        x -= y;
        x ^= std::rotl(y, by);
    };
    std::size_t at = 0;
    for (; bytes.size() - at > 12; at += 12) {
        a += word(at);
        b += word(at + 4);
        c += word(at + 8);
        step(a, c, 4);
        c += b;
        step(b, a, 6);
        a += c;
        step(c, b, 8);
        b += a;
        step(a, c, 16);
        c += b;
        step(b, a, 19);
        a += c;
        step(c, b, 4);
        b += a;
    }
    if (at == bytes.size())
        return c;
    a += word(at);
    b += word(at + 4);
    c += word(at + 8);
    const auto finish = [](std::uint32_t& x, std::uint32_t y, int by) {
        x ^= y;
        x -= std::rotl(y, by);
    };
    finish(c, b, 14);
    finish(a, c, 11);
    finish(b, a, 25);
    finish(c, b, 16);
    finish(a, c, 4);
    finish(b, a, 14);
    finish(c, b, 24);
    return c;
}

namespace {

class RecordWalk {
public:
    RecordWalk(const File& file, const std::function<void(std::span<const std::byte>)>& take)
        : m_file(file)
        , m_take(take) {}

    void walk(std::uint64_t address) {
        const std::size_t offset = m_file.offsetBytes();
        const auto head = m_file.checkedBlock(address, 22 + offset + m_file.lengthBytes(), "BTHD");
        ByteCursor cursor = m_file.cursor(head);
        cursor.skip(6);
        m_nodeBytes = cursor.number(4);
        m_recordBytes = static_cast<std::size_t>(cursor.number(2));
        const auto depth = static_cast<std::size_t>(cursor.number(2));
        cursor.skip(2);
        const std::uint64_t root = cursor.number(offset);
        const std::uint64_t records = cursor.number(2);
        if (m_recordBytes == 0 || m_nodeBytes < kNodeOverhead + m_recordBytes || depth > 16)
            m_file.damaged("an index has an impossible shape");
        const std::uint64_t leaf = (m_nodeBytes - kNodeOverhead) / m_recordBytes;
        m_countBytes = bytesFor(leaf);
        // How many bytes the pointers of each level give to the records below them.
        std::uint64_t below = leaf;
        m_totalBytes.assign(1, 0);
        for (std::size_t level = 1; level <= depth; ++level) {
            const std::uint64_t pointer = offset + m_countBytes + m_totalBytes.back();
            if (m_nodeBytes < kNodeOverhead + pointer)
                m_file.damaged("an index has an impossible shape");
            const std::uint64_t most =
                (m_nodeBytes - kNodeOverhead - pointer) / (m_recordBytes + pointer);
            below = std::min(most + 1, kManyRecords) * std::min(below, kManyRecords) + most;
            m_totalBytes.push_back(bytesFor(below));
        }
        if (records > 0 && m_file.isDefined(root))
            node(root, records, depth);
    }

private:
    static constexpr std::uint64_t kNodeOverhead = 10;
    static constexpr std::uint64_t kManyRecords = std::uint64_t{1} << 31U;

    void node(std::uint64_t address, std::uint64_t records, std::size_t level) {
        if (!m_seen.insert(address).second || m_seen.size() > kMaximumNodes)
            m_file.damaged("an index runs in a circle");
        const std::size_t offset = m_file.offsetBytes();
        const std::size_t pointer =
            level == 0 ? 0 : offset + m_countBytes + m_totalBytes[level - 1];
        const std::uint64_t used =
            kNodeOverhead + records * m_recordBytes + (level == 0 ? 0 : (records + 1) * pointer);
        if (used > m_nodeBytes)
            m_file.damaged("an index has an impossible shape");
        const auto all = m_file.checkedBlock(address, used, level == 0 ? "BTLF" : "BTIN");
        ByteCursor cursor = m_file.cursor(all);
        cursor.skip(6);
        for (std::uint64_t i = 0; i < records; ++i)
            m_take(cursor.take(m_recordBytes));
        for (std::uint64_t i = 0; level > 0 && i <= records; ++i) {
            const std::uint64_t child = cursor.number(offset);
            const std::uint64_t count = cursor.number(m_countBytes);
            cursor.skip(m_totalBytes[level - 1]);
            node(child, count, level - 1);
        }
    }

    const File& m_file;
    const std::function<void(std::span<const std::byte>)>& m_take;
    std::uint64_t m_nodeBytes = 0;
    std::size_t m_recordBytes = 0;
    std::size_t m_countBytes = 0;
    std::vector<std::size_t> m_totalBytes;
    std::set<std::uint64_t> m_seen;
};

} // namespace

void forEachRecord(const File& file,
                   std::uint64_t address,
                   const std::function<void(std::span<const std::byte>)>& take) {
    RecordWalk(file, take).walk(address);
}

} // namespace likeness::hdf5
