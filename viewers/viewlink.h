// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/viewstate.h"

#include <QObject>

#include <map>

namespace likeness {

/// The state that linked views share. Views know the link and never each other; wheel, keys and
/// drags of every view come here, and each view draws what view() says. As there is one state and
/// no copy of it, linked views cannot drift. GUI thread only.
class ViewLink final : public QObject {
    Q_OBJECT

public:
    using Id = int;

    static constexpr double kMaximumZoom = 64.0; ///< logical screen pixels per picture pixel

    explicit ViewLink(QObject* parent = nullptr);

    [[nodiscard]] Id addView();
    void removeView(Id id);

    /// A new picture. One of the same size and calibration keeps the place; a window set by hand
    /// stays.
    void setSubject(Id id, const ViewSubject& subject);

    /// Logical size of the pane and device pixels per logical pixel. A fitted view fits again.
    void setPane(Id id, QSizeF size, double pixelRatio);

    void setNavigationMode(LinkMode mode);
    void setSliceMode(LinkMode mode);

    /// How linked slices correspond: by their share of the depth, or by their distance from the
    /// middle in um where every view is calibrated (else by the share, whatever was asked for).
    void setSliceUnit(LinkUnit unit);
    void setWindowMode(WindowLink mode);

    /// Fit takes the largest whole number of device pixels per picture pixel (or 1/n), for studies.
    void setIntegerFit(bool on);

    [[nodiscard]] LinkMode navigationMode() const noexcept { return m_navigation; }

    [[nodiscard]] LinkMode sliceMode() const noexcept { return m_slices; }

    [[nodiscard]] WindowLink windowMode() const noexcept { return m_windows; }

    /// byPercentile when the first views of the subjects hardly overlap (8-bit beside float), else
    /// byValue.
    [[nodiscard]] WindowLink suggestedWindowMode() const;

    [[nodiscard]] LinkUnit unit() const noexcept { return m_unit; }

    /// What slices are linked by at present.
    [[nodiscard]] LinkUnit sliceUnit() const noexcept { return m_shared.sliceUnit; }

    /// No window was set by hand since the first one.
    [[nodiscard]] bool isFirstWindow() const noexcept { return !m_rangeTouched; }

    [[nodiscard]] const ViewState& state() const noexcept { return m_shared; }

    [[nodiscard]] PaneView view(Id id) const;
    [[nodiscard]] const ViewSubject& subject(Id id) const;

    /// Takes over the window that the views of `other` share. Ignored unless both have one window
    /// mode, which ties views.
    void shareWindow(const ViewLink& other);

    // Input of a view. Offsets and distances are logical screen pixels.
    void panBy(Id id, QPointF distance);
    void zoomAt(Id id, double factor, QPointF offsetFromMiddle);
    void stepSlice(Id id, std::int64_t steps);
    void setSlice(Id id, std::int64_t index);
    void setAxis(Id id, SliceAxis axis);
    void setRange(Id id, DisplayRange range);
    void dragWindow(Id id, QPointF distance); ///< right widens the window, down darkens
    void fit(Id id);
    void zoomToPixels(Id id); ///< one device pixel per picture pixel
    void reset(Id id);        ///< fit and first window
    void resetWindow(Id id);  ///< first window alone

Q_SIGNALS:
    /// Something that view() returns may differ. Several changes of one call come as one signal.
    void changed();

private:
    struct View {
        ViewSubject subject;
        QSizeF pane;
        double pixelRatio = 1.0;
        QPointF centreOffset;
        double scaleRatio = 1.0;
        double sliceOffset = 0.0;
        SliceAxis axis = SliceAxis::z;
        DisplayRange ownRange;
        bool fitted = true;
    };

    [[nodiscard]] ViewState stateOf(const View& view) const;
    void applyPlace(View& view, const PaneView& place);
    void applySlice(View& view, double place);
    void applyRange(View& view, DisplayRange range);
    [[nodiscard]] double fitScale(const View& view) const;
    void fitNow(View& view);
    void refit();
    void setFitted(View& view, bool fitted);
    void resetRanges();
    void resetRange(View& view);
    void updateUnit();
    void updateSliceUnit();
    [[nodiscard]] View* find(Id id);
    [[nodiscard]] View* actor(Id id); ///< not null for a view that shows something
    [[nodiscard]] Id leadId() const;
    [[nodiscard]] const View* lead() const;
    [[nodiscard]] DisplayRange rangeOf(const View& view) const;

    std::map<Id, View> m_views;
    Id m_next = 1;
    Id m_active = 0; ///< the view that acted last; leads when modes change
    ViewState m_shared;
    LinkUnit m_unit = LinkUnit::fraction;
    LinkMode m_navigation = LinkMode::absolute;
    LinkMode m_slices = LinkMode::absolute;
    LinkUnit m_sliceUnit = LinkUnit::fraction; ///< wanted
    WindowLink m_windows = WindowLink::byValue;
    bool m_integerFit = false;
    bool m_rangeTouched = false; ///< by hand; until then ranges follow the first views
};

} // namespace likeness
