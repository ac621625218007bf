// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumetools.h"

#include "ui/widgets/volumecut.h"
#include "ui/widgets/volumelook.h"
#include "ui/widgets/volumeparts.h"

namespace likeness {

VolumeTools::VolumeTools(QWidget* parent)
    : QTabWidget(parent)
    , m_look(new VolumeLook)
    , m_cut(new VolumeCut)
    , m_parts(new VolumeParts) {
    addTab(m_look, tr("Look"));
    addTab(m_cut, tr("Cut"));
    addTab(m_parts, tr("Surface and slices"));
    connect(m_cut, &VolumeCut::changed, this, &VolumeTools::optionsChanged);
    connect(m_parts, &VolumeParts::changed, this, &VolumeTools::optionsChanged);
    setMaximumHeight(270);
}

SceneOptions VolumeTools::options() const {
    SceneOptions options;
    m_parts->fill(options);
    options.box = m_cut->box();
    options.plane = m_cut->plane();
    return options;
}

} // namespace likeness
