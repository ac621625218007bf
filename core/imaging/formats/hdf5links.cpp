// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5links.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>

namespace likeness::hdf5 {

namespace {

constexpr unsigned kLinkInfo = 0x02;
constexpr unsigned kLink = 0x06;
constexpr unsigned kSymbolTable = 0x11;
constexpr std::size_t kMaximumLinks = 100000;
constexpr std::uint64_t kMaximumText = 65536;
constexpr unsigned kSoftLink = 1;

Link readLink(const File& file, std::span<const std::byte> body) {
    ByteCursor cursor = file.cursor(body);
    if (cursor.number(1) != 1)
        file.damaged("a link is of an unknown version");
    const std::uint64_t flags = cursor.number(1);
    const std::uint64_t kind = (flags & 8U) != 0 ? cursor.number(1) : 0;
    if ((flags & 4U) != 0)
        cursor.skip(8);
    if ((flags & 16U) != 0)
        cursor.skip(1);
    Link link;
    link.name = cursor.text(cursor.number(std::size_t{1} << (flags & 3U)));
    if (kind == 0) {
        link.address = cursor.number(file.offsetBytes());
    } else if (kind == kSoftLink) {
        link.kind = Link::Kind::path;
        link.path = cursor.text(cursor.number(2));
    } else {
        link.kind = Link::Kind::otherFile;
    }
    return link;
}

/// The names of an old group.
class LocalHeap {
public:
    LocalHeap(const File& file, std::uint64_t address)
        : m_file(file) {
        const auto head =
            file.block(address, 8 + 2 * file.lengthBytes() + file.offsetBytes(), "HEAP");
        ByteCursor cursor = file.cursor(head);
        cursor.skip(8);
        const std::uint64_t bytes = cursor.number(file.lengthBytes());
        cursor.skip(file.lengthBytes());
        m_data = file.bytes(cursor.number(file.offsetBytes()), bytes);
    }

    [[nodiscard]] std::string text(std::uint64_t offset) const {
        if (offset >= m_data.size())
            m_file.damaged("a name lies outside its table");
        const auto* first = reinterpret_cast<const char*>(m_data.data()) + offset;
        const std::size_t most = m_data.size() - static_cast<std::size_t>(offset);
        const std::size_t length = ::strnlen(first, most);
        if (length == most)
            m_file.damaged("a name never ends");
        return {first, length};
    }

private:
    const File& m_file;
    std::vector<std::byte> m_data;
};

/// An old group: a version 1 B-tree over tables of symbols.
class SymbolTable {
public:
    SymbolTable(const File& file, std::uint64_t heap)
        : m_file(file)
        , m_heap(file, heap) {}

    void walk(std::uint64_t address, std::optional<std::uint64_t> level, std::vector<Link>& links) {
        if (!m_seen.insert(address).second || links.size() > kMaximumLinks)
            m_file.damaged("a group runs in a circle");
        const std::size_t prefix = 8 + 2 * m_file.offsetBytes();
        const auto head = m_file.block(address, prefix, "TREE");
        ByteCursor cursor = m_file.cursor(head);
        cursor.skip(4);
        const std::uint64_t kind = cursor.number(1);
        const std::uint64_t own = cursor.number(1);
        const std::uint64_t used = cursor.number(2);
        if (kind != 0 || (level && own + 1 != *level) || own > 32)
            m_file.damaged("a group's index has an impossible shape");
        const std::size_t step = m_file.lengthBytes() + m_file.offsetBytes();
        const auto body = m_file.bytes(address + prefix, used * step + m_file.lengthBytes());
        ByteCursor entries = m_file.cursor(body);
        for (std::uint64_t i = 0; i < used; ++i) {
            entries.skip(m_file.lengthBytes());
            const std::uint64_t child = entries.number(m_file.offsetBytes());
            if (own > 0)
                walk(child, own, links);
            else
                takeSymbols(child, links);
        }
    }

private:
    void takeSymbols(std::uint64_t address, std::vector<Link>& links) {
        if (!m_seen.insert(address).second)
            m_file.damaged("a group runs in a circle");
        const auto head = m_file.block(address, 8, "SNOD");
        ByteCursor start = m_file.cursor(head);
        start.skip(6);
        const std::uint64_t count = start.number(2);
        const std::size_t offset = m_file.offsetBytes();
        const auto body = m_file.bytes(address + 8, count * (2 * offset + 24));
        ByteCursor cursor = m_file.cursor(body);
        for (std::uint64_t i = 0; i < count; ++i) {
            Link link;
            link.name = m_heap.text(cursor.number(offset));
            link.address = cursor.number(offset);
            const std::uint64_t cache = cursor.number(4);
            cursor.skip(4);
            const std::uint64_t target = cursor.number(4);
            cursor.skip(12);
            if (cache == 2) {
                link.kind = Link::Kind::path;
                link.path = m_heap.text(target);
            }
            links.push_back(std::move(link));
        }
    }

