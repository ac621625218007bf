// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/hdf5chunks.h"

namespace likeness::hdf5 {

/// The chunks of an index of fixed length, by number. Without filters their `bytes` stay 0.
[[nodiscard]] std::vector<Chunk>
readFixedArray(const File& file, std::uint64_t address, bool filtered);

/// The same for an index that grows with one axis.
[[nodiscard]] std::vector<Chunk>
readExtensibleArray(const File& file, std::uint64_t address, bool filtered);

} // namespace likeness::hdf5
