// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QString>

#include <optional>
#include <string>

namespace likeness {

/// Which sets and samples are looked for. What is absent or empty leaves nothing out.
struct SampleFilter {
    std::optional<Domain> domain;
    std::optional<Origin> origin;
    std::optional<std::string> generator;
    QString text; ///< part of a set's name, a specimen, a file, a prompt, a seed or an id

    [[nodiscard]] bool isEmpty() const {
        return !domain && !origin && !generator && text.isEmpty();
    }

    /// Whether the set is of that domain, origin and generator.
    [[nodiscard]] bool admits(const SetRecord& set) const;

    /// Whether the text is found in a sample of a set, without regard to case.
    [[nodiscard]] bool finds(const SetRecord& set, const SampleRecord& sample) const;
};

} // namespace likeness