    const File& m_file;
    LocalHeap m_heap;
    std::set<std::uint64_t> m_seen;
};

/// Many small objects in blocks whose sizes double.
class FractalHeap {
public:
    FractalHeap(const File& file, std::uint64_t address)
        : m_file(file) {
        const std::size_t o = file.offsetBytes();
        const std::size_t l = file.lengthBytes();
        const auto head = file.checkedBlock(address, 26 + 3 * o + 12 * l, "FRHP");
        ByteCursor cursor = file.cursor(head);
        cursor.skip(7);
        const std::uint64_t filterBytes = cursor.number(2);
        m_checked = (cursor.number(1) & 2U) != 0;
        const std::uint64_t largest = cursor.number(4);
        cursor.skip(2 * o + 10 * l);
        m_width = cursor.number(2);
        m_start = cursor.number(l);
        const std::uint64_t direct = cursor.number(l);
        const std::uint64_t bits = cursor.number(2);
        cursor.skip(2);
        m_root = cursor.number(o);
        m_rows = cursor.number(2);
        if (filterBytes > 0)
            throw Error(ErrorCode::unsupported, file.name(),
                        "its names are stored compressed, which is not read",
                        "copy it with h5repack");
        const bool sound = m_width > 0 && std::has_single_bit(m_width) && m_start > 0 &&
                           std::has_single_bit(m_start) && std::has_single_bit(direct) &&
                           direct >= m_start && direct <= kLargestBlock && bits > 0 && bits <= 64 &&
                           m_rows <= 64 && m_width <= 4096;
        if (!sound)
            file.damaged("a heap has an impossible shape");
        m_offsetBytes = static_cast<std::size_t>((bits + 7) / 8);
        const auto log = [](std::uint64_t n) { return static_cast<int>(std::bit_width(n)) - 1; };
        m_directRows = static_cast<std::uint64_t>(log(direct) - log(m_start) + 2);
        const int limit = log(std::max<std::uint64_t>(largest, 1)) / 8 + 1;
        m_lengthBytes = static_cast<std::size_t>(std::min((log(direct) + 7) / 8, limit));
    }

    /// Empty for objects that do not lie in the blocks.
    [[nodiscard]] std::optional<std::vector<std::byte>> object(std::span<const std::byte> id) {
        ByteCursor cursor = m_file.cursor(id);
        const std::uint64_t kind = cursor.number(1);
        if ((kind & 0x30U) != 0)
            return std::nullopt;
        const std::uint64_t offset = cursor.number(m_offsetBytes);
        const std::uint64_t length = cursor.number(m_lengthBytes);
        const Place place =
            m_rows == 0 ? Place{m_root, 0, m_start} : find(m_root, m_rows, 0, offset);
        const auto block = directBlock(place);
        const std::uint64_t at = offset - place.offset;
        if (offset < place.offset || at > block.size() || length > block.size() - at)
            m_file.damaged("a heap object lies outside its block");
        const auto first = block.begin() + static_cast<std::ptrdiff_t>(at);
        return std::vector<std::byte>(first, first + static_cast<std::ptrdiff_t>(length));
    }

private:
    static constexpr std::uint64_t kLargestBlock = std::uint64_t{1} << 24U;

    struct Place {
        std::uint64_t address = 0;
        std::uint64_t offset = 0; ///< of the block in the heap
        std::uint64_t bytes = 0;
    };

    [[nodiscard]] std::uint64_t rowBytes(std::uint64_t row) const {
        if (row > 40)
            m_file.damaged("a heap has an impossible shape");
        return row == 0 ? m_start : m_start << (row - 1);
    }

    Place find(std::uint64_t address, std::uint64_t rows, std::uint64_t first, std::uint64_t want) {
        const std::size_t o = m_file.offsetBytes();
        std::uint64_t begin = first;
        for (std::uint64_t row = 0; row < rows; ++row) {
            const std::uint64_t bytes = rowBytes(row);
            if (want - begin >= bytes * m_width) {
                begin += bytes * m_width;
                continue;
            }
            const std::uint64_t column = (want - begin) / bytes;
            const std::uint64_t entry = 5 + o + m_offsetBytes + (row * m_width + column) * o;
            const auto field = m_file.bytes(address + entry, o);
            (void)m_file.block(address, 4, "FHIB");
            const std::uint64_t child = m_file.cursor(field).number(o);
            begin += column * bytes;
            if (!m_file.isDefined(child))
                m_file.damaged("a heap object lies in no block");
            if (row < m_directRows)
                return {child, begin, bytes};
            const auto log = [](std::uint64_t n) {
                return static_cast<std::uint64_t>(std::bit_width(n) - 1);
            };
            const std::uint64_t inner = log(bytes) - log(m_start * m_width) + 1;
            // A nested block has fewer rows than the one that holds it, so this ends.
            if (bytes < m_start * m_width || inner >= rows)
                m_file.damaged("a heap has an impossible shape");
            return find(child, inner, begin, want);
        }
        m_file.damaged("a heap object lies in no block");
    }

