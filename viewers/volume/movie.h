// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "viewers/volume/volumescene.h"

#include <QSize>
#include <QString>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QOffscreenSurface;

namespace likeness {

enum class MovieKind {
    turntable, ///< once round the upright axis of the camera
    slices     ///< from the first to the last slice along z, of both by their share of the depth
};

/// One half of every frame.
struct MoviePane {
    std::shared_ptr<const Volume> volume; ///< grey
    TransferFunction transfer;
    SceneOptions options;
    std::shared_ptr<const IsoSurface> surface; ///< may be null
    QString title;
};

struct MovieSpec {
    MovieKind kind = MovieKind::turntable;
    int frames = 90;
    QSize size{1024, 768}; ///< of a whole frame; two panes stand side by side in it
    std::array<std::optional<MoviePane>, 2> panes;
    CameraPose pose;
    WorldUnit unit = WorldUnit::fraction;
    double linkSize = 1.0;
    std::filesystem::path folder; ///< must not exist; its parent must
    QString program;              ///< name and version
};

/// A surface for writeMovie(): made and destroyed on the GUI thread. Null without OpenGL 3.2.
[[nodiscard]] std::shared_ptr<QOffscreenSurface> movieSurface();

/// Writes frame_0001.png ... with titles, transfer functions, camera and program as text chunks.
/// The folder gets its name when the last frame is whole. Runs on a job's thread; slices need no
/// surface. Throws Error(conflict) if the folder exists, Error(config), Error(io),
/// Error(unsupported) without OpenGL on this thread, Cancelled.
void writeMovie(const MovieSpec& spec, QOffscreenSurface* surface, JobContext& job);

} // namespace likeness
