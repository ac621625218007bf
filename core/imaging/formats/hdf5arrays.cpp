// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5arrays.h"

#include <bit>

namespace likeness::hdf5 {

namespace {

constexpr std::size_t kPrefix = 6; ///< signature, version, kind of elements
constexpr std::size_t kChecksum = 4;

/// Elements of either array: an address, and for filtered chunks their size and mask.
class Elements {
public:
    Elements(const File& file, std::size_t bytes, bool filtered)
        : m_file(file)
        , m_bytes(bytes)
        , m_filtered(filtered) {
        const std::size_t fixed = file.offsetBytes() + (filtered ? 4 : 0);
        if (bytes < fixed + (filtered ? 1 : 0) || bytes > fixed + (filtered ? 8 : 0))
            file.damaged("a chunk index has an impossible shape");
        m_sizeBytes = bytes - fixed;
    }

    void take(ByteCursor& cursor, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            Chunk chunk{cursor.number(m_file.offsetBytes()), 0, 0};
            if (m_filtered) {
                chunk.bytes = cursor.number(m_sizeBytes);
                chunk.mask = static_cast<std::uint32_t>(cursor.number(4));
            }
            chunks.push_back(chunk);
        }
    }

    /// Elements that were never written.
    void skip(std::uint64_t count) {
        const Chunk nowhere{~std::uint64_t{0} >> (64 - 8 * m_file.offsetBytes()), 0, 0};
        chunks.insert(chunks.end(), static_cast<std::size_t>(count), nowhere);
    }

    /// A page: elements and a checksum.
    void takePage(std::uint64_t address, std::uint64_t count) {
        const auto page = m_file.checkedBlock(address, count * m_bytes + kChecksum, "");
        ByteCursor cursor = m_file.cursor(page);
        take(cursor, count);
    }

    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes; }

    std::vector<Chunk> chunks;

private:
    const File& m_file;
    std::size_t m_bytes;
    std::size_t m_sizeBytes = 0;
    bool m_filtered;
};

bool bitAt(std::span<const std::byte> bits, std::uint64_t index) {
    const auto byte = std::to_integer<unsigned>(bits[static_cast<std::size_t>(index / 8)]);
    return (byte & (0x80U >> (index % 8))) != 0;
}

class ExtensibleArray {
public:
    ExtensibleArray(const File& file, std::uint64_t address, bool filtered)
        : m_file(file)
        , m_elements(readHeader(address, filtered)) {}

    std::vector<Chunk> read() {
        if (!m_file.isDefined(m_indexBlock) || m_used == 0)
            return {};
        const std::size_t o = m_file.offsetBytes();
        const std::uint64_t directBlocks = 2 * (m_pointers - 1);
        const auto directSupers = 2 * static_cast<std::size_t>(std::bit_width(m_pointers) - 1);
        const std::size_t supers =
            1 + m_maximumBits - static_cast<std::size_t>(std::bit_width(m_smallest) - 1);
        if (supers < directSupers)
            m_file.damaged("a chunk index has an impossible shape");
        const std::uint64_t bytes = kPrefix + o + m_first * m_elements.bytes() +
                                    (directBlocks + supers - directSupers) * o + kChecksum;
        const auto all = m_file.checkedBlock(m_indexBlock, bytes, "EAIB");
        ByteCursor cursor = m_file.cursor(all);
        cursor.skip(kPrefix + o);
        m_elements.take(cursor, m_first);
        for (std::size_t super = 0; super < directSupers; ++super) {
            for (std::uint64_t i = 0; i < blocksOf(super) && !isDone(); ++i)
                dataBlock(cursor.number(o), elementsOf(super), {}, 0);
        }
        for (std::size_t super = directSupers; super < supers && !isDone(); ++super)
            superBlock(cursor.number(o), super);
        return std::move(m_elements.chunks);
    }

private:
    Elements readHeader(std::uint64_t address, bool filtered) {
        const std::size_t o = m_file.offsetBytes();
        const std::size_t l = m_file.lengthBytes();
        const auto head = m_file.checkedBlock(address, 12 + 6 * l + o + kChecksum, "EAHD");
        ByteCursor cursor = m_file.cursor(head);
        cursor.skip(kPrefix);
        const auto elementBytes = static_cast<std::size_t>(cursor.number(1));
        m_maximumBits = static_cast<std::size_t>(cursor.number(1));
        m_first = cursor.number(1);
        m_smallest = cursor.number(1);
        m_pointers = cursor.number(1);
        m_pageBits = cursor.number(1);
        cursor.skip(4 * l);
        m_used = cursor.number(l);
        cursor.skip(l);
        m_indexBlock = cursor.number(o);
        const bool sound = m_maximumBits >= 1 && m_maximumBits <= 64 &&
                           std::has_single_bit(m_smallest) && std::has_single_bit(m_pointers) &&
                           m_pageBits <= 32 && m_maximumBits + 1 >= std::bit_width(m_smallest) &&
                           m_used <= kMostElements;
        if (!sound)
            m_file.damaged("a chunk index has an impossible shape");
        m_offsetBytes = (m_maximumBits + 7) / 8;
        return {m_file, elementBytes, filtered};
    }

    [[nodiscard]] bool isDone() const noexcept { return m_elements.chunks.size() >= m_used; }

    [[nodiscard]] static std::uint64_t blocksOf(std::size_t super) noexcept {
        return std::uint64_t{1} << (super / 2);
    }

