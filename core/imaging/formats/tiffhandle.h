// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <cstdint>
#include <memory>
#include <string>

struct tiff;

namespace likeness {

/// libtiff reading from a ByteSource. What libtiff has to say goes to this object, never to stderr.
class TiffHandle {
public:
    /// Throws Error(format) if libtiff finds no first page. Single allocations of libtiff stay
    /// below `limit` bytes.
    TiffHandle(ByteSourcePtr source, std::int64_t limit);
    ~TiffHandle();
    TiffHandle(const TiffHandle&) = delete;
    TiffHandle& operator=(const TiffHandle&) = delete;

    [[nodiscard]] tiff* get() const noexcept { return m_tiff; }

    [[nodiscard]] const ByteSource& source() const noexcept { return *m_source; }

    [[nodiscard]] const ByteSourcePtr& sharedSource() const noexcept { return m_source; }

    /// Error(format) with libtiff's first complaint since the last call.
    [[noreturn]] void fail(const std::string& where);

    [[nodiscard]] bool hasComplaint() const noexcept { return !m_complaint.empty(); }

    struct Callbacks; ///< what libtiff calls; defined beside the constructor

private:
    ByteSourcePtr m_source;
    tiff* m_tiff = nullptr;
    std::uint64_t m_position = 0;
    std::string m_complaint;
};

} // namespace likeness
