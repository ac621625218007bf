// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/cameralink.h"

#include <QTimer>

#include <algorithm>

namespace likeness {

CameraLink::CameraLink(QObject* parent)
    : QObject(parent)
    , m_pose(defaultPose(1.0))
    , m_transfer(transferFunction(TransferPreset::plain))
    , m_refine(new QTimer(this)) {
    m_refine->setSingleShot(true);
    m_refine->setInterval(kRefineDelay);
    connect(m_refine, &QTimer::timeout, this, [this] {
        m_moving = false;
        Q_EMIT movingChanged(false);
    });
}

void CameraLink::moveTo(const CameraPose& pose) {
    m_touched = true;
    if (!m_moving) {
        m_moving = true;
        Q_EMIT movingChanged(true);
    }
    m_refine->start();
    setPose(pose);
}

void CameraLink::setPose(const CameraPose& pose) {
    m_pose = pose;
    Q_EMIT poseChanged();
}

void CameraLink::reset() {
    m_touched = false;
    setPose(defaultPose(worldSize()));
}

void CameraLink::setTransfer(const TransferFunction& transfer) {
    m_transfer = transfer;
    Q_EMIT transferChanged();
}

void CameraLink::setOptions(const SceneOptions& options) {
    m_options = options;
    Q_EMIT optionsChanged();
}

void CameraLink::setMember(const QObject* view, double longestEdgeUm, bool calibrated) {
    m_members[view] = {longestEdgeUm, calibrated};
    updateUnit();
}

void CameraLink::removeMember(const QObject* view) {
    if (m_members.erase(view) > 0)
        updateUnit();
}

double CameraLink::worldSize() const {
    double size = 0.0;
    if (m_unit == WorldUnit::micrometre)
        for (const auto& [view, member] : m_members)
            size = std::max(size, member.edgeUm);
    return size > 0.0 ? size : 1.0;
}

void CameraLink::updateUnit() {
    bool any = false;
    bool all = true;
    for (const auto& [view, member] : m_members) {
        if (member.edgeUm <= 0.0)
            continue;
        any = true;
        all = all && member.calibrated;
    }
    const WorldUnit unit = any && all ? WorldUnit::micrometre : WorldUnit::fraction;
    const double before = m_worldSize;
    const bool changed = unit != m_unit;
    m_unit = unit;
    m_worldSize = worldSize();
    if (changed)
        Q_EMIT unitChanged();
    if (m_options.plane && m_worldSize != before)
        Q_EMIT optionsChanged(); // its offset is in longest edges
    if (!m_touched)
        setPose(defaultPose(m_worldSize));
    else if (changed)
        setPose(scaledPose(m_pose, m_worldSize / before));
}

} // namespace likeness
