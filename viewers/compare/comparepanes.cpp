// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/comparepanes.h"

#include "viewers/canvas/imagecanvas.h"
#include "viewers/canvas/viewbindings.h"
#include "viewers/compare/swipedivider.h"
#include "viewers/support/planeprovider.h"

#include <QFocusEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kDividerStep = 0.02; ///< of the pane, for one key press

} // namespace

ComparePanes::ComparePanes(QWidget* parent)
    : QWidget(parent)
    , m_link(new ViewLink(this))
    , m_swipe(new SwipeDivider(this))
    , m_blink(new QTimer(this))
    , m_bindings(std::make_shared<const ViewBindings>()) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    for (int i = 0; i < kPanes; ++i)
        makePane(i);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(1, 1);
    m_blink->setTimerType(Qt::PreciseTimer);
    connect(m_blink, &QTimer::timeout, this, [this] {
        m_blinked = !m_blinked;
        refreshLabels();
        m_canvases[0]->update();
    });
    // What the second picture shows may change while the first one's view stays.
    connect(m_link, &ViewLink::changed, this, [this] {
        if (isComposed())
            m_canvases[0]->update();
    });
}

ComparePanes::~ComparePanes() = default;

void ComparePanes::makePane(int pane) {
    const auto at = static_cast<std::size_t>(pane);
    const std::array names{tr("Left image"), tr("Right image"), tr("Lower left image"),
                           tr("Lower right image")};
    m_labels[at] = new QLabel(this);
    m_labels[at]->setTextFormat(Qt::PlainText);
    m_canvases[at] = new ImageCanvas(this);
    m_canvases[at]->setLink(m_link);
    m_canvases[at]->setAccessibleName(names[at]);
    m_canvases[at]->installEventFilter(this);
    m_labels[at]->setBuddy(m_canvases[at]);
    auto* grid = qobject_cast<QGridLayout*>(layout());
    grid->addWidget(m_labels[at], pane / 2 * 2, pane % 2);
    grid->addWidget(m_canvases[at], pane / 2 * 2 + 1, pane % 2);
    m_labels[at]->setVisible(pane < 2);
    m_canvases[at]->setVisible(pane < 2);
    connect(m_canvases[at], &ImageCanvas::probed, this,
            [this, pane](const PixelProbe& probe) { Q_EMIT probed(pane, probe); });
}

ImageCanvas* ComparePanes::canvas(int pane) const {
    return m_canvases.at(static_cast<std::size_t>(pane));
}

void ComparePanes::setPicture(int pane,
                              std::shared_ptr<const Volume> volume,
                              const QString& label) {
    setSecondShown(false);
    canvas(pane)->setVolume(std::move(volume));
    onPicture(pane, label);
}

void ComparePanes::setPlanes(int pane,
                             std::shared_ptr<PlaneProvider> planes,
                             const QString& label) {
    setSecondShown(false);
    canvas(pane)->setPlanes(planes);
    // The second picture is also drawn in the first one's pane.
    if (planes && pane == 1)
        connect(planes.get(), &PlaneProvider::changed, this, [this] {
            if (isComposed())
                m_canvases[0]->update();
        });
    onPicture(pane, label);
}

void ComparePanes::onPicture(int pane, const QString& label) {
    m_titles.at(static_cast<std::size_t>(pane)) = label;
    m_composer.setVolumes(m_canvases[0]->volume(), m_canvases[1]->volume());
    m_composer.setPlanes(m_canvases[0]->planes(), m_canvases[1]->planes());
    // A mode that is not the last suggestion was chosen by hand.
    if (m_link->windowMode() == m_suggested) {
        m_suggested = m_link->suggestedWindowMode();
        m_link->setWindowMode(m_suggested);
    }
    if (!reasonAgainst(m_mode).isEmpty())
        setMode(CompareMode::sideBySide);
    tellSecondPane();
    refreshLabels();
}

void ComparePanes::setMode(CompareMode mode) {
    if (mode == m_mode || !reasonAgainst(mode).isEmpty())
        return;
    m_mode = mode;
    m_blinked = false;
    auto* grid = qobject_cast<QGridLayout*>(layout());
    const bool single = !isApart();
    const bool four = mode == CompareMode::four;
    m_canvases[1]->setVisible(!single);
    grid->removeWidget(m_canvases[0]);
    grid->addWidget(m_canvases[0], 1, 0, 1, single ? 2 : 1);
    for (std::size_t i = 2; i < m_canvases.size(); ++i) {
        m_canvases[i]->setVisible(four);
        m_labels[i]->setVisible(four);
    }
    grid->setRowStretch(3, four ? 1 : 0);
    applyTools();
    m_canvases[0]->setAccessibleName(single ? tr("Both images") : tr("Left image"));
    setBlinkRate(m_blinkRate);
    applyComposer();
    tellSecondPane();
    refreshLabels();
    Q_EMIT modeChanged(mode);
}

void ComparePanes::setRegistered(bool on) {
    m_registered = on;
    if (!reasonAgainst(m_mode).isEmpty())
        setMode(CompareMode::sideBySide);
}

QString ComparePanes::reasonAgainst(CompareMode mode) const {
    if (mode != CompareMode::checkerboard && mode != CompareMode::difference)
        return {};
    const auto& first = m_canvases[0]->volume();
    const auto& second = m_canvases[1]->volume();
    if (m_canvases[0]->planes() || m_canvases[1]->planes())
        return tr("Images that are shown from disk are compared side by side, by the divider or in "
                  "turn.");
    if (!first || !second)
        return tr("Two images are needed.");
    if (!m_registered)
        return tr("Only an image and what was made from it by editing show the same place pixel by "
                  "pixel; these two do not.");
    if (first->width() != second->width() || first->height() != second->height() ||
        first->depth() != second->depth())
        return tr("The two images are of different sizes.");
    return {};
}

