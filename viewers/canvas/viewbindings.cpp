// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/viewbindings.h"

#include <QKeyEvent>
#include <QKeySequence>

#include <array>

namespace likeness {

namespace {

struct Row {
    ViewAction action;
    const char* key; ///< in settings: never changed
    std::array<QKeyCombination, 2> defaults;
};

constexpr QKeyCombination kNone{Qt::Key_unknown};

constexpr QKeyCombination shift(Qt::Key key) {
    return QKeyCombination(Qt::ShiftModifier, key);
}

constexpr std::array kRows{
    Row{ViewAction::previousSlice, "previous-slice", {Qt::Key_Up, Qt::Key_Left}},
    Row{ViewAction::nextSlice, "next-slice", {Qt::Key_Down, Qt::Key_Right}},
    Row{ViewAction::tenSlicesBack, "ten-slices-back", {Qt::Key_PageUp, kNone}},
    Row{ViewAction::tenSlicesOn, "ten-slices-on", {Qt::Key_PageDown, kNone}},
    Row{ViewAction::firstSlice, "first-slice", {Qt::Key_Home, kNone}},
    Row{ViewAction::lastSlice, "last-slice", {Qt::Key_End, kNone}},
    Row{ViewAction::panLeft, "pan-left", {shift(Qt::Key_Left), kNone}},
    Row{ViewAction::panRight, "pan-right", {shift(Qt::Key_Right), kNone}},
    Row{ViewAction::panUp, "pan-up", {shift(Qt::Key_Up), kNone}},
    Row{ViewAction::panDown, "pan-down", {shift(Qt::Key_Down), kNone}},
    // Plus is a shifted key on many keyboards, Equal the same key without Shift.
    Row{ViewAction::zoomIn, "zoom-in", {Qt::Key_Plus, Qt::Key_Equal}},
    Row{ViewAction::zoomOut, "zoom-out", {Qt::Key_Minus, kNone}},
    Row{ViewAction::oneToOne, "one-to-one", {Qt::Key_1, kNone}},
    Row{ViewAction::fit, "fit", {Qt::Key_F, kNone}},
    Row{ViewAction::reset, "reset", {Qt::Key_R, kNone}},
    Row{ViewAction::holdSecond, "hold-second", {Qt::Key_X, kNone}},
    Row{ViewAction::dividerBack, "divider-back", {Qt::Key_Comma, kNone}},
    Row{ViewAction::dividerOn, "divider-on", {Qt::Key_Period, kNone}},
    Row{ViewAction::turnDivider, "turn-divider", {Qt::Key_V, kNone}}};

constexpr auto kActions = [] {
    std::array<ViewAction, kRows.size()> actions{};
    for (std::size_t i = 0; i < actions.size(); ++i)
        actions[i] = kRows[i].action;
    return actions;
}();

QList<QKeyCombination> defaultsOf(const Row& row) {
    QList<QKeyCombination> keys;
    for (const QKeyCombination key : row.defaults)
        if (key != kNone)
            keys << key;
    return keys;
}

constexpr std::array kPresets{std::pair{MousePreset::likeness, "likeness"},
                              std::pair{MousePreset::fiji, "fiji"},
                              std::pair{MousePreset::slicer, "slicer"}};

} // namespace

std::span<const ViewAction> viewActions() noexcept {
    return kActions;
}

ViewBindings::ViewBindings() {
    for (const Row& row : kRows)
        m_keys[row.action] = defaultsOf(row);
}

const QList<QKeyCombination>& ViewBindings::keys(ViewAction action) const {
    return m_keys.at(action);
}

void ViewBindings::setKeys(ViewAction action, const QList<QKeyCombination>& keys) {
    m_keys.at(action) = keys;
}

void ViewBindings::resetKeys(ViewAction action) {
    for (const Row& row : kRows)
        if (row.action == action)
            m_keys.at(action) = defaultsOf(row);
}

std::optional<ViewAction> ViewBindings::actionOf(QKeyCombination key) const {
    for (const auto& [action, keys] : m_keys)
        if (keys.contains(key))
            return action;
    return std::nullopt;
}

std::optional<ViewAction> ViewBindings::actionOf(const QKeyEvent& event) const {
    // The block of numbers has the same keys, and signs come with the Shift that makes them.
    const Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    const auto key = static_cast<Qt::Key>(event.key());
    if (const auto found = actionOf(QKeyCombination(modifiers, key)))
        return found;
    const QString sign = event.text();
    const bool isSign = sign.size() == 1 && sign.at(0).isPrint() && !sign.at(0).isLetter();
    return isSign ? actionOf(QKeyCombination(modifiers & ~Qt::ShiftModifier, key)) : std::nullopt;
}

QStringList ViewBindings::toStrings() const {
    QStringList texts;
    for (const Row& row : kRows) {
        const QList<QKeyCombination>& keys = m_keys.at(row.action);
        if (keys == defaultsOf(row))
            continue;
        QStringList names;
        for (const QKeyCombination key : keys)
            names << QKeySequence(key).toString(QKeySequence::PortableText);
        // A comma is a key, too; a space parts no names.
        texts << QLatin1String(row.key) + u'=' + names.join(u' ');
    }
    return texts;
}

void ViewBindings::fromStrings(const QStringList& texts) {
    for (const QString& text : texts) {
        const qsizetype cut = text.indexOf(u'=');
        for (const Row& row : kRows) {
            if (cut < 0 || text.left(cut) != QLatin1String(row.key))
                continue;
            QList<QKeyCombination> keys;
            for (const QString& name : text.mid(cut + 1).split(u' ', Qt::SkipEmptyParts)) {
                const auto sequence = QKeySequence::fromString(name, QKeySequence::PortableText);
                if (sequence.count() == 1 && sequence[0].key() != Qt::Key_unknown)
                    keys << sequence[0];
            }
            m_keys.at(row.action) = keys;
        }
    }
}

QString toString(MousePreset preset) {
    for (const auto& [known, text] : kPresets)
        if (known == preset)
            return QLatin1String(text);
    return {};
}

MousePreset mousePresetOf(const QString& text) {
    for (const auto& [preset, known] : kPresets)
        if (text == QLatin1String(known))
            return preset;
    return MousePreset::likeness;
}

QString textOf(const QList<QKeyCombination>& keys) {
    QStringList names;
    for (const QKeyCombination key : keys)
        names << QKeySequence(key).toString(QKeySequence::NativeText);
    return names.join(QStringLiteral("  "));
}

} // namespace likeness
