// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumelook.h"

#include "ui/widgets/labels.h"
#include "ui/widgets/transfereditor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace likeness {

namespace {

QString presetName(TransferPreset preset) {
    switch (preset) {
    case TransferPreset::rockGrains:
        return VolumeLook::tr("Grains");
    case TransferPreset::rockPores:
        return VolumeLook::tr("Pores");
    case TransferPreset::fibres:
        return VolumeLook::tr("Fibres");
    case TransferPreset::matrix:
        return VolumeLook::tr("Matrix");
    case TransferPreset::root:
        return VolumeLook::tr("Root");
    case TransferPreset::soil:
        return VolumeLook::tr("Soil");
    case TransferPreset::plain:
        return VolumeLook::tr("Plain");
    }
    return {};
}

} // namespace

VolumeLook::VolumeLook(QWidget* parent)
    : QWidget(parent)
    , m_editor(new TransferEditor)
    , m_preset(new QComboBox)
    , m_ramp(makeButton(tr("Automatic ramp")))
    , m_undo(makeButton(tr("Undo")))
    , m_reset(makeButton(tr("Reset")))
    , m_note(makeLabel({}, LabelRole::muted)) {
    nameField(m_preset, tr("Look of the volumes"));
    m_ramp->setToolTip(
        tr("Opacity from the median to the 98th percentile, over the values' first view"));
    m_reset->setToolTip(tr("Back to the chosen look; can be taken back too"));
    auto* logarithmic = new QCheckBox(tr("Log counts"));
    logarithmic->setChecked(true);
    auto* shading = new QCheckBox(tr("Shading"));
    auto* side = new QVBoxLayout;
    for (QWidget* tool :
         std::initializer_list<QWidget*>{m_preset, m_ramp, m_undo, m_reset, shading, logarithmic})
        side->addWidget(tool);
    side->addWidget(m_note);
    side->addStretch(1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 6, 6, 6);
    row->addWidget(m_editor, 1);
    row->addLayout(side);

    connect(m_editor, &TransferEditor::changed, this, [this, shading] {
        const QSignalBlocker quiet(shading);
        shading->setChecked(m_editor->model().function().shading);
        refresh();
        Q_EMIT changed();
    });
    connect(m_preset, &QComboBox::activated, this, [this] { m_editor->apply(presetFunction()); });
    connect(m_ramp, &QPushButton::clicked, this, [this] {
        if (leading())
            m_editor->apply(automaticRamp(leading()->values));
    });
    connect(m_undo, &QPushButton::clicked, m_editor, &TransferEditor::undo);
    connect(m_reset, &QPushButton::clicked, this, [this] { m_editor->apply(presetFunction()); });
    connect(logarithmic, &QCheckBox::toggled, m_editor, &TransferEditor::setLogarithmic);
    connect(shading, &QCheckBox::clicked, this, [this](bool on) {
        TransferFunction function = m_editor->model().function();
        function.shading = on;
        m_editor->apply(function);
    });
    setDomain(Domain::rock);
    shading->setChecked(m_editor->model().function().shading);
}

void VolumeLook::setDomain(Domain domain) {
    if (domain == m_domain)
        return;
    m_domain = domain;
    m_preset->clear();
    for (const TransferPreset preset : presetsFor(domain))
        m_preset->addItem(presetName(preset), static_cast<int>(preset));
    startAgain();
}

void VolumeLook::setSubject(int pane, const std::optional<Subject>& subject) {
    m_subjects.at(static_cast<std::size_t>(pane)) = subject;
    m_editor->setValues(pane, subject ? subject->values : ValueSample());
    if (m_editor->model().canUndo())
        refresh();
    else
        startAgain();
}

void VolumeLook::setComparable(bool comparable) {
    m_comparable = comparable;
    m_note->setText(comparable ? QString()
                               : tr("The pixel types differ: each volume has its own range."));
    m_note->setVisible(!comparable);
}

const VolumeLook::Subject* VolumeLook::leading() const {
    for (const auto& subject : m_subjects)
        if (subject)
            return &*subject;
    return nullptr;
}

TransferFunction VolumeLook::presetFunction() const {
    const Subject* subject = leading();
    TransferFunction function =
        transferFunction(static_cast<TransferPreset>(m_preset->currentData().toInt()),
                         subject ? subject->threshold : 0.5);
    function.range = subject ? subject->values.firstView() : DisplayRange{};
    return function;
}

TransferFunction VolumeLook::transfer() const {
    TransferFunction function = m_editor->model().function();
    if (!m_comparable)
        function.range.reset();
    return function;
}

void VolumeLook::startAgain() {
    m_editor->start(presetFunction());
    refresh();
}

void VolumeLook::refresh() {
    m_undo->setEnabled(m_editor->model().canUndo());
    m_ramp->setEnabled(leading() != nullptr);
}

} // namespace likeness
