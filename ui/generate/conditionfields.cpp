// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/conditionfields.h"

#include "ui/generate/formrow.h"
#include "ui/words.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLayoutItem>

#include <cmath>
#include <functional>

namespace likeness {

namespace {

constexpr double kMostGuidance = 10.0;

void removeAll(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        if (item->layout())
            removeAll(item->layout());
        delete item;
    }
}

// A hundredth of the range, as a power of ten.
double stepOf(double low, double high) {
    const double range = high - low;
    return range > 0.0 ? std::pow(10.0, std::floor(std::log10(range)) - 1.0) : 0.01;
}

} // namespace

QString conditionTitle(const std::string& name) {
    if (name == "porosity")
        return ConditionFields::tr("Porosity");
    if (name == "fibre_fraction")
        return ConditionFields::tr("Fibre fraction");
    if (name == "root_density")
        return ConditionFields::tr("Root density");
    if (name == "phase_fraction")
        return ConditionFields::tr("Phase fraction");
    if (name == "orientation_cos")
        return ConditionFields::tr("Orientation cos 2\u03b8");
    if (name == "orientation_sin")
        return ConditionFields::tr("Orientation sin 2\u03b8");
    if (name == "mean_grey")
        return ConditionFields::tr("Mean grey");
    if (name == "voxel_um")
        return ConditionFields::tr("Voxel size, \u00b5m");
    return words::text(name);
}

ConditionFields::ConditionFields(QWidget* parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(12);
    hide();
}

void ConditionFields::setConditions(const std::optional<Conditions>& conditions) {
    if (conditions == m_shown)
        return;
    clear();
    m_shown = conditions;
    setVisible(conditions.has_value());
    if (!conditions)
        return;
    for (const ConditionScalar& scalar : conditions->scalars)
        addScalar(scalar);
    if (conditions->told)
        addClasses(conditions->classes);
    addGuidance();
    m_row->addStretch(1);
}

void ConditionFields::clear() {
    m_fields.clear();
    m_class = nullptr;
    m_guidance = nullptr;
    removeAll(m_row);
}

void ConditionFields::addScalar(const ConditionScalar& scalar) {
    const double step = stepOf(scalar.low, scalar.high);
    auto* box = new QDoubleSpinBox;
    box->setDecimals(std::max(0, static_cast<int>(std::ceil(-std::log10(step)))));
    box->setSingleStep(step);
    box->setRange(scalar.leastAsked() - step, scalar.mostAsked());
    box->setSpecialValueText(tr("any"));
    box->setValue(box->minimum());
    addAbove(m_row, conditionTitle(scalar.name), box);
    box->setToolTip(tr("The training images had %1 to %2.")
                        .arg(words::number(scalar.low), words::number(scalar.high)));
    m_fields.push_back({scalar.name, box});
}

void ConditionFields::addClasses(const std::vector<ConditionClass>& classes) {
    m_class = new QComboBox;
    m_class->addItem(tr("any"), QString());
    for (const ConditionClass& one : classes)
        m_class->addItem(words::text(one.name), words::text(one.name));
    addAbove(m_row, tr("Like set"), m_class);
}

void ConditionFields::addGuidance() {
    m_guidance = new QDoubleSpinBox;
    m_guidance->setRange(-0.1, kMostGuidance);
    m_guidance->setSingleStep(0.1);
    m_guidance->setDecimals(1);
    m_guidance->setSpecialValueText(tr("as trained"));
    m_guidance->setValue(m_guidance->minimum());
    addAbove(m_row, tr("Guidance"), m_guidance);
    m_guidance->setToolTip(
        tr("How much weight what is asked for has: 1 as trained, more follows it more strictly."));
}

ConditionWish ConditionFields::wish() const {
    ConditionWish wish;
    for (const Field& field : m_fields) {
        if (field.box->value() > field.box->minimum())
            wish.values[field.name] = field.box->value();
    }
    if (m_class && !m_class->currentData().toString().isEmpty())
        wish.className = words::utf8(m_class->currentData().toString());
    if (m_guidance && m_guidance->value() > m_guidance->minimum())
        wish.guidance = m_guidance->value();
    return wish;
}

} // namespace likeness
