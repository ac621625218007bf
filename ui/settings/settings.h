// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/setting.h"

#include <QByteArray>
#include <QStringList>

namespace likeness {

/// Everything the window remembers between runs. Nothing here is read while a rater works.
struct Settings {
    explicit Settings(QSettings& store)
        : geometry(store, QStringLiteral("window/geometry"), {})
        , recentProjects(store, QStringLiteral("projects/recent"), {})
        , lastFolder(store, QStringLiteral("projects/last-folder"), {})
        , importFolder(store, QStringLiteral("samples/import-folder"), {})
        , thumbnailEdge(store, QStringLiteral("samples/thumbnail-edge"), 112)
        , trainingMinutes(store, QStringLiteral("generate/minutes"), 3.0)
        , sampleCount(store, QStringLiteral("generate/count"), 16)
        , galleryEdge(store, QStringLiteral("generate/gallery-edge"), 128)
        , imageFolder(store, QStringLiteral("inspect/image-folder"), {})
        , imageMemoryMib(store, QStringLiteral("inspect/image-memory-mib"), 0)
        , linkedViews(store, QStringLiteral("inspect/linked"), true)
        , viewKeys(store, QStringLiteral("inspect/keys"), {})
        , mousePreset(store, QStringLiteral("inspect/mouse"), QStringLiteral("likeness"))
        , leadName(store, QStringLiteral("study/lead-name"), {})
        , packageFolder(store, QStringLiteral("study/package-folder"), {}) {}

    Setting<QByteArray> geometry;
    Setting<QStringList> recentProjects; ///< newest first, at most ten
    Setting<QString> lastFolder;
    Setting<QString> importFolder;
    Setting<int> thumbnailEdge; ///< pixels
    Setting<double> trainingMinutes;
    Setting<int> sampleCount;
    Setting<int> galleryEdge; ///< pixels
    Setting<QString> imageFolder;
    Setting<int> imageMemoryMib; ///< for images shown from disk; 0: see imageMemory()
    Setting<bool> linkedViews;
    Setting<QStringList> viewKeys; ///< as ViewBindings::toStrings()
    Setting<QString> mousePreset;
    Setting<QString> leadName;
    Setting<QString> packageFolder;
};

} // namespace likeness
