// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QByteArray>

#include <optional>
#include <string>
#include <utility>

namespace testing {

/// The error that `f` throws; empty if it throws none.
template <typename F>
[[nodiscard]] std::optional<likeness::Error> thrownBy(F&& f) {
    try {
        static_cast<void>(std::forward<F>(f)());
    } catch (const likeness::Error& error) {
        return error;
    }
    return std::nullopt;
}

[[nodiscard]] inline QByteArray wordOf(likeness::ErrorCode code) {
    return QByteArray::fromStdString(std::string(likeness::toString(code)));
}

/// The word of its code; "nothing" if it throws nothing.
template <typename F>
[[nodiscard]] QByteArray codeOf(F&& f) {
    const auto error = thrownBy(std::forward<F>(f));
    return error ? wordOf(error->code()) : QByteArray("nothing");
}

} // namespace testing