    std::vector<std::byte> directBlock(const Place& place) {
        if (place.address == m_lastAddress)
            return m_last;
        m_last = m_file.block(place.address, place.bytes, "FHDB");
        m_lastAddress = place.address;
        if (m_checked) {
            const std::size_t at = 5 + m_file.offsetBytes() + m_offsetBytes;
            if (at + 4 > m_last.size())
                m_file.damaged("a heap has an impossible shape");
            const auto field = std::span(m_last).subspan(at, 4);
            const std::uint64_t stored = m_file.cursor(field).number(4);
            std::fill(field.begin(), field.end(), std::byte{0});
            if (stored != checksum(m_last))
                m_file.damaged("a checksum is wrong");
        }
        return m_last;
    }

    const File& m_file;
    bool m_checked = false;
    std::uint64_t m_width = 0;
    std::uint64_t m_start = 0;
    std::uint64_t m_directRows = 0;
    std::uint64_t m_root = 0;
    std::uint64_t m_rows = 0;
    std::size_t m_offsetBytes = 0;
    std::size_t m_lengthBytes = 0;
    std::uint64_t m_lastAddress = ~std::uint64_t{0};
    std::vector<std::byte> m_last;
};

} // namespace

std::vector<std::vector<std::byte>>
heapObjects(const File& file, std::uint64_t heap, std::uint64_t records, HeapId id) {
    FractalHeap objects(file, heap);
    std::vector<std::vector<std::byte>> found;
    forEachRecord(file, records, [&](std::span<const std::byte> record) {
        if (record.size() < id.offset + id.bytes || found.size() > kMaximumLinks)
            file.damaged("an index has an impossible shape");
        if (auto object = objects.object(record.subspan(id.offset, id.bytes)))
            found.push_back(std::move(*object));
    });
    return found;
}

std::vector<Link> linksOf(const File& file, const std::vector<Message>& messages) {
    std::vector<Link> links;
    for (const Message& message : messages) {
        ByteCursor cursor = file.cursor(message.body);
        if (message.type == kLink && !message.shared) {
            links.push_back(readLink(file, message.body));
        } else if (message.type == kSymbolTable) {
            const std::uint64_t tree = cursor.number(file.offsetBytes());
            SymbolTable(file, cursor.number(file.offsetBytes())).walk(tree, std::nullopt, links);
        } else if (message.type == kLinkInfo) {
            cursor.skip(1);
            if ((cursor.number(1) & 1U) != 0)
                cursor.skip(8);
            const std::uint64_t heap = cursor.number(file.offsetBytes());
            const std::uint64_t names = cursor.number(file.offsetBytes());
            if (!file.isDefined(heap) || !file.isDefined(names))
                continue;
            for (const auto& body : heapObjects(file, heap, names, {4, 7}))
                links.push_back(readLink(file, body));
        }
    }
    std::erase_if(links, [](const Link& link) {
        return link.kind == Link::Kind::otherFile && link.name.empty();
    });
    return links;
}

std::string globalHeapText(const File& file, std::span<const std::byte> data) {
    if (data.size() < 8 + file.offsetBytes())
        return {};
    ByteCursor cursor = file.cursor(data);
    const std::uint64_t length = cursor.number(4);
    const std::uint64_t address = cursor.number(file.offsetBytes());
    const std::uint64_t wanted = cursor.number(4);
    if (length == 0 || length > kMaximumText || wanted == 0)
        return {};
    const std::size_t prefix = 8 + file.lengthBytes();
    const auto head = file.block(address, prefix, "GCOL");
    ByteCursor start = file.cursor(head);
    start.skip(8);
    const auto all = file.block(address, start.number(file.lengthBytes()), "GCOL");
    ByteCursor objects = file.cursor(all);
    objects.skip(prefix);
    while (objects.remaining() >= 8 + file.lengthBytes()) {
        const std::uint64_t index = objects.number(2);
        objects.skip(6);
        const std::uint64_t bytes = objects.number(file.lengthBytes());
        if (index == 0)
            break;
        if (index == wanted)
            return objects.text(std::min(bytes, length));
        objects.skip(bytes);
        objects.skip(std::min<std::uint64_t>((8 - bytes % 8) % 8, objects.remaining()));
    }
    file.damaged("a text is missing from its table");
}

} // namespace likeness::hdf5
