// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/colourmap.h"
#include "core/imaging/image.h"
#include "viewers/compare/panecomposer.h"
#include "viewers/viewlink.h"

#include <QPointer>
#include <QWidget>

#include <array>
#include <memory>

class QLabel;
class QTimer;

namespace likeness {

class CanvasTool;
class ImageCanvas;
class PlaneProvider;
struct PixelProbe;
class SwipeDivider;
class ViewBindings;

/// Two canvases on one link, each under its label: side by side, with two more below, or in one
/// pane by a divider, in turn, as the fields of a board, or by their difference. Holding X draws
/// the second picture in the place of the first in every mode. Board and difference are for
/// registered pairs alone.
///
/// Keys: as its ViewBindings say; by default X held as above, comma and full stop move the divider,
/// V lays it flat or upright.
class ComparePanes final : public QWidget {
    Q_OBJECT

public:
    explicit ComparePanes(QWidget* parent = nullptr);
    ~ComparePanes() override;

    static constexpr int kPanes = 4;

    /// `pane` is 0 (left), 1 (right), or 2 and 3, which are seen in the mode `four` alone and
    /// should be empty in others, as they share the link. Until setWindowMode() is called on the
    /// link by someone else, the window link follows ViewLink::suggestedWindowMode(). A pair that
    /// is no longer registered leaves board and difference for side by side.
    void setPicture(int pane, std::shared_ptr<const Volume> volume, const QString& label);

    /// The same with planes of a volume that is not in memory.
    void setPlanes(int pane, std::shared_ptr<PlaneProvider> planes, const QString& label);

    [[nodiscard]] ImageCanvas* canvas(int pane) const;

    [[nodiscard]] ViewLink* link() const noexcept { return m_link; }

    /// Ignored for a mode that reasonAgainst() has something against.
    void setMode(CompareMode mode);

    [[nodiscard]] CompareMode mode() const noexcept { return m_mode; }

    /// Whether the two show the same thing pixel by pixel, as an image and its edit do. Pictures of
    /// different sizes never are.
    void setRegistered(bool on);

    /// Why the pair cannot be shown so; empty if it can.
    [[nodiscard]] QString reasonAgainst(CompareMode mode) const;

    /// The second picture alone, as long as it is on.
    void setSecondShown(bool on);

    /// Changes of picture per second in blink mode, up to 6 (3 whole turns, below what is known to
    /// trouble people with photosensitive epilepsy); 0, the default: by X alone.
    void setBlinkRate(double perSecond);
    static constexpr double kMaximumBlinkRate = 6.0;

    /// Share of the pane that the first picture takes in swipe mode, from the left or the top.
    void setDivider(double share);

    [[nodiscard]] double divider() const noexcept { return m_divider; }

    void setDividerFlat(bool on);

    [[nodiscard]] bool isDividerFlat() const noexcept { return m_flat; }

    /// What the left button does over each picture in place of panning; null: it pans. The divider
    /// of swipe mode goes first.
    void setTools(CanvasTool* first, CanvasTool* second);

    /// Of grey pictures.
    void setColours(ColourMap map);

    void setBindings(const std::shared_ptr<const ViewBindings>& bindings);

Q_SIGNALS:
    void probed(int pane, const likeness::PixelProbe& probe);
    void modeChanged(likeness::CompareMode mode);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makePane(int pane);
    [[nodiscard]] bool isApart() const noexcept; ///< every picture in a pane of its own
    [[nodiscard]] bool isComposed() const noexcept;
    [[nodiscard]] PaneComposer::Look look() const;
    void applyComposer();
    void tellSecondPane();
    void refreshLabels();
    void onPicture(int pane, const QString& label);
    void applyTools();

    ViewLink* m_link = nullptr;
    std::array<ImageCanvas*, kPanes> m_canvases{};
    std::array<QLabel*, kPanes> m_labels{};
    std::array<QString, kPanes> m_titles;
    PaneComposer m_composer;
    SwipeDivider* m_swipe = nullptr;
    std::array<QPointer<CanvasTool>, 2> m_tools;
    QTimer* m_blink = nullptr;
    std::shared_ptr<const ViewBindings> m_bindings;
    WindowLink m_suggested = WindowLink::byValue;
    CompareMode m_mode = CompareMode::sideBySide;
    double m_divider = 0.5;
    double m_blinkRate = 0.0;
    bool m_flat = false;
    bool m_registered = false;
    bool m_held = false;
    bool m_blinked = false; ///< the second picture's turn
};

} // namespace likeness
