// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/viewlink.h"

#include <QWidget>

#include <array>
#include <memory>

class QLabel;

namespace likeness {

class ImageCanvas;
struct PixelProbe;

/// Two canvases side by side on one link, each under its label. Holding X draws the second picture
/// in the place of the first, without a blank frame between.
class ComparePanes final : public QWidget {
    Q_OBJECT

public:
    explicit ComparePanes(QWidget* parent = nullptr);
    ~ComparePanes() override;

    /// `pane` is 0 (left) or 1 (right). Until setWindowMode() is called on the link by someone
    /// else, the window link follows ViewLink::suggestedWindowMode().
    void setPicture(int pane, std::shared_ptr<const Volume> volume, const QString& label);

    [[nodiscard]] ImageCanvas* canvas(int pane) const;

    [[nodiscard]] ViewLink* link() const noexcept { return m_link; }

    void setFlicker(bool on);

Q_SIGNALS:
    void probed(int pane, const likeness::PixelProbe& probe);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    ViewLink* m_link = nullptr;
    std::array<ImageCanvas*, 2> m_canvases{};
    std::array<QLabel*, 2> m_labels{};
    WindowLink m_suggested = WindowLink::byValue;
    bool m_flicker = false;
};

} // namespace likeness
