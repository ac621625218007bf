// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace likeness {

namespace {

std::string sentence(std::string_view what, std::string_view why, std::string_view remedy) {
    std::string text(what);
    if (!why.empty())
        text.append(": ").append(why);
    if (!remedy.empty())
        text.append(" (").append(remedy).append(")");
    return text;
}

} // namespace

std::string_view toString(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::io:
        return "io";
    case ErrorCode::format:
        return "format";
    case ErrorCode::config:
        return "config";
    case ErrorCode::numeric:
        return "numeric";
    case ErrorCode::notFound:
        return "not-found";
    case ErrorCode::conflict:
        return "conflict";
    case ErrorCode::unsupported:
        return "unsupported";
    case ErrorCode::database:
        return "database";
    case ErrorCode::process:
        return "process";
    case ErrorCode::memory:
        return "memory";
    case ErrorCode::cancelled:
        return "cancelled";
    }
    return "unknown";
}

Error::Error(ErrorCode code, std::string_view what, std::string_view why, std::string_view remedy)
    : std::runtime_error(sentence(what, why, remedy))
    , m_code(code)
    , m_subject(what)
    , m_why(why)
    , m_remedy(remedy) {}

Cancelled::Cancelled()
    : Error(ErrorCode::cancelled, "stopped", "the work was cancelled on request") {}

} // namespace likeness
