// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/conditions.h"

#include <QWidget>

#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;

namespace likeness {

/// What a model with conditions can be asked for: one field for each value, at "any" until somebody
/// says more. Hidden for a model without.
class ConditionFields final : public QWidget {
    Q_OBJECT

public:
    explicit ConditionFields(QWidget* parent = nullptr);

    void setConditions(const std::optional<Conditions>& conditions);
    [[nodiscard]] ConditionWish wish() const;

private:
    struct Field {
        std::string name;
        QDoubleSpinBox* box = nullptr;
    };

    void addScalar(const ConditionScalar& scalar);
    void addClasses(const std::vector<ConditionClass>& classes);
    void addGuidance();
    void clear();

    QHBoxLayout* m_row;
    std::optional<Conditions> m_shown;
    std::vector<Field> m_fields;
    QComboBox* m_class = nullptr;
    QDoubleSpinBox* m_guidance = nullptr;
};

/// "Porosity", "Fibre fraction" ...; the name itself for an unknown one.
[[nodiscard]] QString conditionTitle(const std::string& name);

} // namespace likeness
