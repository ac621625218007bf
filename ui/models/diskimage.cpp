// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/diskimage.h"

#include "ui/words.h"

#include <QStandardPaths>

#include <algorithm>
#include <unistd.h>

namespace likeness {

DiskImage openDiskImage(const DiskImageRequest& request, JobContext& job) {
    DiskImage image;
    image.name = request.path.filename().string();
    if (image.name.empty()) // a folder with a slash behind it
        image.name = request.path.parent_path().filename().string();
    image.source = openSlices(request.path, request.options);
    image.header = image.source->header();
    const ImageHeader& header = image.header;
    const double bytes = static_cast<double>(header.width) * static_cast<double>(header.height) *
                         static_cast<double>(header.depth) *
                         static_cast<double>(image.source->voxelBytes());
    if (bytes <= static_cast<double>(std::min(request.wholeBytes, Volume::kMaximumBytes))) {
        image.source.reset();
        image.volume =
            std::make_shared<const Volume>(readVolume(request.path, request.options, job));
        return image;
    }
    job.report(0.2, "Looking at " + image.name);
    image.glimpse = glimpseOf(*image.source, job.stopToken());
    image.shelf = request.shelf;
    image.origin = PyramidOrigin::of(*image.source, request.options, image.glimpse);
    if (auto pyramid = Pyramid::find(image.shelf, *image.source, image.origin)) {
        image.source->setStore(std::move(pyramid));
        image.glimpse = glimpseOf(*image.source, job.stopToken());
    }
    return image;
}

std::int64_t imageMemory(int mebibytes) {
    if (mebibytes > 0)
        return std::int64_t{mebibytes} << 20U;
    const std::int64_t quarter = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE) / 4;
    return std::clamp(quarter, std::int64_t{64} << 20U, std::int64_t{4} << 30U);
}

PyramidShelf userShelf() {
    PyramidShelf shelf;
    shelf.folder =
        words::path(QStandardPaths::writableLocation(QStandardPaths::CacheLocation)) / "pyramids";
    return shelf;
}

} // namespace likeness
