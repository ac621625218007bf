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

[[nodiscard]] inline bool isOutOfMemory(const std::exception& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
        dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
        return true;
    // The CPU allocator and oneDNN report a refused allocation as plain errors.
    const auto* torchError = dynamic_cast<const c10::Error*>(&error);
    const std::string text =
        torchError != nullptr ? torchError->what_without_backtrace() : error.what();
    for (const char* words : {"not enough memory", "out of memory", "out_of_memory",
                              "can't allocate memory", "could not create a memory"}) {
        if (text.find(words) != std::string::npos)
            return true;
    }
    return false;
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
