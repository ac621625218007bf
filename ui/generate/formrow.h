// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QBoxLayout;
class QFormLayout;
class QFrame;
class QVBoxLayout;
class QWidget;

namespace likeness {

/// A field under its label, as a column of a row of fields.
void addAbove(QBoxLayout* row, const QString& label, QWidget* field, int stretch = 0);

/// Labels to the left of their fields.
[[nodiscard]] QFormLayout* makeFieldForm();
void addBeside(QFormLayout* form, const QString& label, QWidget* field);

/// The inside of a card under its title; no title for an empty one.
[[nodiscard]] QVBoxLayout* makeCardColumn(QFrame* card, const QString& title);

} // namespace likeness
