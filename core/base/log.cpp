// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <utility>

namespace likeness {

namespace {

LogSink& sink() {
    static LogSink current;
    return current;
}

} // namespace

void setLogSink(LogSink next) {
    sink() = std::move(next);
}

void log(LogLevel level, std::string_view text) {
    if (sink())
        sink()(level, text);
}

} // namespace likeness
