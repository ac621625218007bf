// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/imagecanvas.h"

#include "core/base/error.h"
#include "viewers/canvas/canvasframe.h"
#include "viewers/canvas/canvasinput.h"
#include "viewers/canvas/canvastool.h"
#include "viewers/canvas/scalebar.h"
#include "viewers/support/planeprovider.h"
#include "viewers/support/spanimage.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <vector>

namespace likeness {

namespace {

QSize devicePixels(const QWidget& widget) {
    const double ratio = widget.devicePixelRatioF();
    return {static_cast<int>(std::ceil(widget.width() * ratio)),
            static_cast<int>(std::ceil(widget.height() * ratio))};
}

/// At the top right, to be read on any picture.
void drawMark(QPainter& painter, const QRect& pane, const QString& text) {
    constexpr int kPadding = 6;
    QRect box = painter.fontMetrics().boundingRect(text).adjusted(-kPadding, -3, kPadding, 3);
    box.moveTopRight(pane.topRight() + QPoint(-10, 10));
    painter.fillRect(box, QColor(0, 0, 0, 170));
    painter.setPen(Qt::white);
    painter.drawText(box, Qt::AlignCenter, text);
}

} // namespace

ImageCanvas::ImageCanvas(QWidget* parent)
    : QWidget(parent)
    , m_frame(std::make_unique<CanvasFrame>())
    , m_input(std::make_unique<CanvasInput>()) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setAccessibleName(tr("Image"));
    setLink(nullptr);
}

ImageCanvas::~ImageCanvas() {
    leaveLink();
}

void ImageCanvas::setVolume(std::shared_ptr<const Volume> volume) {
    if (volume && volume->isEmpty())
        volume.reset();
    if (volume && volume->channels() != 1 && volume->channels() != 3)
        throw Error(ErrorCode::unsupported, "Cannot show the image",
                    "it has neither 1 nor 3 channels", "import a grey or RGB image");
    if (m_planes)
        disconnect(m_planes.get(), nullptr, this, nullptr);
    m_planes.reset();
    m_volume = std::move(volume);
    m_frame->setVolume(m_volume);
    tellPane(); // a hidden widget has not been told of its size
    if (m_link)
        m_link->setSubject(m_id, subject());
    update();
}

void ImageCanvas::setPlanes(std::shared_ptr<PlaneProvider> planes) {
    setVolume(nullptr);
    m_planes = std::move(planes);
    m_frame->setPlanes(m_planes);
    if (m_planes)
        connect(m_planes.get(), &PlaneProvider::changed, this, qOverload<>(&QWidget::update));
    if (m_link)
        m_link->setSubject(m_id, subject());
    update();
}

ViewSubject ImageCanvas::subject() const {
    if (m_planes)
        return m_planes->subject();
    ViewSubject subject;
    if (!m_volume)
        return subject;
    subject.size = {m_volume->width(), m_volume->height(), m_volume->depth()};
    if (m_volume->voxelSize) {
        const auto& um = m_volume->voxelSize->um;
        if (std::all_of(um.begin(), um.end(),
                        [](double edge) { return std::isfinite(edge) && edge > 0.0; }))
            subject.voxelUm = um;
    }
    if (m_study) {
        // A stretch of its own would make every stimulus look different.
        subject.firstView = {0.0, typeMaximum(m_volume->type())};
    } else if (m_volume->channels() == 1) {
        subject.values = std::make_shared<const ValueSample>(m_volume->span());
        subject.firstView = subject.values->firstView();
    } else {
        subject.firstView = firstViewOf(m_volume->span());
    }
    return subject;
}

void ImageCanvas::setLink(ViewLink* link) {
    if (!link) {
        if (!m_ownLink)
            m_ownLink = new ViewLink(this);
        link = m_ownLink;
    }
    joinLink(link);
}

void ImageCanvas::joinLink(ViewLink* link) {
    if (m_link == link)
        return;
    leaveLink();
    m_link = link;
    m_id = link->addView();
    m_input->setTarget(link, m_id);
    connect(link, &ViewLink::changed, this, &ImageCanvas::onLinkChanged);
    connect(link, &QObject::destroyed, this, [this, link] {
        m_input->setTarget(nullptr, 0);
        if (link != m_ownLink)
            setLink(nullptr);
    });
    if (m_study)
        link->setIntegerFit(true);
    tellPane();
    link->setSubject(m_id, subject());
    onLinkChanged();
}

void ImageCanvas::leaveLink() {
    if (!m_link)
        return;
    disconnect(m_link, nullptr, this, nullptr);
    m_link->removeView(m_id);
    m_link = nullptr;
    m_input->setTarget(nullptr, 0);
}

void ImageCanvas::onLinkChanged() {
    const PaneView now = view();
    if (now == m_shown)
        return;
    m_shown = now;
    update();
    Q_EMIT viewChanged();
}

PaneView ImageCanvas::view() const {
    return m_link ? m_link->view(m_id) : PaneView{};
}

void ImageCanvas::tellPane() {
    if (m_link)
        m_link->setPane(m_id, size(), devicePixelRatioF());
}

void ImageCanvas::setReadOnlyView(bool on) {
    m_readOnly = on;
    m_input->setRights({!m_readOnly, !m_readOnly && !m_study, !m_readOnly && !m_study});
}

void ImageCanvas::setStudyMode(bool on) {
    m_study = on;
    if (m_link) {
        m_link->setIntegerFit(on);
        m_link->setSubject(m_id, subject());
    }
    setReadOnlyView(m_readOnly);
    setColours(m_colours);
    setBindings(m_bindings);
}

