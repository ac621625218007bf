// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/volume/volumescene.h"

#include <QObject>

#include <map>

class QTimer;

namespace likeness {

/// The camera and transfer function that linked volume views share, and the rule of their world
/// unit: micrometres when every volume has a voxel size, else each volume's longest edge is 1. GUI
/// thread only.
class CameraLink final : public QObject {
    Q_OBJECT

public:
    /// How long after the last movement full quality returns, in milliseconds.
    static constexpr int kRefineDelay = 200;

    explicit CameraLink(QObject* parent = nullptr);

    [[nodiscard]] const CameraPose& pose() const noexcept { return m_pose; }

    [[nodiscard]] const TransferFunction& transfer() const noexcept { return m_transfer; }

    [[nodiscard]] const SceneOptions& options() const noexcept { return m_options; }

    /// The longest edge of all members, in world units.
    [[nodiscard]] double worldSize() const;

    [[nodiscard]] WorldUnit unit() const noexcept { return m_unit; }

    [[nodiscard]] bool isMoving() const noexcept { return m_moving; }

    /// A movement by hand: views draw coarser until it rests.
    void moveTo(const CameraPose& pose);

    void setPose(const CameraPose& pose);
    void reset();
    void setTransfer(const TransferFunction& transfer);
    void setOptions(const SceneOptions& options);

    /// What a view shows; called by views. A longest edge of 0 means nothing.
    void setMember(const QObject* view, double longestEdgeUm, bool calibrated);
    void removeMember(const QObject* view);

Q_SIGNALS:
    void poseChanged();
    void movingChanged(bool moving);
    void transferChanged();
    void unitChanged();
    void optionsChanged();

private:
    struct Member {
        double edgeUm = 0.0;
        bool calibrated = false;
    };

    void updateUnit();

    std::map<const QObject*, Member> m_members;
    CameraPose m_pose;
    TransferFunction m_transfer;
    SceneOptions m_options;
    WorldUnit m_unit = WorldUnit::fraction;
    QTimer* m_refine = nullptr;
    double m_worldSize = 1.0;
    bool m_moving = false;
    bool m_touched = false; ///< by hand; until then the pose fits the volumes
};

} // namespace likeness
