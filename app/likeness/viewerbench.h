// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QObject>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

namespace likeness {

/// Measures the viewers on made-up images, each round from the input to the finished picture. Takes
/// about a minute, 3 GB of memory and 100 MB of the folder for temporary files; 3-D needs a
/// platform with OpenGL.
class ViewerBench final : public QObject {
public:
    /// One object after the other: {name, median, p95, max, unit, n}, or {name, reason} where
    /// something cannot be measured here.
    using RowSink = std::function<void(const OrderedJson& row)>;

    explicit ViewerBench(RowSink row);

    /// Goes on in the event loop, and ends that with exit code 0 or, after a sentence on standard
    /// error, 1.
    void start();

private:
    /// What is measured on a window once it is on the screen.
    struct Stage {
        std::function<std::unique_ptr<QWidget>()> make;
        std::function<void(QWidget&, const RowSink&)> measure;
    };

    void next();
    void measure();

    RowSink m_row;
    std::vector<Stage> m_stages;
    std::size_t m_at = 0;
    std::unique_ptr<QWidget> m_window;
};

} // namespace likeness
