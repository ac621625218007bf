// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/volumeview.h"

#include "core/base/error.h"
#include "viewers/volume/glhost.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QStackedLayout>
#include <QTimer>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kDegreesPerPixel = 0.4;
constexpr double kKeyDegrees = 5.0;
constexpr double kKeyShare = 0.05;
constexpr double kZoomStep = 1.2;
constexpr int kMargin = 8;

} // namespace

void VolumeView::prepareApplication() {
    QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
    QSurfaceFormat::setDefaultFormat(GlHost::surfaceFormat());
}

std::int64_t VolumeView::displayBytes() {
    return GlHost::device().software ? std::int64_t{32} << 20 : std::int64_t{1} << 30;
}

VolumeView::VolumeView(QWidget* parent)
    : QWidget(parent)
    , m_scene(std::make_unique<VolumeScene>())
    , m_message(new QLabel(this))
    , m_badge(new QLabel(this))
    , m_stack(new QStackedLayout(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setAccessibleName(tr("Volume"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_badge->setTextFormat(Qt::PlainText);
    m_badge->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_badge->setAutoFillBackground(true);
    m_badge->hide();
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_message);
    setLink(nullptr);
    refresh();
}

VolumeView::~VolumeView() {
    if (m_link) {
        disconnect(m_link, nullptr, this, nullptr);
        m_link->removeMember(this);
    }
    // The host refers to the scene, which dies before child widgets do.
    delete m_host;
    m_host = nullptr;
}

void VolumeView::setVolume(std::shared_ptr<const Volume> volume, int reduction) {
    m_reason.clear();
    try {
        m_scene->setVolume(std::move(volume));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::config)
            throw;
        m_scene->setVolume(nullptr);
        m_reason = tr("This image has one slice only: there is nothing to show in 3-D.");
    }
    m_badge->setText(reduction > 1 ? tr("Shown at 1/%1 of the resolution").arg(reduction)
                                   : QString());
    if (m_link)
        m_link->setMember(this, m_scene->longestEdgeUm(), m_scene->isCalibrated());
    refresh();
}

void VolumeView::setLink(CameraLink* link) {
    if (!link) {
        if (!m_ownLink)
            m_ownLink = new CameraLink(this);
        link = m_ownLink;
    }
    if (m_link == link)
        return;
    if (m_link) {
        disconnect(m_link, nullptr, this, nullptr);
        m_link->removeMember(this);
    }
    joinLink(link);
}

void VolumeView::joinLink(CameraLink* link) {
    m_link = link;
    const auto render = [this] {
        if (m_host)
            m_host->requestRender();
    };
    connect(link, &CameraLink::poseChanged, this, &VolumeView::syncPose);
    connect(link, &CameraLink::movingChanged, this, [this, render](bool moving) {
        m_scene->setMoving(moving);
        render();
    });
    connect(link, &CameraLink::transferChanged, this, [this, render] {
        m_scene->setTransfer(m_link->transfer());
        render();
    });
    connect(link, &CameraLink::unitChanged, this, [this, render] {
        m_scene->setWorldUnit(m_link->unit());
        render();
    });
    const auto takeOptions = [this, render] {
        m_scene->setOptions(m_link->options(), m_link->worldSize());
        render();
    };
    connect(link, &CameraLink::optionsChanged, this, takeOptions);
    connect(link, &QObject::destroyed, this, [this, link] {
        if (link != m_ownLink)
            setLink(nullptr);
    });
    m_scene->setTransfer(link->transfer());
    m_scene->setMoving(link->isMoving());
    link->setMember(this, m_scene->longestEdgeUm(), m_scene->isCalibrated());
    m_scene->setWorldUnit(link->unit());
    takeOptions();
    syncPose();
}

void VolumeView::setSurface(std::shared_ptr<const IsoSurface> surface) {
    m_scene->setSurface(std::move(surface));
    if (m_host)
        m_host->requestRender();
}

void VolumeView::setMapper(VolumeMapper mapper) {
    m_scene->setMapper(mapper);
    if (m_host)
        m_host->requestRender();
}

QString VolumeView::message() const {
    return m_stack->currentWidget() == m_message ? m_message->text() : QString();
}

QString VolumeView::glRenderer() const {
    return m_host ? m_host->glRenderer() : QString();
}

QImage VolumeView::picture() {
    return m_host && m_host->isValid() && message().isEmpty() ? m_host->grabFramebuffer()
                                                              : QImage();
}

void VolumeView::syncPose() {
    m_scene->setPose(m_link->pose());
    if (m_host)
        m_host->requestRender();
}

void VolumeView::refresh() {
    if (!m_reason.isEmpty()) {
        showMessage(m_reason);
    } else if (m_scene->isEmpty()) {
        showMessage(tr("No volume: choose a stack or a volume"));
    } else if (!GlHost::device().works) {
        showMessage(tr("The 3-D view needs OpenGL 3.2, which this display does not offer. "
                       "Slices can be compared without it."));
    } else if (isVisible() || m_host) {
        createHost();
        m_stack->setCurrentWidget(m_host);
        m_badge->setVisible(!m_badge->text().isEmpty());
        placeBadge();
        m_host->requestRender();
    }
}

void VolumeView::createHost() {
    if (m_host)
        return;
    // Late, because the first OpenGL widget turns its whole window to OpenGL composition.
    QWidget* top = window();
    const Qt::WindowStates state = top->windowState();
    m_host = new GlHost(*m_scene, this);
    m_stack->addWidget(m_host);
    connect(m_host, &GlHost::contextReady, this, &VolumeView::syncPose);
    // That makes the native window anew, and X11 forgets that it filled the screen.
    const Qt::WindowStates filling = Qt::WindowMaximized | Qt::WindowFullScreen;
    if (!(state & filling))
        return;
    QTimer::singleShot(0, top, [top, state, filling] {
        top->setWindowState(state & ~filling);
        top->setWindowState(state);
    });
}

void VolumeView::showMessage(const QString& text) {
    m_message->setText(text);
    m_stack->setCurrentWidget(m_message);
    m_badge->hide();
}

void VolumeView::placeBadge() {
    m_badge->adjustSize();
    m_badge->move(kMargin, height() - m_badge->height() - kMargin);
    m_badge->raise();
}

void VolumeView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void VolumeView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeBadge();
}

