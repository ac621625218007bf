// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytecursor.h"
#include "core/imaging/formats/bytesource.h"

#include <functional>
#include <string_view>
#include <vector>

namespace likeness::hdf5 {

/// One message of an object header: what an object (a group or a dataset) says of itself.
struct Message {
    unsigned type = 0;
    bool shared = false; ///< the body only says where the message is
    std::vector<std::byte> body;
};

/// The lowest layer of the HDF5 File Format Specification 3.0: superblock and object headers.
/// Damaged HDF5 files crash the usual library, so this reader is our own; every size is checked
/// against the file before memory is taken, every walk ends. Throws Error(format).
class File {
public:
    explicit File(ByteSourcePtr source);

    [[nodiscard]] const std::string& name() const noexcept { return m_source->name(); }

    [[nodiscard]] std::uint64_t size() const noexcept { return m_source->size(); }

    [[nodiscard]] std::uint64_t rootAddress() const noexcept { return m_root; }

    /// Bytes of an address and of a length in this file.
    [[nodiscard]] std::size_t offsetBytes() const noexcept { return m_offsetBytes; }

    [[nodiscard]] std::size_t lengthBytes() const noexcept { return m_lengthBytes; }

    /// All bits set stand for "nowhere".
    [[nodiscard]] bool isDefined(std::uint64_t address) const noexcept;

    [[nodiscard]] std::vector<std::byte> bytes(std::uint64_t address, std::uint64_t length) const;
    void read(std::uint64_t address, std::span<std::byte> out) const;

    /// A block that begins with `signature`.
    [[nodiscard]] std::vector<std::byte>
    block(std::uint64_t address, std::uint64_t length, std::string_view signature) const;

    /// The same for one that ends with a checksum, which is compared and left in place.
    [[nodiscard]] std::vector<std::byte>
    checkedBlock(std::uint64_t address, std::uint64_t length, std::string_view signature) const;

    [[nodiscard]] ByteCursor cursor(std::span<const std::byte> bytes) const {
        return {bytes, m_source->name()};
    }

    /// All messages of the object header at `address`, also those in continuation blocks.
    [[nodiscard]] std::vector<Message> messages(std::uint64_t address) const;

    [[noreturn]] void damaged(const std::string& why) const;

private:
    struct Run; ///< one block of messages

    void readOldSuperblock(std::uint64_t at, std::size_t version);
    void readNewSuperblock(std::uint64_t at);
    void checkEnd(std::uint64_t at, std::uint64_t base, std::uint64_t end);
    [[nodiscard]] Run firstRun(std::uint64_t address) const;
    [[nodiscard]] Run nextRun(const Run& run, const Message& continuation) const;
    void parseRun(const Run& run, std::vector<Message>& found) const;

    ByteSourcePtr m_source;
    std::uint64_t m_base = 0;
    std::uint64_t m_root = 0;
    std::size_t m_offsetBytes = 8;
    std::size_t m_lengthBytes = 8;
};

/// Jenkins' lookup3 hash, the checksum of HDF5's newer structures.
[[nodiscard]] std::uint32_t checksum(std::span<const std::byte> bytes) noexcept;

/// Calls `take` with each record of a version 2 B-tree.
void forEachRecord(const File& file,
                   std::uint64_t address,
                   const std::function<void(std::span<const std::byte>)>& take);

} // namespace likeness::hdf5
