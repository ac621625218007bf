// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QFrame;
class QLabel;
class QPushButton;
class QWidget;

namespace likeness {

/// Roles that the style sheet knows.
enum class LabelRole { plain, title, section, muted, warning, error };

/// The only way labels are made: plain text, so that a name from a file is never taken for markup.
[[nodiscard]] QLabel*
makeLabel(const QString& text, LabelRole role = LabelRole::plain, QWidget* parent = nullptr);
void setRole(QLabel* label, LabelRole role);

[[nodiscard]] QPushButton* makeButton(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QPushButton* makePrimaryButton(const QString& text, QWidget* parent = nullptr);

[[nodiscard]] QFrame* makeCard(QWidget* parent = nullptr);

/// Text that a tool tip shows as it is, even if it looks like markup.
[[nodiscard]] QString plainToolTip(const QString& text);

/// Gives `field` an accessible name equal to the words of its label.
void nameField(QWidget* field, const QString& name);

} // namespace likeness
