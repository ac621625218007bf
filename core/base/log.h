// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

namespace likeness {

enum class LogLevel { debug, info, warning, error };

using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Replaces the receiver of log lines; an empty sink drops them. Call once, before threads start.
void setLogSink(LogSink sink);

/// English, untranslated; safe on any thread once the sink is set. Never holds what could unblind a
/// study.
void log(LogLevel level, std::string_view text);

} // namespace likeness
