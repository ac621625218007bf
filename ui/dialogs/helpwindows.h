// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

/// Windows of the Help menu; they close with their parent.
namespace likeness {

class ViewBindings;

void showManual(QWidget* parent);

/// With the keys and mouse buttons that are set.
void showCheatSheet(const ViewBindings& bindings, QWidget* parent);

void showAbout(QWidget* parent);

} // namespace likeness
