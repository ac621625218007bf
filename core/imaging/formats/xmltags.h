// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace likeness {

/// One tag of an XML file.
struct XmlTag {
    std::string name;
    bool closing = false; ///< </name>
    bool empty = false;   ///< <name/>
    std::vector<std::pair<std::string, std::string>> attributes;
    std::uint64_t begin = 0; ///< where '<' lies
    std::uint64_t end = 0;   ///< behind '>'

    [[nodiscard]] bool has(std::string_view attribute) const noexcept;

    /// Empty text if there is no such attribute.
    [[nodiscard]] std::string value(std::string_view attribute) const;
};

/// The tags of an XML file one after another, without the texts between them, however long those
/// are. Comments and processing instructions are passed over; document types, CDATA and more than
/// 4096 tags or 1 MiB of them are refused.
class XmlTags {
public:
    explicit XmlTags(const ByteSource& source)
        : m_source(source) {}

    /// Empty at the end of the file. Throws Error(format), Error(unsupported).
    [[nodiscard]] std::optional<XmlTag> next();

private:
    bool find(char wanted);
    [[nodiscard]] std::string textOf(std::uint64_t begin);
    [[noreturn]] void damaged(const std::string& why) const;

    const ByteSource& m_source;
    std::uint64_t m_position = 0;
    std::size_t m_used = 0;  ///< bytes of tags so far
    std::size_t m_count = 0; ///< tags so far
};

} // namespace likeness