    [[nodiscard]] std::uint64_t elementsOf(std::size_t super) const {
        // Below 2^25 elements in all, blocks stay small.
        if (super > 48)
            m_file.damaged("a chunk index has an impossible shape");
        return m_smallest << ((super + 1) / 2);
    }

    void skip(std::uint64_t count) {
        const std::uint64_t left =
            m_used - std::min<std::uint64_t>(m_used, m_elements.chunks.size());
        m_elements.skip(std::min(count, left));
    }

    /// `pages` has a bit for each page that was written, the block's own from `firstPage` on.
    void dataBlock(std::uint64_t address,
                   std::uint64_t count,
                   std::span<const std::byte> pages,
                   std::uint64_t firstPage) {
        if (!m_file.isDefined(address)) {
            skip(count);
            return;
        }
        const std::size_t prefix = kPrefix + m_file.offsetBytes() + m_offsetBytes;
        const std::uint64_t perPage = std::uint64_t{1} << m_pageBits;
        if (count <= perPage) {
            const auto all = m_file.checkedBlock(
                address, prefix + count * m_elements.bytes() + kChecksum, "EADB");
            ByteCursor cursor = m_file.cursor(all);
            cursor.skip(prefix);
            m_elements.take(cursor, count);
            return;
        }
        (void)m_file.checkedBlock(address, prefix + kChecksum, "EADB");
        const std::uint64_t pageBytes = perPage * m_elements.bytes() + kChecksum;
        for (std::uint64_t i = 0; i < count / perPage && !isDone(); ++i) {
            if (firstPage + i < 8 * pages.size() && bitAt(pages, firstPage + i))
                m_elements.takePage(address + prefix + kChecksum + i * pageBytes, perPage);
            else
                skip(perPage);
        }
    }

    void superBlock(std::uint64_t address, std::size_t super) {
        const std::uint64_t blocks = blocksOf(super);
        const std::uint64_t count = elementsOf(super);
        if (!m_file.isDefined(address)) {
            skip(blocks * count);
            return;
        }
        const std::uint64_t pages = count >> m_pageBits;
        const bool paged = count > std::uint64_t{1} << m_pageBits;
        const std::uint64_t mapBytes = paged ? blocks * ((pages + 7) / 8) : 0;
        const std::size_t o = m_file.offsetBytes();
        const std::size_t prefix = kPrefix + o + m_offsetBytes;
        const auto all =
            m_file.checkedBlock(address, prefix + mapBytes + blocks * o + kChecksum, "EASB");
        ByteCursor cursor = m_file.cursor(all);
        cursor.skip(prefix);
        const auto map = cursor.take(mapBytes);
        for (std::uint64_t i = 0; i < blocks && !isDone(); ++i)
            dataBlock(cursor.number(o), count, map, i * pages);
    }

    static constexpr std::uint64_t kMostElements = std::uint64_t{1} << 25U;

    const File& m_file;
    std::size_t m_maximumBits = 0;
    std::uint64_t m_first = 0;
    std::uint64_t m_smallest = 0;
    std::uint64_t m_pointers = 0;
    std::uint64_t m_pageBits = 0;
    std::uint64_t m_used = 0;
    std::uint64_t m_indexBlock = 0;
    std::size_t m_offsetBytes = 0;
    Elements m_elements;
};

} // namespace

std::vector<Chunk> readFixedArray(const File& file, std::uint64_t address, bool filtered) {
    const std::size_t o = file.offsetBytes();
    const std::size_t l = file.lengthBytes();
    const auto head = file.checkedBlock(address, 8 + l + o + kChecksum, "FAHD");
    ByteCursor start = file.cursor(head);
    start.skip(kPrefix);
    Elements elements(file, static_cast<std::size_t>(start.number(1)), filtered);
    const std::uint64_t pageBits = start.number(1);
    const std::uint64_t count = start.number(l);
    const std::uint64_t block = start.number(o);
    if (!file.isDefined(block))
        return {};
    if (pageBits > 32 || count > file.size() / elements.bytes())
        file.damaged("a chunk index has an impossible shape");
    const std::uint64_t perPage = std::uint64_t{1} << pageBits;
    if (count <= perPage) {
        const auto all =
            file.checkedBlock(block, kPrefix + o + count * elements.bytes() + kChecksum, "FADB");
        ByteCursor cursor = file.cursor(all);
        cursor.skip(kPrefix + o);
        elements.take(cursor, count);
        return std::move(elements.chunks);
    }
    const std::uint64_t pages = (count + perPage - 1) / perPage;
    const std::uint64_t mapBytes = (pages + 7) / 8;
    const std::uint64_t prefix = kPrefix + o + mapBytes + kChecksum;
    const auto all = file.checkedBlock(block, prefix, "FADB");
    const auto map = std::span(all).subspan(kPrefix + o, static_cast<std::size_t>(mapBytes));
    const std::uint64_t pageBytes = perPage * elements.bytes() + kChecksum;
    for (std::uint64_t i = 0; i < pages; ++i) {
        const std::uint64_t here = std::min(perPage, count - i * perPage);
        if (bitAt(map, i))
            elements.takePage(block + prefix + i * pageBytes, here);
        else
            elements.skip(here);
    }
    return std::move(elements.chunks);
}

std::vector<Chunk> readExtensibleArray(const File& file, std::uint64_t address, bool filtered) {
    return ExtensibleArray(file, address, filtered).read();
}

} // namespace likeness::hdf5
