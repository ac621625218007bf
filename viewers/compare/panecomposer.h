// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/canvasframe.h"

#include <QImage>

#include <memory>

namespace likeness {

/// How two pictures are set against each other.
enum class CompareMode { sideBySide, four, swipe, blink, checkerboard, difference };

/// Draws two pictures into one pane, from the frames of both. Every call gives a whole frame, so
/// nothing blank is ever in between. GUI thread.
class PaneComposer {
public:
    /// What of the two is to be seen.
    struct Look {
        CompareMode mode = CompareMode::sideBySide;
        double divider = 0.5;     ///< of swipe: share of the pane, from left or top, of the first
        bool acrossRows = false;  ///< of swipe: the divider lies flat
        bool secondShown = false; ///< the second picture alone, in every mode
        double pixelRatio = 1.0;  ///< device pixels per logical pixel
        QRgb background = 0;
        PaneView first;
        PaneView second;
    };

    /// Edge of a field of the checkerboard in logical pixels.
    static constexpr int kField = 48;

    void setVolumes(std::shared_ptr<const Volume> first, std::shared_ptr<const Volume> second);

    /// After setVolumes(): those of the two that have planes in place of a volume.
    void setPlanes(const std::shared_ptr<PlaneProvider>& first,
                   const std::shared_ptr<PlaneProvider>& second);

    /// Of the second picture; the first one's frame comes as it is.
    void setColours(ColourMap map) { m_secondFrame.setColours(map); }

    /// `own` is the frame of the first picture.
    [[nodiscard]] QImage compose(const QImage& own, const Look& look);

    /// Largest difference that has a colour of its own: half of the first picture's window.
    [[nodiscard]] static double differenceRange(const Look& look) noexcept {
        return 0.5 * look.first.range.window();
    }

private:
    [[nodiscard]] const QImage& difference(QSize size, const Look& look);

    std::shared_ptr<const Volume> m_first;
    std::shared_ptr<const Volume> m_second;
    CanvasFrame m_secondFrame;
    bool m_firstIsThere = false;
    bool m_secondIsThere = false;
    CanvasFrame m_differenceFrame;
    std::optional<std::pair<SliceAxis, std::int64_t>> m_differenceOf;
};

/// Second minus first, value by value, as float; of RGB pictures their luma. 0 where either is not
/// finite. Both must be of one size: Error(config).
[[nodiscard]] Volume differenceOf(const Volume& first, const Volume& second);

} // namespace likeness
