// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/edit.h"

#include <QWidget>

#include <array>
#include <map>
#include <optional>
#include <string>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSlider;
class QSpinBox;
class QStackedWidget;

namespace likeness {

class SeedEdit;

/// What kind of edit, and its numbers: only those that the kind knows are shown.
class EditForm final : public QWidget {
    Q_OBJECT

public:
    explicit EditForm(QWidget* parent = nullptr);

    [[nodiscard]] Edit edit() const;
    [[nodiscard]] EditKind kind() const;
    [[nodiscard]] std::string setName() const; ///< trimmed; may be empty
    void setKind(EditKind kind);

    /// Names the set that the results go into, unless it was typed over.
    void setModelName(const std::string& name);

    /// The seed that interpolation and trajectory start from.
    void setSeed(std::uint64_t seed);
    void setOwnSteps(int steps);

Q_SIGNALS:
    void kindChanged();

private:
    void setupFields();
    void setupRows();
    void addRow(const QString& label, QWidget* field, std::initializer_list<EditKind> kinds);
    void refresh();
    void proposeName();
    [[nodiscard]] QWidget* makeMargins();

    QComboBox* m_kind;
    QLabel* m_about;
    QFormLayout* m_form;
    QLineEdit* m_setName;
    QSlider* m_strength;
    QLabel* m_strengthWords;
    std::array<QSpinBox*, 4> m_margins{}; // left, top, right, bottom
    SeedEdit* m_from;
    SeedEdit* m_to;
    QSpinBox* m_frames;
    QSpinBox* m_count;
    QSpinBox* m_seed;
    QSpinBox* m_steps;
    QSpinBox* m_passes;
    QCheckBox* m_fitGrey;
    std::map<QWidget*, unsigned> m_kinds; // of each field, as bits
    std::string m_modelName;
    QString m_proposed;
};

} // namespace likeness
