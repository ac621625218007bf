// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/wishes.h"

#include <cmath>
#include <cstdlib>
#include <string>

namespace likeness::cli {

namespace {

/// "porosity=0.2" as a name and a number.
void addValue(const std::string& word, ConditionWish& wish) {
    const std::size_t equals = word.find('=');
    const std::string number = equals == std::string::npos ? "" : word.substr(equals + 1);
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (equals == 0 || number.empty() || *end != '\0' || !std::isfinite(value))
        throw UsageError("--set-value got \"" + word + "\" (use NAME=NUMBER, as in porosity=0.2)");
    if (!wish.values.emplace(word.substr(0, equals), value).second)
        throw UsageError("--set-value names \"" + word.substr(0, equals) + "\" twice");
}

} // namespace

ConditionWish wishOptions(const Arguments& arguments) {
    ConditionWish wish;
    for (const std::string& words : arguments.all("--set-value")) {
        for (const std::string& word : commaList(words))
            addValue(word, wish);
    }
    wish.className = arguments.text("--class");
    wish.guidance = arguments.real("--guidance", 0.0, 20.0);
    return wish;
}

} // namespace likeness::cli
