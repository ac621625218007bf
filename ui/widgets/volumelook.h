// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "viewers/volume/transfer.h"

#include <QWidget>

#include <array>
#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace likeness {

class TransferEditor;

/// The transfer function of a pair of volumes: presets of the domain, automatic ramp, the editor,
/// undo and reset. It follows new volumes until it is changed by hand.
class VolumeLook final : public QWidget {
    Q_OBJECT

public:
    struct Subject {
        ValueSample values;
        double threshold = 0.5; ///< Otsu's, as a share of the first view
    };

    explicit VolumeLook(QWidget* parent = nullptr);

    void setDomain(Domain domain);
    void setSubject(int pane, const std::optional<Subject>& subject);

    /// False: pixel types differ, each volume keeps a range of its own.
    void setComparable(bool comparable);

    /// What both volumes are to be drawn with.
    [[nodiscard]] TransferFunction transfer() const;

    [[nodiscard]] TransferEditor& editor() noexcept { return *m_editor; }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] const Subject* leading() const;
    [[nodiscard]] TransferFunction presetFunction() const;
    void startAgain();
    void refresh();

    TransferEditor* m_editor;
    QComboBox* m_preset;
    QPushButton* m_ramp;
    QPushButton* m_undo;
    QPushButton* m_reset;
    QLabel* m_note;
    std::array<std::optional<Subject>, 2> m_subjects;
    std::optional<Domain> m_domain;
    bool m_comparable = true;
};

} // namespace likeness
