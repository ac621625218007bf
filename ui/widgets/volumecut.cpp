// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumecut.h"

#include "ui/widgets/labels.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Reaches past the corners of a cube.
constexpr double kFarthest = 0.9;

} // namespace

VolumeCut::VolumeCut(QWidget* parent)
    : QWidget(parent)
    , m_cut(makeButton(tr("Cut here")))
    , m_uncut(makeButton(tr("No plane")))
    , m_offset(new QSlider(Qt::Horizontal))
    , m_offsetText(makeLabel({}, LabelRole::muted)) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(6, 6, 6, 6);
    const std::array names{tr("x from"), tr("x to"),   tr("y from"),
                           tr("y to"),   tr("z from"), tr("z to")};
    for (std::size_t side = 0; side < 6; ++side) {
        auto* slider = new QSlider(Qt::Horizontal);
        slider->setRange(0, kSteps);
        slider->setPageStep(kSteps / 20);
        nameField(slider, names.at(side));
        m_sliders.at(side) = slider;
        m_texts.at(side) = makeLabel({}, LabelRole::muted);
        m_texts.at(side)->setMinimumWidth(150);
        m_texts.at(side)->setWordWrap(false);
        const int row = static_cast<int>(side / 2);
        const int column = static_cast<int>(side % 2) * 3;
        grid->addWidget(makeLabel(names.at(side)), row, column);
        grid->addWidget(slider, row, column + 1);
        grid->addWidget(m_texts.at(side), row, column + 2);
        grid->setColumnStretch(column + 1, 1);
        connect(slider, &QSlider::valueChanged, this,
                [this, side](int value) { onSlider(side, value); });
    }
    auto* reset = makeButton(tr("Reset"));
    reset->setToolTip(tr("The whole box and no plane"));
    m_cut->setToolTip(
        tr("An oblique cut through the middle that faces you; move it by the slider"));
    m_offset->setRange(-kSteps, kSteps);
    nameField(m_offset, tr("Offset of the plane"));
    m_offsetText->setWordWrap(false);
    grid->addWidget(m_cut, 3, 0);
    grid->addWidget(m_offset, 3, 1);
    grid->addWidget(m_offsetText, 3, 2);
    grid->addWidget(m_uncut, 3, 3);
    grid->addWidget(reset, 3, 5);
    connect(m_cut, &QPushButton::clicked, this, &VolumeCut::cutWanted);
    connect(m_uncut, &QPushButton::clicked, this, [this] {
        m_plane.reset();
        refresh();
        Q_EMIT changed();
    });
    connect(m_offset, &QSlider::valueChanged, this, [this](int value) {
        if (!m_plane)
            return;
        m_plane->offset = kFarthest * value / kSteps;
        refresh();
        Q_EMIT changed();
    });
    connect(reset, &QPushButton::clicked, this, &VolumeCut::reset);
    refresh();
}

void VolumeCut::setExtent(const Extent& extent) {
    m_extent = extent;
    refresh();
}

void VolumeCut::cutHere(const std::array<double, 3>& viewDirection) {
    const double length = std::hypot(viewDirection[0], viewDirection[1], viewDirection[2]);
    if (!(length > 0.0))
        return;
    CutPlane plane;
    for (std::size_t k = 0; k < 3; ++k)
        plane.normal.at(k) = viewDirection.at(k) / length;
    m_plane = plane;
    refresh();
    Q_EMIT changed();
}

void VolumeCut::reset() {
    m_plane.reset();
    m_box = {0.0, 1.0, 0.0, 1.0, 0.0, 1.0};
    refresh();
    Q_EMIT changed();
}

void VolumeCut::onSlider(std::size_t side, int value) {
    const std::size_t other = side ^ 1U;
    const double least = 2.0 / kSteps;
    const double share = static_cast<double>(value) / kSteps;
    m_box.at(side) = side % 2 == 0 ? std::min(share, 1.0 - least) : std::max(share, least);
    // The other side gives way.
    if (side % 2 == 0)
        m_box.at(other) = std::max(m_box.at(other), m_box.at(side) + least);
    else
        m_box.at(other) = std::min(m_box.at(other), m_box.at(side) - least);
    refresh();
    Q_EMIT changed();
}

void VolumeCut::refresh() {
    for (std::size_t side = 0; side < 6; ++side) {
        const QSignalBlocker quiet(m_sliders.at(side));
        m_sliders.at(side)->setValue(static_cast<int>(std::lround(m_box.at(side) * kSteps)));
        const double voxel = m_box.at(side) * static_cast<double>(m_extent.voxels.at(side / 2));
        m_texts.at(side)->setText(
            m_extent.um ? tr("voxel %1, %2 µm")
                              .arg(QString::number(voxel, 'f', 0),
                                   QString::number(voxel * m_extent.um->at(side / 2), 'f', 1))
                        : tr("voxel %1").arg(QString::number(voxel, 'f', 0)));
    }
    const QSignalBlocker quiet(m_offset);
    m_offset->setEnabled(m_plane.has_value());
    m_uncut->setEnabled(m_plane.has_value());
    const double offset = m_plane ? m_plane->offset : 0.0;
    m_offset->setValue(static_cast<int>(std::lround(offset / kFarthest * kSteps)));
    double edge = 0.0;
    for (std::size_t k = 0; k < 3; ++k)
        edge = std::max(edge, static_cast<double>(m_extent.voxels.at(k)) *
                                  (m_extent.um ? m_extent.um->at(k) : 1.0));
    const QString length = QString::number(offset * edge, 'f', 1);
    m_offsetText->setText(!m_plane      ? tr("no plane")
                          : m_extent.um ? tr("%1 µm from the middle").arg(length)
                                        : tr("%1 voxels from the middle").arg(length));
    bool all = m_plane.has_value();
    for (std::size_t side = 0; side < 6; ++side)
        all = all && m_box.at(side) != (side % 2 == 0 ? 0.0 : 1.0);
    // OpenGL cuts surfaces by six planes; this would be the seventh.
    if (all)
        m_offsetText->setText(
            tr("%1; a surface is not cut at \u201cz to\u201d as well").arg(m_offsetText->text()));
}

} // namespace likeness
