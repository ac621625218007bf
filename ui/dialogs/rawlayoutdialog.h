// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"

#include <QString>

#include <cstdint>
#include <functional>

class QWidget;

namespace likeness {

/// What is known of a headerless file before somebody says how it is laid out.
struct RawFile {
    QString name;
    std::int64_t bytes = 0;
    QString guess; ///< a layout to begin with; may be empty
    QString why;   ///< what the guess rests on
};

/// Asks for the layout of a file without a header; `confirmed` gets one that gives exactly the
/// file's length.
void askRawLayout(QWidget* parent,
                  const RawFile& file,
                  std::function<void(const RawLayout&)> confirmed);

} // namespace likeness
