// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "db/records.h"

#include <functional>

namespace likeness {

/// Pixels of a sample, on any thread. Throws what Project::pixels() throws.
using PixelSource = std::function<Volume(const SampleRecord&)>;

} // namespace likeness
