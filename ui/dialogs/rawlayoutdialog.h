// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"

#include <QString>

#include <functional>

class QWidget;

namespace likeness {

class JobRunner;

/// Asks for the layout of a file without a header; `confirmed` gets one that gives exactly the
/// file's length.
void askRawLayout(QWidget* parent,
                  JobRunner& jobs,
                  const QString& path,
                  std::function<void(const RawLayout&)> confirmed);

} // namespace likeness
