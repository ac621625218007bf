// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/domain.h"

namespace likeness {

std::string_view toString(Domain domain) noexcept {
    return domain == Domain::rock ? "rock" : domain == Domain::fibre ? "fibre" : "root";
}

std::string_view toString(Origin origin) noexcept {
    return origin == Origin::real ? "real" : origin == Origin::synthetic ? "synthetic" : "phantom";
}

std::optional<Domain> domainFrom(std::string_view word) noexcept {
    for (const Domain d : {Domain::rock, Domain::fibre, Domain::root}) {
        if (toString(d) == word)
            return d;
    }
    return std::nullopt;
}

std::optional<Origin> originFrom(std::string_view word) noexcept {
    for (const Origin o : {Origin::real, Origin::synthetic, Origin::phantom}) {
        if (toString(o) == word)
            return o;
    }
    return std::nullopt;
}

} // namespace likeness
