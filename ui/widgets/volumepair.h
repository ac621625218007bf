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

namespace likeness {

class CameraLink;
class VolumeView;

/// Two volumes in 3-D with one camera and one transfer function. Its range is that of the left one;
/// volumes of different pixel types, whose grey values cannot be compared, each have their own.
class VolumePair final : public QWidget {
    Q_OBJECT

public:
    explicit VolumePair(JobRunner& jobs, QWidget* parent = nullptr);
    ~VolumePair() override;

    /// `pane` is 0 or 1. Images without depth leave their pane empty. Large volumes are reduced in
    /// the background.
    void setVolume(int pane, const std::shared_ptr<const Volume>& volume, const QString& title);

    void setLook(TransferPreset preset);
    void setLinked(bool linked);
    void resetCamera();

private:
    struct Prepared {
        std::shared_ptr<const Volume> volume;
        int reduction = 1;
        DisplayRange range;
        double threshold = 0.5; // Otsu's, as a share of the range
    };

    [[nodiscard]] static Prepared
    prepare(std::shared_ptr<const Volume> volume, std::int64_t displayBytes, JobContext& job);
    void adopt(int pane, Prepared prepared);
    void applyTransfer();

    CameraLink* m_link;
    std::array<VolumeView*, 2> m_views{};
    std::array<QLabel*, 2> m_titles{};
    std::array<std::unique_ptr<LatestJob>, 2> m_preparing;
    std::array<std::optional<Prepared>, 2> m_prepared;
    TransferPreset m_look = TransferPreset::plain;
    bool m_linked = true;
};

} // namespace likeness
