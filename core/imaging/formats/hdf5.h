// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// HDF5 of every version up to 1.14 (also NetCDF-4, DXchange, NeXus, ilastik): one dataset of rank
/// 2 (y, x) or 3 (z, y, x), a last axis of 3 being colours; more axes may have size 1. `dataset`
/// names it; if empty, hdf5::Catalog::choose() does. Stored in one piece or in chunks, plain or
/// with deflate, LZF, shuffle and checksums; values never written are the fill value. Data in other
/// files (external, virtual) and other filters are Error(unsupported) by name.
[[nodiscard]] SliceReaderPtr
openHdf5(ByteSourcePtr source, const ReadLimits& limits, const std::string& dataset);

} // namespace likeness
