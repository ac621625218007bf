// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/db/faultvfs.h"

#include <sqlite3.h>

#include <csignal>
#include <cstring>
#include <new>
#include <unistd.h>

namespace testing {

namespace {

struct Plan {
    FaultVfs::Fault fault = FaultVfs::Fault::none;
    std::int64_t at = 0;
    bool forEver = false;
    std::int64_t count = 0;
    bool recording = false;
    std::vector<FaultVfs::Operation> operations;
};

Plan& plan() {
    static Plan instance;
    return instance;
}

struct File {
    sqlite3_file base;
    std::string* name;
    sqlite3_file* real; ///< lies behind this struct
};

sqlite3_vfs* realVfs() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
    return vfs;
}

sqlite3_file* realOf(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real;
}

/// Runs one numbered operation, or its fault.
template <typename F>
int operation(int ioError, F&& f) {
    Plan& p = plan();
    ++p.count;
    const bool hit =
        p.fault != FaultVfs::Fault::none && (p.count == p.at || (p.forEver && p.count > p.at));
    if (!hit)
        return f();
    switch (p.fault) {
    case FaultVfs::Fault::kill:
        ::kill(::getpid(), SIGKILL);
        return SQLITE_IOERR;
    case FaultVfs::Fault::diskFull:
        return SQLITE_FULL;
    case FaultVfs::Fault::ioErrorAfter:
        static_cast<void>(f());
        return ioError;
    default:
        return ioError;
    }
}

void note(FaultVfs::Kind kind, const std::string& file, std::int64_t offset, std::string data) {
    if (plan().recording)
        plan().operations.push_back({kind, file, offset, std::move(data)});
}

int fileClose(sqlite3_file* file) {
    const int code = realOf(file)->pMethods->xClose(realOf(file));
    delete reinterpret_cast<File*>(file)->name;
    return code;
}

int fileRead(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
    return realOf(file)->pMethods->xRead(realOf(file), data, size, offset);
}

int fileWrite(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return operation(SQLITE_IOERR_WRITE, [&] {
        note(FaultVfs::Kind::write, *reinterpret_cast<File*>(file)->name, offset,
             std::string(static_cast<const char*>(data), static_cast<std::size_t>(size)));
        return realOf(file)->pMethods->xWrite(realOf(file), data, size, offset);
    });
}

int fileTruncate(sqlite3_file* file, sqlite3_int64 size) {
    return operation(SQLITE_IOERR_TRUNCATE, [&] {
        note(FaultVfs::Kind::truncate, *reinterpret_cast<File*>(file)->name, size, {});
        return realOf(file)->pMethods->xTruncate(realOf(file), size);
    });
}

int fileSync(sqlite3_file* file, int flags) {
    return operation(SQLITE_IOERR_FSYNC, [&] {
        note(FaultVfs::Kind::sync, *reinterpret_cast<File*>(file)->name, 0, {});
        return realOf(file)->pMethods->xSync(realOf(file), flags);
    });
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
    return realOf(file)->pMethods->xFileSize(realOf(file), size);
}

int fileLock(sqlite3_file* file, int level) {
    return realOf(file)->pMethods->xLock(realOf(file), level);
}

int fileUnlock(sqlite3_file* file, int level) {
    return realOf(file)->pMethods->xUnlock(realOf(file), level);
}

int fileReserved(sqlite3_file* file, int* reserved) {
    return realOf(file)->pMethods->xCheckReservedLock(realOf(file), reserved);
}

int fileControl(sqlite3_file* file, int op, void* argument) {
    return realOf(file)->pMethods->xFileControl(realOf(file), op, argument);
}

int fileSector(sqlite3_file* file) {
    return realOf(file)->pMethods->xSectorSize(realOf(file));
}

int fileTraits(sqlite3_file* file) {
    return realOf(file)->pMethods->xDeviceCharacteristics(realOf(file));
}

const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods table = [] {
        sqlite3_io_methods m{};
        m.iVersion = 1;
        m.xClose = fileClose;
        m.xRead = fileRead;
        m.xWrite = fileWrite;
        m.xTruncate = fileTruncate;
        m.xSync = fileSync;
        m.xFileSize = fileSize;
        m.xLock = fileLock;
        m.xUnlock = fileUnlock;
        m.xCheckReservedLock = fileReserved;
        m.xFileControl = fileControl;
        m.xSectorSize = fileSector;
        m.xDeviceCharacteristics = fileTraits;
        return m;
    }();
    return table;
}

int vfsOpen(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* outFlags) {
    auto* const own = reinterpret_cast<File*>(file);
    own->real = reinterpret_cast<sqlite3_file*>(own + 1);
    own->real->pMethods = nullptr;
    const int code = realVfs()->xOpen(realVfs(), name, own->real, flags, outFlags);
    own->base.pMethods = own->real->pMethods != nullptr ? &methods() : nullptr;
    if (own->base.pMethods != nullptr)
        own->name = new std::string(name != nullptr ? name : "");
    return code;
}

int vfsDelete(sqlite3_vfs*, const char* name, int syncFolder) {
    return operation(SQLITE_IOERR_DELETE, [&] {
        note(syncFolder != 0 ? FaultVfs::Kind::removeSynced : FaultVfs::Kind::remove, name, 0, {});
        return realVfs()->xDelete(realVfs(), name, syncFolder);
    });
}

} // namespace

void FaultVfs::install() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs copy = *realVfs();
        copy.zName = "fault";
        copy.szOsFile = static_cast<int>(sizeof(File)) + realVfs()->szOsFile;
        copy.xOpen = vfsOpen;
        copy.xDelete = vfsDelete;
        copy.pNext = nullptr;
        return copy;
    }();
    sqlite3_vfs_register(&vfs, 1);
}

void FaultVfs::arm(Fault fault, std::int64_t at, bool forEver) {
    plan().fault = fault;
    plan().at = at;
    plan().forEver = forEver;
    plan().count = 0;
}

void FaultVfs::disarm() {
    arm(Fault::none, 0);
}

std::int64_t FaultVfs::operations() {
    return plan().count;
}

void FaultVfs::record(bool on) {
    plan().recording = on;
    if (on)
        plan().operations.clear();
}

const std::vector<FaultVfs::Operation>& FaultVfs::recorded() {
    return plan().operations;
}

} // namespace testing
