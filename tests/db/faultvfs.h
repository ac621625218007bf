// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace testing {

/// SQLite's own file layer with a fault at a chosen place. Installing makes it the default of this
/// process; every write, truncation, sync and removal of a file is one numbered operation.
class FaultVfs {
public:
    static void install();

    enum class Fault {
        none,
        kill,        ///< SIGKILL to this process before the operation
        diskFull,    ///< the operation fails with SQLITE_FULL
        ioError,     ///< the operation fails with SQLITE_IOERR_...
        ioErrorAfter ///< the operation is done, and reported as failed
    };

    /// From now on: operation `at` (from 1) fails, and all later ones if `forEver`. Starts counting
    /// anew.
    static void arm(Fault fault, std::int64_t at, bool forEver = false);
    static void disarm();

    /// Operations since arm() or disarm().
    [[nodiscard]] static std::int64_t operations();

    enum class Kind { write, truncate, sync, remove, removeSynced };

    struct Operation {
        Kind kind = Kind::write;
        std::string file; ///< full path
        std::int64_t offset = 0;
        std::string data;
    };

    /// Keeps what is done to files while `on`.
    static void record(bool on);
    [[nodiscard]] static const std::vector<Operation>& recorded();
};

} // namespace testing
