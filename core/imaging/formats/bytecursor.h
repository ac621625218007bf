// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace likeness {

/// Reads numbers and texts one after the other from a block of a file. Reading past the end of the
/// block throws Error(format) that calls `name` damaged; nothing is ever read beyond it.
class ByteCursor {
public:
    /// Both must outlive the cursor.
    ByteCursor(std::span<const std::byte> bytes, const std::string& name, bool bigEndian = false)
        : m_bytes(bytes)
        , m_name(&name)
        , m_bigEndian(bigEndian) {}

    /// An unsigned number of 1 to 8 bytes.
    std::uint64_t number(std::size_t count) {
        const auto bytes = take(count);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i)
            value = value << 8U |
                    std::to_integer<std::uint64_t>(bytes[m_bigEndian ? i : count - 1 - i]);
        return value;
    }

    std::span<const std::byte> take(std::uint64_t count) {
        if (count > m_bytes.size() - m_position)
            throw Error(ErrorCode::format, *m_name,
                        "the file is damaged or truncated: a part of its header ends too early",
                        "copy it again from its origin");
        const auto bytes = m_bytes.subspan(m_position, static_cast<std::size_t>(count));
        m_position += static_cast<std::size_t>(count);
        return bytes;
    }

    std::string text(std::uint64_t count) {
        const auto bytes = take(count);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    void skip(std::uint64_t count) { (void)take(count); }

    /// Moves on to the next multiple of `step`, counted from the block's begin.
    void align(std::size_t step) { skip((step - m_position % step) % step); }

    [[nodiscard]] std::size_t position() const noexcept { return m_position; }

    [[nodiscard]] std::size_t remaining() const noexcept { return m_bytes.size() - m_position; }

private:
    std::span<const std::byte> m_bytes;
    const std::string* m_name;
    bool m_bigEndian;
    std::size_t m_position = 0;
};

} // namespace likeness
