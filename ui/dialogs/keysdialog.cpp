// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/keysdialog.h"

#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace likeness {

namespace {

constexpr std::array kPresets{MousePreset::likeness, MousePreset::fiji, MousePreset::slicer};

/// Keys that other parts of the page have.
bool isForeign(QKeyCombination key) {
    constexpr Qt::KeyboardModifiers kMenu =
        Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier;
    constexpr std::array kTaken{Qt::Key_N,       Qt::Key_Question, Qt::Key_F1,   Qt::Key_Tab,
                                Qt::Key_Backtab, Qt::Key_Escape,   Qt::Key_Space};
    return (key.keyboardModifiers() & kMenu) ||
           std::find(kTaken.begin(), kTaken.end(), key.key()) != kTaken.end();
}

} // namespace

ViewBindings bindingsOf(const Settings& settings) {
    ViewBindings bindings;
    bindings.fromStrings(settings.viewKeys.get());
    bindings.mouse = mousePresetOf(settings.mousePreset.get());
    return bindings;
}

QString nameOf(ViewAction action) {
    switch (action) {
    case ViewAction::previousSlice:
        return KeysDialog::tr("Previous slice");
    case ViewAction::nextSlice:
        return KeysDialog::tr("Next slice");
    case ViewAction::tenSlicesBack:
        return KeysDialog::tr("Ten slices back");
    case ViewAction::tenSlicesOn:
        return KeysDialog::tr("Ten slices on");
    case ViewAction::firstSlice:
        return KeysDialog::tr("First slice");
    case ViewAction::lastSlice:
        return KeysDialog::tr("Last slice");
    case ViewAction::panLeft:
        return KeysDialog::tr("Pan to the left");
    case ViewAction::panRight:
        return KeysDialog::tr("Pan to the right");
    case ViewAction::panUp:
        return KeysDialog::tr("Pan up");
    case ViewAction::panDown:
        return KeysDialog::tr("Pan down");
    case ViewAction::zoomIn:
        return KeysDialog::tr("Zoom in");
    case ViewAction::zoomOut:
        return KeysDialog::tr("Zoom out");
    case ViewAction::oneToOne:
        return KeysDialog::tr("One to one");
    case ViewAction::fit:
        return KeysDialog::tr("Fit");
    case ViewAction::reset:
        return KeysDialog::tr("Fit and first window");
    case ViewAction::holdSecond:
        return KeysDialog::tr("Right image in the place of the left one, while held");
    case ViewAction::dividerBack:
        return KeysDialog::tr("Swipe: divider back");
    case ViewAction::dividerOn:
        return KeysDialog::tr("Swipe: divider on");
    case ViewAction::turnDivider:
        return KeysDialog::tr("Swipe: turn the divider");
    }
    return {};
}

QString nameOf(MousePreset preset) {
    switch (preset) {
    case MousePreset::fiji:
        return KeysDialog::tr("As in Fiji");
    case MousePreset::slicer:
        return KeysDialog::tr("As in 3D Slicer");
    case MousePreset::likeness:
        break;
    }
    return KeysDialog::tr("As in Likeness");
}

QString wordsFor(MousePreset preset) {
    switch (preset) {
    case MousePreset::fiji:
        return KeysDialog::tr("Wheel steps slices, Ctrl+wheel zooms, Space+drag pans, right drag: "
                              "window and level.");
    case MousePreset::slicer:
        return KeysDialog::tr("Drag: window and level, Shift+drag pans, right drag zooms, wheel "
                              "steps slices.");
    case MousePreset::likeness:
        break;
    }
    return KeysDialog::tr("Drag pans, wheel zooms, right drag: window and level.");
}

