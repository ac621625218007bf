// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <torch/torch.h>

#include <new>
#include <string>
#include <utility>

namespace likeness {

/// What kept a torch call from working, without torch's stack trace.
[[nodiscard]] inline std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

[[nodiscard]] inline bool isOutOfMemory(const c10::Error& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr)
        return true;
    // The CPU allocator reports a refused allocation as a plain error.
    const std::string text = error.what_without_backtrace();
    return text.find("not enough memory") != std::string::npos ||
           text.find("out of memory") != std::string::npos;
}

/// Runs `work` and turns what LibTorch throws into one Error that begins with `doing`.
template <typename F>
decltype(auto) translated(const char* doing, F&& work) {
    try {
        return std::forward<F>(work)();
    } catch (const c10::Error& error) {
        if (isOutOfMemory(error))
            throw Error(ErrorCode::memory, doing, "there is not enough memory",
                        "use a smaller size or close other programs");
        throw Error(ErrorCode::process, doing, firstLine(error.what_without_backtrace()));
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::memory, doing, "there is not enough memory",
                    "use a smaller size or close other programs");
    }
}

} // namespace likeness
