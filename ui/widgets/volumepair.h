// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/imaging/image.h"
#include "ui/jobs/jobrunner.h"
#include "viewers/volume/transfer.h"

#include <QWidget>

#include <array>
#include <memory>
#include <optional>

class QLabel;
class QOffscreenSurface;

namespace likeness {

class CameraLink;
struct IsoSurface;
class VolumeTools;
class VolumeView;

/// Two volumes in 3-D with one camera and one transfer function, and the tools for them. The first
/// range is that of the left one; volumes of different pixel types, whose grey values cannot be
/// compared, each have their own.
class VolumePair final : public QWidget {
    Q_OBJECT

public:
    explicit VolumePair(JobRunner& jobs, QWidget* parent = nullptr);
    ~VolumePair() override;

    /// `pane` is 0 or 1. Images without depth leave their pane empty. Large volumes are reduced in
    /// the background.
    void setVolume(int pane, const std::shared_ptr<const Volume>& volume, const QString& title);

    /// The looks on offer.
    void setDomain(Domain domain);
    /// Where the planes of the slices view stand, as shares along x, y, z, and their window.
    void setSlices(const std::array<double, 3>& places, std::optional<DisplayRange> range);

    void setLinked(bool linked);
    void resetCamera();

private:
    struct Prepared {
        std::shared_ptr<const Volume> volume;
        std::array<std::int64_t, 3> size{}; ///< before the reduction
        std::optional<std::array<double, 3>> um;
        int reduction = 1;
        ValueSample values;
        double threshold = 0.5; // Otsu's, as a share of the range
    };

    [[nodiscard]] static Prepared
    prepare(std::shared_ptr<const Volume> volume, std::int64_t displayBytes, JobContext& job);
    void adopt(int pane, Prepared prepared);
    void applyTransfer();
    void applyOptions();
    void describeVolumes();
    void makeSurfaces();
    void makeSurface(std::size_t pane);
    void connectTools();
    void askMovie(bool turntable, int frames, QSize size);
    void makeMovie(const QString& folder, bool turntable, int frames, QSize size);

    CameraLink* m_link;
    VolumeTools* m_tools;
    std::array<VolumeView*, 2> m_views{};
    std::array<QLabel*, 2> m_titles{};
    std::array<std::unique_ptr<LatestJob>, 2> m_preparing;
    std::array<std::unique_ptr<LatestJob>, 2> m_surfacing;
    std::array<QString, 2> m_surfaceNotes;
    std::array<std::shared_ptr<const IsoSurface>, 2> m_surfaces;
    JobRunner& m_jobs;
    std::shared_ptr<QOffscreenSurface> m_movieSurface;
    std::optional<DisplayRange> m_sliceRange;
    std::array<std::optional<Prepared>, 2> m_prepared;
    bool m_linked = true;
};

} // namespace likeness