KeysDialog::KeysDialog(Settings& settings, QWidget* parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_bindings(bindingsOf(settings))
    , m_mouse(new QComboBox)
    , m_mouseWords(makeLabel({}, LabelRole::muted))
    , m_table(new QTableWidget)
    , m_key(new QKeySequenceEdit)
    , m_resetOne(makeButton(tr("Default of this one")))
    , m_note(makeLabel(tr("Keys and mouse of rating are part of the study and stay as they are."),
                       LabelRole::muted)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keys and mouse of Inspect"));
    for (const MousePreset preset : kPresets)
        m_mouse->addItem(nameOf(preset), static_cast<int>(preset));
    m_mouse->setCurrentIndex(m_mouse->findData(static_cast<int>(m_bindings.mouse)));
    nameField(m_mouse, tr("Mouse"));
    nameField(m_key, tr("New key"));
    setupTable();
    m_mouseWords->setWordWrap(true);
    m_note->setWordWrap(true);
    auto* mouse = new QHBoxLayout;
    mouse->addWidget(makeLabel(tr("Mouse")));
    mouse->addWidget(m_mouse, 1);
    auto* key = new QHBoxLayout;
    key->addWidget(makeLabel(tr("New key")));
    key->addWidget(m_key, 1);
    key->addWidget(m_resetOne);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton* all = buttons->addButton(tr("All defaults"), QDialogButtonBox::ResetRole);
    auto* column = new QVBoxLayout(this);
    column->addLayout(mouse);
    column->addWidget(m_mouseWords);
    column->addWidget(m_table, 1);
    column->addLayout(key);
    column->addWidget(m_note);
    column->addWidget(buttons);
    resize(520, 620);
    connect(m_mouse, &QComboBox::activated, this, [this] {
        m_bindings.mouse = static_cast<MousePreset>(m_mouse->currentData().toInt());
        keep();
    });
    connect(m_key, &QKeySequenceEdit::editingFinished, this, [this] {
        if (!m_key->keySequence().isEmpty())
            take(m_key->keySequence()[0]);
        m_key->clear();
    });
    connect(m_resetOne, &QPushButton::clicked, this, [this] {
        m_bindings.resetKeys(chosen());
        keep();
    });
    connect(all, &QPushButton::clicked, this, [this] {
        m_bindings = ViewBindings();
        m_mouse->setCurrentIndex(0);
        keep();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    refresh();
}

void KeysDialog::setupTable() {
    m_table->setColumnCount(2);
    m_table->setHorizontalHeaderLabels({tr("Action"), tr("Keys")});
    m_table->setRowCount(static_cast<int>(viewActions().size()));
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    nameField(m_table, tr("Actions and their keys"));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const ViewAction action = viewActions()[static_cast<std::size_t>(row)];
        m_table->setItem(row, 0, new QTableWidgetItem(nameOf(action)));
        m_table->setItem(row, 1, new QTableWidgetItem);
    }
    m_table->selectRow(0);
}

ViewAction KeysDialog::chosen() const {
    return viewActions()[static_cast<std::size_t>(std::max(0, m_table->currentRow()))];
}

void KeysDialog::refresh() {
    for (int row = 0; row < m_table->rowCount(); ++row)
        m_table->item(row, 1)->setText(
            textOf(m_bindings.keys(viewActions()[static_cast<std::size_t>(row)])));
    m_mouseWords->setText(wordsFor(m_bindings.mouse));
}

void KeysDialog::take(QKeyCombination key) {
    const QString name = textOf({key});
    const auto owner = m_bindings.actionOf(key);
    if (isForeign(key)) {
        m_note->setText(
            tr("%1 has a meaning of its own in the window; choose another key.").arg(name));
        return;
    }
    if (owner && *owner != chosen()) {
        m_note->setText(tr("%1 belongs to \u201c%2\u201d; give that another key first.")
                            .arg(name, nameOf(*owner)));
        return;
    }
    m_bindings.setKeys(chosen(), {key});
    m_note->setText(tr("\u201c%1\u201d is %2 now.").arg(nameOf(chosen()), name));
    keep();
}

void KeysDialog::keep() {
    m_settings.viewKeys.set(m_bindings.toStrings());
    m_settings.mousePreset.set(toString(m_bindings.mouse));
    refresh();
    Q_EMIT changed();
}

} // namespace likeness