void VolumeView::mousePressEvent(QMouseEvent* event) {
    m_last = event->position();
}

void VolumeView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF d = event->position() - m_last;
    m_last = event->position();
    if (!m_link || event->buttons() == Qt::NoButton)
        return;
    const CameraPose& pose = m_link->pose();
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (event->buttons().testFlag(Qt::RightButton))
        m_link->moveTo(zoomed(pose, std::pow(kZoomStep, -d.y() / 20.0)));
    else if (event->buttons().testFlag(Qt::MiddleButton) || shift)
        m_link->moveTo(panned(pose, -d.x() / std::max(height(), 1), d.y() / std::max(height(), 1)));
    else
        m_link->moveTo(rotated(pose, -d.x() * kDegreesPerPixel, -d.y() * kDegreesPerPixel));
}

void VolumeView::mouseDoubleClickEvent(QMouseEvent* event) {
    m_last = event->position();
    if (m_link)
        m_link->reset();
}

void VolumeView::wheelEvent(QWheelEvent* event) {
    if (m_link && event->angleDelta().y() != 0)
        m_link->moveTo(
            zoomed(m_link->pose(), std::pow(kZoomStep, event->angleDelta().y() / 120.0)));
    event->accept();
}

void VolumeView::keyPressEvent(QKeyEvent* event) {
    constexpr Qt::KeyboardModifiers kForeign =
        Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier;
    const int key = event->key();
    QPointF arrow;
    if (key == Qt::Key_Left || key == Qt::Key_Right)
        arrow.setX(key == Qt::Key_Left ? -1.0 : 1.0);
    if (key == Qt::Key_Up || key == Qt::Key_Down)
        arrow.setY(key == Qt::Key_Up ? -1.0 : 1.0);
    if (!m_link || (event->modifiers() & kForeign)) {
        QWidget::keyPressEvent(event);
        return;
    }
    const CameraPose& pose = m_link->pose();
    if (!arrow.isNull() && event->modifiers().testFlag(Qt::ShiftModifier))
        m_link->moveTo(panned(pose, -arrow.x() * kKeyShare, arrow.y() * kKeyShare));
    else if (!arrow.isNull())
        m_link->moveTo(rotated(pose, -arrow.x() * kKeyDegrees, -arrow.y() * kKeyDegrees));
    else if (key == Qt::Key_Plus || key == Qt::Key_Equal)
        m_link->moveTo(zoomed(pose, kZoomStep));
    else if (key == Qt::Key_Minus)
        m_link->moveTo(zoomed(pose, 1.0 / kZoomStep));
    else if (key == Qt::Key_F || key == Qt::Key_R)
        m_link->reset();
    else
        QWidget::keyPressEvent(event);
}

QSize VolumeView::sizeHint() const {
    return {480, 480};
}

QSize VolumeView::minimumSizeHint() const {
    return {96, 96};
}

} // namespace likeness
