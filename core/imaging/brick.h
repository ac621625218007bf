// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/slicesource.h"

#include <compare>
#include <cstddef>
#include <exception>
#include <memory>

namespace likeness {

/// A block of one level, counted in blocks of SliceSource::blockSize() for that axis.
struct BrickKey {
    int level = 0;
    int axis = 2;
    SliceSource::Size index{};

    friend auto operator<=>(const BrickKey&, const BrickKey&) = default;
};

struct Brick {
    Volume::Box box; ///< voxels of its level
    std::unique_ptr<std::byte[]> bytes;
};

using BrickPtr = std::shared_ptr<const Brick>;

/// What a request came to: the brick or, if it cannot be had, why not.
struct BrickDelivery {
    BrickKey key;
    BrickPtr brick;
    std::exception_ptr error;
};

} // namespace likeness
