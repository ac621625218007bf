// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/xmltags.h"

#include "core/base/error.h"
#include "core/imaging/formats/headertext.h"

#include <algorithm>
#include <array>
#include <span>

namespace likeness {

namespace {

constexpr std::size_t kMaximumTag = 16384;
constexpr std::size_t kMaximumTags = 4096;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isInName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':' || c == '.';
}

std::string_view takeName(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), isInName);
    const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(name.size());
    return name;
}

void skipSpaces(std::string_view& text) {
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
}

/// The five entities that XML always has; others stay as they are.
std::string withoutEntities(std::string_view text) {
    constexpr std::pair<std::string_view, char> kEntities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    std::string result;
    while (!text.empty()) {
        const auto* const found =
            std::find_if(std::begin(kEntities), std::end(kEntities),
                         [&](const auto& entity) { return text.starts_with(entity.first); });
        const bool known = found != std::end(kEntities);
        result += known ? found->second : text.front();
        text.remove_prefix(known ? found->first.size() : 1);
    }
    return result;
}

/// name="value" or name='value'; false if the text is none.
bool takeAttribute(std::string_view& text, XmlTag& tag) {
    const std::string name(takeName(text));
    skipSpaces(text);
    if (name.empty() || tag.has(name) || !text.starts_with('='))
        return false;
    text.remove_prefix(1);
    skipSpaces(text);
    if (text.empty() || (text.front() != '"' && text.front() != '\''))
        return false;
    const std::size_t close = text.find(text.front(), 1);
    if (close == std::string_view::npos)
        return false;
    tag.attributes.emplace_back(name, withoutEntities(text.substr(1, close - 1)));
    text.remove_prefix(close + 1);
    return text.empty() || isSpace(text.front()) || text.front() == '/';
}

/// The length of the tag, comment or instruction that `text` begins with; npos if its end is not in
/// the text.
std::size_t lengthOf(std::string_view text) {
    const auto behind = [&](std::string_view end, std::size_t from) {
        const std::size_t at = text.find(end, from);
        return at == std::string_view::npos ? at : at + end.size();
    };
    if (text.starts_with("<!--"))
        return behind("-->", 4);
    if (text.starts_with("<?"))
        return behind("?>", 2);
    char quote = '\0';
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1;
        else if (c == '<')
            return std::string_view::npos;
    }
    return std::string_view::npos;
}

} // namespace

bool XmlTag::has(std::string_view attribute) const noexcept {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const auto& row) { return row.first == attribute; });
}

std::string XmlTag::value(std::string_view attribute) const {
    for (const auto& [key, text] : attributes) {
        if (key == attribute)
            return text;
    }
    return {};
}

void XmlTags::damaged(const std::string& why) const {
    throw Error(ErrorCode::format, m_source.name(), "its XML is damaged, " + why,
                "save the file again with the program that made it");
}

/// Moves to the next place of a character; false if there is none.
bool XmlTags::find(char wanted) {
    std::array<char, 16384> buffer{};
    for (;;) {
        const std::size_t got =
            m_source.read(m_position, std::as_writable_bytes(std::span(buffer)));
        const char* const end = buffer.data() + got;
        const char* const at = std::find(static_cast<const char*>(buffer.data()), end, wanted);
        m_position += static_cast<std::uint64_t>(at - buffer.data());
        if (at != end)
            return true;
        if (got == 0)
            return false;
    }
}

std::string XmlTags::textOf(std::uint64_t begin) {
    std::string text(kMaximumTag, '\0');
    text.resize(m_source.read(begin, std::as_writable_bytes(std::span(text))));
    const std::size_t length = lengthOf(text);
    if (length == std::string::npos)
        damaged("it has no end of the tag '" + text.substr(0, 20) + "'");
    text.resize(length);
    m_used += length;
    if (++m_count > kMaximumTags || m_used > kMaximumHeaderText)
        throw Error(ErrorCode::unsupported, m_source.name(),
                    "its XML has more tags than an image needs",
                    "check that it is the image file that you mean");
    return text;
}

std::optional<XmlTag> XmlTags::next() {
    for (;;) {
        if (!find('<'))
            return std::nullopt;
        XmlTag tag;
        tag.begin = m_position;
        const std::string whole = textOf(m_position);
        m_position += whole.size();
        tag.end = m_position;
        if (whole.starts_with("<?") || whole.starts_with("<!--"))
            continue;
        std::string_view text(whole);
        text = text.substr(1, text.size() - 2);
        tag.closing = text.starts_with('/');
        if (tag.closing)
            text.remove_prefix(1);
        tag.name = takeName(text);
        if (tag.name.empty())
            damaged("it has the tag '" + whole.substr(0, 40) + "'");
        for (skipSpaces(text); !text.empty() && text != "/"; skipSpaces(text)) {
            if (tag.closing || !takeAttribute(text, tag))
                damaged("it has the tag '" + whole.substr(0, 40) + "'");
        }
        tag.empty = text == "/";
        return tag;
    }
}

} // namespace likeness
