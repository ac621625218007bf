// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/revision.h"

namespace likeness {

std::string_view sourceRevision() noexcept {
    return LIKENESS_REVISION;
}

} // namespace likeness
