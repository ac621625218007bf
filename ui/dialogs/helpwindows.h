// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

/// Windows of the Help menu; they close with their parent.
namespace likeness {

void showManual(QWidget* parent);
void showCheatSheet(QWidget* parent);
void showAbout(QWidget* parent);

} // namespace likeness
