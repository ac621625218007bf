// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/tiffhandle.h"

#include "core/base/error.h"

#include <tiffio.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace likeness {

struct TiffHandle::Callbacks {
    static TiffHandle& self(thandle_t handle) { return *static_cast<TiffHandle*>(handle); }

    static tmsize_t read(thandle_t handle, void* out, tmsize_t count) {
        TiffHandle& tiff = self(handle);
        if (count <= 0)
            return 0;
        const std::size_t got = tiff.m_source->read(
            tiff.m_position, {static_cast<std::byte*>(out), static_cast<std::size_t>(count)});
        tiff.m_position += got;
        return static_cast<tmsize_t>(got);
    }

    static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }

    static toff_t seek(thandle_t handle, toff_t offset, int whence) {
        TiffHandle& tiff = self(handle);
        if (whence == SEEK_CUR)
            offset += tiff.m_position;
        else if (whence == SEEK_END)
            offset += tiff.m_source->size();
        tiff.m_position = offset;
        return offset;
    }

    static int close(thandle_t) { return 0; }

    static toff_t size(thandle_t handle) { return self(handle).m_source->size(); }

    static int map(thandle_t, void**, toff_t*) { return 0; }

    static void unmap(thandle_t, void*, toff_t) {}

    static int onError(tiff*, void* user, const char*, const char* format, std::va_list arguments) {
        auto& tiff = *static_cast<TiffHandle*>(user);
        if (!tiff.m_complaint.empty())
            return 1;
        std::array<char, 256> text{};
        std::vsnprintf(text.data(), text.size(), format, arguments);
        try {
            tiff.m_complaint = text.data();
        } catch (const std::bad_alloc&) {
            return 1;
        }
        while (!tiff.m_complaint.empty() &&
               (tiff.m_complaint.back() == '.' || tiff.m_complaint.back() == '\n'))
            tiff.m_complaint.pop_back();
        return 1;
    }

    // Warnings are about tags nobody here reads; what touches the pixels is an error.
    static int onWarning(tiff*, void*, const char*, const char*, std::va_list) { return 1; }
};

TiffHandle::TiffHandle(ByteSourcePtr source, std::int64_t limit)
    : m_source(std::move(source)) {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    if (options == nullptr)
        throw Error(ErrorCode::memory, m_source->name(), "there is no memory to read it");
    TIFFOpenOptionsSetErrorHandlerExtR(options, Callbacks::onError, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options, Callbacks::onWarning, this);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, limit);
    // m: no memory mapping.
    m_tiff = TIFFClientOpenExt("image", "rm", this, Callbacks::read, Callbacks::write,
                               Callbacks::seek, Callbacks::close, Callbacks::size, Callbacks::map,
                               Callbacks::unmap, options);
    TIFFOpenOptionsFree(options);
    if (m_tiff == nullptr)
        fail("");
}

TiffHandle::~TiffHandle() {
    if (m_tiff != nullptr)
        TIFFClose(m_tiff);
}

void TiffHandle::fail(const std::string& where) {
    std::string why = "the TIFF file is damaged or truncated";
    if (!where.empty())
        why += " at " + where;
    if (const std::string said = std::exchange(m_complaint, {}); !said.empty())
        why += ", libtiff says: " + said;
    throw Error(ErrorCode::format, m_source->name(), why, "copy it again from its origin");
}

} // namespace likeness
