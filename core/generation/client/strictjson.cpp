// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/strictjson.h"

#include "core/base/error.h"

#include <set>
#include <vector>

namespace likeness {

namespace {

[[noreturn]] void refuse(const std::string& subject, const std::string& why) {
    throw Error(ErrorCode::format, subject, why, "make the file anew");
}

} // namespace

Json parseStrictJson(std::string_view text, const std::string& subject, int maximumDepth) {
    std::vector<std::set<std::string>> keys;
    const Json::parser_callback_t check = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > maximumDepth)
            refuse(subject, "the header is nested more than " + std::to_string(maximumDepth) +
                                " levels deep");
        if (event == Json::parse_event_t::object_start)
            keys.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            keys.pop_back();
        else if (event == Json::parse_event_t::key &&
                 !keys.back().insert(parsed.get<std::string>()).second)
            refuse(subject, "the header names '" + parsed.get<std::string>() + "' twice");
        return true;
    };
    try {
        return Json::parse(text.begin(), text.end(), check);
    } catch (const Json::exception& e) {
        refuse(subject, std::string("the header is no valid JSON, ") + e.what());
    }
}

std::int64_t boundedInteger(const Json& object,
                            const char* key,
                            std::int64_t low,
                            std::int64_t high,
                            const std::string& subject) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer())
        refuse(subject, std::string("'") + key + "' is missing or no whole number");
    if (found->is_number_unsigned() &&
        found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        refuse(subject, std::string("'") + key + "' is too large");
    const auto value = found->get<std::int64_t>();
    if (value < low || value > high)
        refuse(subject, std::string("'") + key + "' is " + std::to_string(value) +
                            ", allowed are " + std::to_string(low) + " to " + std::to_string(high));
    return value;
}

std::string requiredText(const Json& object, const char* key, const std::string& subject) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string())
        refuse(subject, std::string("'") + key + "' is missing or no text");
    return found->get<std::string>();
}

} // namespace likeness
