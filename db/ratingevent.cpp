// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/ratingevent.h"

#include "core/base/error.h"
#include "core/base/sha256.h"

#include <algorithm>
#include <charconv>

namespace likeness {

namespace {

/// Writes one flat JSON object whose keys the caller gives in byte order. The same text as
/// Json::dump, several times faster: a million of these are hashed when a large store is opened.
class FlatWriter {
public:
    void text(std::string_view key, std::string_view value) {
        name(key);
        const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
            return c >= ' ' && c <= '~' && c != '"' && c != '\\';
        });
        if (plain)
            m_text.append("\"").append(value).append("\"");
        else
            m_text.append(Json(value).dump());
    }

    void integer(std::string_view key, std::int64_t value) {
        name(key);
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        m_text.append(digits, end);
    }

    void json(std::string_view key, const Json& value) {
        name(key);
        m_text.append(value.dump());
    }

    [[nodiscard]] std::string take() {
        m_text.push_back('}');
        return std::move(m_text);
    }

private:
    void name(std::string_view key) {
        m_text.append(m_text.empty() ? "{\"" : ",\"").append(key).append("\":");
    }

    std::string m_text;
};

std::string flatText(const RatingEvent& event, bool withHash) {
    FlatWriter out;
    out.text("app_version", event.appVersion);
    out.text("boot_id", event.bootId);
    out.text("chain", event.chain);
    if (withHash)
        out.text("hash", event.hash);
    out.text("id", event.id);
    out.text("input", event.input);
    out.text("kind", toString(event.kind));
    out.integer("monotonic_ns", event.monotonicNs);
    out.integer("plan_seq", event.planSeq);
    out.text("prev_hash", event.prevHash);
    out.text("rater", event.rater);
    out.integer("rt_ns", event.rtNs);
    out.integer("seq", event.seq);
    out.text("session", event.session);
    out.json("simulated", Json(event.simulated));
    out.text("stimulus", event.stimulus);
    out.text("study", event.study);
    out.json("supersedes", event.supersedes ? Json(*event.supersedes) : Json());
    out.json("telemetry", event.telemetry);
    out.text("utc", event.utc);
    out.json("value", event.value ? Json(*event.value) : Json());
    return out.take();
}

std::string write(const RatingEvent& event, bool withHash) {
    try {
        return flatText(event, withHash);
    } catch (const Json::exception& error) {
        throw Error(ErrorCode::format, "a rating event", error.what(), "use UTF-8 text");
    }
}

/// Reads the fields of one line and complains by name.
class FieldReader {
public:
    explicit FieldReader(std::string_view line)
        : m_document(Json::parse(line, nullptr, false)) {
        if (!m_document.is_object())
            throw Error(ErrorCode::format, "a rating event", "the line is not a JSON object");
    }

    [[nodiscard]] std::string text(const char* key) {
        const Json& value = at(key);
        if (!value.is_string())
            fault(key, "must be a text");
        return value.get<std::string>();
    }

    [[nodiscard]] std::int64_t integer(const char* key) {
        const Json& value = at(key);
        if (!value.is_number_integer() ||
            (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
            fault(key, "must be a whole number");
        return value.get<std::int64_t>();
    }

    [[nodiscard]] bool boolean(const char* key) {
        const Json& value = at(key);
        if (!value.is_boolean())
            fault(key, "must be true or false");
        return value.get<bool>();
    }

    [[nodiscard]] Json object(const char* key) {
        const Json& value = at(key);
        if (!value.is_object())
            fault(key, "must be an object");
        return value;
    }

    [[nodiscard]] bool isNull(const char* key) { return at(key).is_null(); }

    [[nodiscard]] std::size_t size() const noexcept { return m_document.size(); }

    [[noreturn]] static void fault(const char* key, const char* why) {
        throw Error(ErrorCode::format, "a rating event", std::string(key) + " " + why);
    }

private:
    const Json& at(const char* key) {
        const auto found = m_document.find(key);
        if (found == m_document.end())
            fault(key, "is missing");
        return *found;
    }

    Json m_document;
};

} // namespace

std::string_view toString(EventKind kind) noexcept {
    return kind == EventKind::answer ? "answer" : "undo";
}

std::string hashedText(const RatingEvent& event) {
    return write(event, false);
}

std::string eventHash(const RatingEvent& event) {
    return sha256Hex(hashedText(event));
}

std::string toLine(const RatingEvent& event) {
    return write(event, true);
}

RatingEvent eventFromLine(std::string_view line) {
    FieldReader in(line);
    RatingEvent event;
    event.appVersion = in.text("app_version");
    event.bootId = in.text("boot_id");
    event.chain = in.text("chain");
    event.hash = in.text("hash");
    event.id = in.text("id");
    event.input = in.text("input");
    const std::string kind = in.text("kind");
    if (kind != "answer" && kind != "undo")
        FieldReader::fault("kind", "must be answer or undo");
    event.kind = kind == "answer" ? EventKind::answer : EventKind::undo;
    event.monotonicNs = in.integer("monotonic_ns");
    event.planSeq = in.integer("plan_seq");
    event.prevHash = in.text("prev_hash");
    event.rater = in.text("rater");
    event.rtNs = in.integer("rt_ns");
    event.seq = in.integer("seq");
    event.session = in.text("session");
    event.simulated = in.boolean("simulated");
    event.stimulus = in.text("stimulus");
    event.study = in.text("study");
    if (!in.isNull("supersedes"))
        event.supersedes = in.text("supersedes");
    event.telemetry = in.object("telemetry");
    event.utc = in.text("utc");
    if (!in.isNull("value"))
        event.value = in.integer("value");
    if (in.size() != 21)
        FieldReader::fault("the line", "holds fields that are not known");
    if (event.value.has_value() != (event.kind == EventKind::answer))
        FieldReader::fault("value", "belongs to answers, and only to them");
    return event;
}

} // namespace likeness