void ComparePanes::setSecondShown(bool on) {
    if (on == m_held)
        return;
    m_held = on;
    applyComposer();
    refreshLabels();
}

void ComparePanes::setBlinkRate(double perSecond) {
    m_blinkRate = std::clamp(perSecond, 0.0, kMaximumBlinkRate);
    if (m_mode == CompareMode::blink && m_blinkRate > 0.0) {
        m_blink->start(static_cast<int>(std::lround(1000.0 / m_blinkRate)));
        return;
    }
    m_blink->stop();
    m_blinked = false;
    refreshLabels();
    m_canvases[0]->update();
}

void ComparePanes::setDivider(double share) {
    m_divider = std::clamp(share, 0.0, 1.0);
    m_canvases[0]->update();
}

void ComparePanes::setDividerFlat(bool on) {
    m_flat = on;
    m_canvases[0]->update();
}

void ComparePanes::setTools(CanvasTool* first, CanvasTool* second) {
    m_tools = {first, second};
    m_swipe->setNext(first);
    applyTools();
}

void ComparePanes::applyTools() {
    m_canvases[0]->setTool(m_mode == CompareMode::swipe ? m_swipe : m_tools[0].data());
    m_canvases[1]->setTool(m_tools[1]);
}

void ComparePanes::setColours(ColourMap map) {
    for (ImageCanvas* canvas : m_canvases)
        canvas->setColours(map);
    m_composer.setColours(map);
}

bool ComparePanes::isApart() const noexcept {
    return m_mode == CompareMode::sideBySide || m_mode == CompareMode::four;
}

bool ComparePanes::isComposed() const noexcept {
    return m_held || !isApart();
}

PaneComposer::Look ComparePanes::look() const {
    PaneComposer::Look look;
    look.mode = m_mode;
    look.divider = m_divider;
    look.acrossRows = m_flat;
    look.secondShown = m_held != m_blinked; // X shows the other one in blink mode, too
    look.pixelRatio = m_canvases[0]->devicePixelRatioF();
    look.background = 0xFF000000U | (ImageCanvas::kSurround * 0x010101U);
    look.first = m_canvases[0]->view();
    look.second = m_canvases[1]->view();
    return look;
}

void ComparePanes::applyComposer() {
    if (isComposed())
        m_canvases[0]->setComposer(
            [this](const QImage& own) { return m_composer.compose(own, look()); });
    else
        m_canvases[0]->setComposer(nullptr);
}

/// A hidden canvas draws in the first one's pane: its view fits into that.
void ComparePanes::tellSecondPane() {
    if (!isApart())
        m_link->setPane(m_canvases[1]->viewId(), m_canvases[0]->size(),
                        m_canvases[0]->devicePixelRatioF());
}

void ComparePanes::refreshLabels() {
    const bool second = m_held != m_blinked;
    const bool inTurn = m_mode == CompareMode::blink || m_held;
    for (std::size_t i = 2; i < m_labels.size(); ++i)
        m_labels[i]->setText(m_titles[i]);
    for (std::size_t i = 0; i < 2; ++i) {
        const bool seen = !inTurn || (i == 1) == second;
        // Not by colour or weight alone.
        m_labels[i]->setText(inTurn && seen ? tr("\u25B6 %1").arg(m_titles[i]) : m_titles[i]);
        m_labels[i]->setEnabled(seen);
    }
    if (m_mode == CompareMode::difference && !m_held)
        m_labels[1]->setText(tr("%1 minus left: blue below, red above, full colour at %2")
                                 .arg(m_titles[1])
                                 .arg(PaneComposer::differenceRange(look()), 0, 'g', 6));
}

void ComparePanes::setBindings(const std::shared_ptr<const ViewBindings>& bindings) {
    m_bindings = bindings ? bindings : std::make_shared<const ViewBindings>();
    for (ImageCanvas* canvas : m_canvases)
        canvas->setBindings(m_bindings);
}

void ComparePanes::keyPressEvent(QKeyEvent* event) {
    const auto action = m_bindings->actionOf(*event);
    const bool swipes = m_mode == CompareMode::swipe;
    if (action == ViewAction::holdSecond) {
        if (!event->isAutoRepeat())
            setSecondShown(true);
    } else if (swipes && action == ViewAction::dividerBack) {
        setDivider(m_divider - kDividerStep);
    } else if (swipes && action == ViewAction::dividerOn) {
        setDivider(m_divider + kDividerStep);
    } else if (swipes && action == ViewAction::turnDivider) {
        setDividerFlat(!m_flat);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void ComparePanes::keyReleaseEvent(QKeyEvent* event) {
    if (m_bindings->actionOf(*event) != ViewAction::holdSecond) {
        QWidget::keyReleaseEvent(event);
        return;
    }
    if (!event->isAutoRepeat())
        setSecondShown(false);
}

bool ComparePanes::eventFilter(QObject* watched, QEvent* event) {
    // The release is never seen once the focus has gone.
    if (event->type() == QEvent::FocusOut)
        setSecondShown(false);
    if (event->type() == QEvent::Resize && watched == m_canvases[0])
        tellSecondPane();
    return QWidget::eventFilter(watched, event);
}

} // namespace likeness
