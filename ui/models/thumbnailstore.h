// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/pixelsource.h"

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>

#include <functional>
#include <string>
#include <vector>

namespace likeness {

/// Small pictures of samples, decoded in the background, newest request first, so that what is on
/// screen comes before what was scrolled past. Keeps 64 MiB.
class ThumbnailStore final : public QObject {
    Q_OBJECT

public:
    /// `source` is asked on the GUI thread for each batch. `edge`: longer side of a thumbnail in
    /// device pixels.
    ThumbnailStore(JobRunner& jobs,
                   std::function<PixelSource()> source,
                   int edge,
                   QObject* parent = nullptr);

    /// The picture, or a null image while it is being decoded; ready() follows.
    [[nodiscard]] QImage thumbnail(const SampleRecord& sample);
    [[nodiscard]] bool failed(const std::string& sampleId) const; ///< its pixels cannot be read

    void clear();

Q_SIGNALS:
    void ready(const QString& sampleId);

private:
    void decodeNext();

    std::function<PixelSource()> m_source;
    int m_edge;
    QCache<QString, QImage> m_cache;
    QSet<QString> m_failed;
    QSet<QString> m_wanted;            // in m_queue or being decoded
    std::vector<SampleRecord> m_queue; // last is next
    LatestJob m_job;
    bool m_decoding = false;
};

/// Middle slice under its first view, reduced to fit a square of that edge.
[[nodiscard]] QImage makeThumbnail(const Volume& volume, int edge);

} // namespace likeness