void ImageCanvas::setBindings(std::shared_ptr<const ViewBindings> bindings) {
    m_bindings = std::move(bindings);
    m_input->setBindings(m_study ? nullptr : m_bindings);
}

void ImageCanvas::setScaleBarVisible(bool on) {
    m_scaleBar = on;
    update();
}

void ImageCanvas::setColours(ColourMap map) {
    m_colours = map;
    m_frame->setColours(m_study ? ColourMap::grey : map);
    update();
}

void ImageCanvas::setComposer(Composer composer) {
    m_composer = std::move(composer);
    update();
}

void ImageCanvas::setTool(CanvasTool* tool) {
    if (m_tool)
        disconnect(m_tool, nullptr, this, nullptr);
    m_tool = tool;
    if (tool)
        connect(tool, &CanvasTool::redrawWanted, this, qOverload<>(&QWidget::update));
    setCursor(tool ? Qt::CrossCursor : Qt::ArrowCursor);
    update();
}

QTransform ImageCanvas::toPane() {
    (void)frame(); // the grid of what is on screen
    const double ratio = devicePixelRatioF();
    return m_frame->toDevice() * QTransform::fromScale(1.0 / ratio, 1.0 / ratio);
}

QPointF ImageCanvas::pictureAt(QPointF position) {
    return toPane().inverted().map(position);
}

QImage ImageCanvas::frame() {
    constexpr QRgb kBackground = 0xFF000000U | (kSurround * 0x010101U);
    return m_frame->render(view(), devicePixels(*this), devicePixelRatioF(), kBackground);
}

void ImageCanvas::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    const QImage own = frame();
    painter.drawImage(QPoint(0, 0), m_composer ? m_composer(own) : own);
    if (!m_study)
        drawOverlays(painter);
}

void ImageCanvas::drawOverlays(QPainter& painter) {
    const PaneView shown = view();
    if (m_tool && m_volume)
        m_tool->draw(painter, toPane());
    const ViewSubject& what = m_link ? m_link->subject(m_id) : ViewSubject{};
    if (m_scaleBar && !what.isEmpty()) {
        const double um =
            what.voxelUm ? what.pixelPitch(shown.axis).width() / shown.zoom.width() : 0.0;
        drawScaleBar(painter, rect(), um);
    }
    if (const QString mark = m_planes ? m_planes->mark() : QString(); !mark.isEmpty())
        drawMark(painter, rect(), mark);
    if (shown.sliceClamped) {
        painter.setPen(Qt::white);
        painter.drawText(rect().adjusted(12, 12, -12, -12), Qt::AlignLeft | Qt::AlignTop,
                         tr("End of the stack"));
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void ImageCanvas::probeAt(QPointF position) {
    PixelProbe probe;
    (void)frame(); // the grid of what is on screen
    const auto voxel = m_frame->voxelAt(position * devicePixelRatioF());
    if (voxel && m_volume) {
        probe.inside = true;
        probe.voxel = *voxel;
        probe.channels = static_cast<int>(m_volume->channels());
        const auto [x, y, z] = *voxel;
        const ImageSpan span = m_volume->span();
        const std::int64_t at = ((z * span.height + y) * span.width + x) * span.channels;
        for (int c = 0; c < probe.channels; ++c)
            probe.values[static_cast<std::size_t>(c)] = span.at(at + c);
    }
    if (voxel && m_planes) {
        probe.inside = true;
        probe.voxel = *voxel;
        const std::vector<double> values = m_planes->valuesAt(*voxel);
        probe.channels = static_cast<int>(values.size());
        std::copy_n(values.begin(), std::min<std::size_t>(values.size(), 3), probe.values.begin());
    }
    Q_EMIT probed(probe);
}

void ImageCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    tellPane();
}

void ImageCanvas::mousePressEvent(QMouseEvent* event) {
    const bool used = m_tool && m_volume && !m_input->isPanHeld() &&
                      m_tool->press(*event, pictureAt(event->position()));
    event->setAccepted(used || m_input->press(*event));
}

void ImageCanvas::mouseMoveEvent(QMouseEvent* event) {
    const bool painted = m_tool && m_volume && m_tool->move(*event, pictureAt(event->position()));
    const bool used = painted || m_input->move(*event);
    probeAt(event->position());
    event->setAccepted(used);
}

void ImageCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const bool used = m_tool && m_volume && m_tool->release(*event, pictureAt(event->position()));
    event->setAccepted(used || m_input->release(*event));
}

void ImageCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const bool used =
        m_tool && m_volume && m_tool->doubleClick(*event, pictureAt(event->position()));
    event->setAccepted(used || m_input->doubleClick(*event));
}

void ImageCanvas::wheelEvent(QWheelEvent* event) {
    event->setAccepted(m_input->wheel(*event, size()));
    probeAt(event->position());
}

void ImageCanvas::keyPressEvent(QKeyEvent* event) {
    event->setAccepted(m_input->key(*event, size()));
}

void ImageCanvas::keyReleaseEvent(QKeyEvent* event) {
    event->setAccepted(m_input->keyReleased(*event));
}

void ImageCanvas::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    if (m_tool)
        m_tool->leave();
    Q_EMIT probed({});
}

bool ImageCanvas::event(QEvent* event) {
    switch (event->type()) {
    case QEvent::ScreenChangeInternal:
    case QEvent::Show:
        tellPane();
        break;
    case QEvent::FocusOut:
        m_input->leave();
        update();
        break;
    case QEvent::FocusIn:
        update();
        break;
    default:
        break;
    }
    return QWidget::event(event);
}

QSize ImageCanvas::sizeHint() const {
    return {480, 480};
}

QSize ImageCanvas::minimumSizeHint() const {
    return {96, 96};
}

} // namespace likeness
