// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/folders.h"

#include "core/base/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void throwIo(const fs::path& folder, const char* doing, int error) {
    throw Error(ErrorCode::io, folder.string(),
                std::string(doing) + " the folder failed, " + std::strerror(error),
                error == ENOSPC ? "free some space and try again" : "check its permissions");
}

} // namespace

void syncFolder(const fs::path& folder) {
    const fs::path named = folder.empty() ? fs::path(".") : folder;
    const int fd = ::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        throwIo(named, "opening", errno);
    const int code = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    if (code != 0)
        throwIo(named, "syncing", error);
}

void makeFolder(const fs::path& folder, bool ownerOnly) {
    std::error_code ignored;
    if (folder.empty() || fs::is_directory(folder, ignored))
        return;
    makeFolder(folder.parent_path());
    if (::mkdir(folder.c_str(), ownerOnly ? 0700 : 0777) != 0 && errno != EEXIST)
        throwIo(folder, "making", errno);
    syncFolder(folder.parent_path());
}

} // namespace likeness
