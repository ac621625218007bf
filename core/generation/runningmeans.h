// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <string>
#include <utility>
#include <vector>

namespace likeness {

/// Running means of named figures, over about 100 steps.
class RunningMeans {
public:
    void add(const std::vector<std::pair<std::string, double>>& figures);

    /// `otherwise` until the figure has been given once.
    [[nodiscard]] double mean(const std::string& name, double otherwise) const;

    /// How many steps its mean stands for; 0 before the first.
    [[nodiscard]] double weight(const std::string& name) const;

    /// {name: mean}
    [[nodiscard]] Json means() const;

    /// For the state of a run.
    [[nodiscard]] Json save() const { return m_sums; }

    void load(const Json& saved);

private:
    Json m_sums = Json::object(); ///< name: [sum, weight]
};

} // namespace likeness
