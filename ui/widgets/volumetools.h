// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/volume/sceneoptions.h"

#include <QTabWidget>

namespace likeness {

class VolumeCut;
class VolumeLook;
class VolumeParts;

/// What can be done with a pair of volumes in 3-D, one page per task.
class VolumeTools final : public QTabWidget {
    Q_OBJECT

public:
    explicit VolumeTools(QWidget* parent = nullptr);

    [[nodiscard]] VolumeLook& look() noexcept { return *m_look; }

    [[nodiscard]] VolumeCut& cut() noexcept { return *m_cut; }

    [[nodiscard]] VolumeParts& parts() noexcept { return *m_parts; }

    /// Everything but the transfer function.
    [[nodiscard]] SceneOptions options() const;

Q_SIGNALS:
    void optionsChanged();

private:
    VolumeLook* m_look;
    VolumeCut* m_cut;
    VolumeParts* m_parts;
};

} // namespace likeness
