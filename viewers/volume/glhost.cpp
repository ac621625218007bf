// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/glhost.h"

#include "core/base/log.h"
#include "viewers/volume/hostwindow.h"
#include "viewers/volume/sceneimpl.h"

#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>

#include <vtkCommand.h>
#include <vtkOpenGLState.h>

#include <array>
#include <cmath>
#include <string>

namespace likeness {

namespace {

template <typename F>
void onEvent(vtkObject& object, unsigned long event, F callback) {
    // The command owns the callable.
    class Command final : public vtkCommand {
    public:
        explicit Command(F function)
            : m_function(std::move(function)) {}

        void Execute(vtkObject*, unsigned long, void* data) override { m_function(data); }

    private:
        F m_function;
    };

    auto* command = new Command(std::move(callback));
    object.AddObserver(event, command);
    command->UnRegister();
}

} // namespace

GlHost::Device GlHost::device() {
    // Platform plugins that lack OpenGL widgets although some can make a context.
    static constexpr std::array kWithout{u"offscreen", u"minimal", u"vnc", u"linuxfb"};
    for (const char16_t* name : kWithout)
        if (QGuiApplication::platformName() == QStringView(name))
            return {};
    static const Device kDevice = [] {
        Device found;
        QOpenGLContext context;
        context.setFormat(surfaceFormat());
        QOffscreenSurface surface;
        surface.setFormat(surfaceFormat());
        surface.create();
        if (!context.create() || context.format().version() < std::pair(3, 2) ||
            !context.makeCurrent(&surface))
            return found;
        const auto* name =
            reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER));
        found.works = name != nullptr;
        found.software = name == nullptr || isSoftwareRenderer(name);
        context.doneCurrent();
        return found;
    }();
    return kDevice;
}

QSurfaceFormat GlHost::surfaceFormat() {
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setAlphaBufferSize(8);
    format.setSamples(0); // multisampling would belong to VTK's own framebuffer
    return format;
}

GlHost::GlHost(VolumeScene& scene, QWidget* parent)
    : QOpenGLWidget(parent)
    , m_scene(scene)
    , m_window(vtkSmartPointer<HostWindow>::New()) {
    setFormat(surfaceFormat());
    setUpdateBehavior(QOpenGLWidget::NoPartialUpdate);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    m_window->SetReadyForRendering(false);
    m_window->SetFrameBlitModeToNoBlit();
    m_window->SetMultiSamples(0);
    m_window->AddRenderer(m_scene.impl().renderer);
    observe();
    connect(this, &QOpenGLWidget::resized, this, &GlHost::requestRender);
}

GlHost::~GlHost() {
    if (m_context) {
        makeCurrent();
        releaseContext();
        doneCurrent();
    }
    m_window->RemoveAllObservers();
    m_window->RemoveRenderer(m_scene.impl().renderer);
}

void GlHost::observe() {
    // QOpenGLWidget::makeCurrent() would also bind Qt's framebuffer, and VTK asks in mid-frame.
    onEvent(*m_window, vtkCommand::WindowMakeCurrentEvent, [this](void*) {
        if (m_context && QOpenGLContext::currentContext() != m_context)
            m_context->makeCurrent(m_surface);
    });
    onEvent(*m_window, vtkCommand::WindowIsCurrentEvent, [this](void* answer) {
        *static_cast<bool*>(answer) = m_context && QOpenGLContext::currentContext() == m_context;
    });
    onEvent(*m_window, vtkCommand::WindowFrameEvent, [this](void*) {
        if (!m_painting)
            update();
    });
}

void GlHost::requestRender() {
    m_dirty = true;
    update();
}

void GlHost::initializeGL() {
    m_context = context();
    m_surface = m_context->surface();
    // A widget moved to another window gets a new context and comes here again.
    connect(m_context, &QOpenGLContext::aboutToBeDestroyed, this, &GlHost::releaseContext,
            static_cast<Qt::ConnectionType>(Qt::DirectConnection | Qt::UniqueConnection));
    if (!m_window->loadFunctions()) {
        log(LogLevel::error, "OpenGL 3.2 could not be loaded: the 3-D view stays empty");
        m_context = nullptr;
        return;
    }
    m_window->SetForceMaximumHardwareLineWidth(1);
    m_window->SetReadyForRendering(true);
    m_window->SetOwnContext(0);
    m_window->OpenGLInitContext();
    auto* gl = m_context->functions();
    const auto* name = reinterpret_cast<const char*>(gl->glGetString(GL_RENDERER));
    m_renderer = QString::fromLatin1(name ? name : "");
    GLint limit = 0;
    gl->glGetIntegerv(GL_MAX_3D_TEXTURE_SIZE, &limit);
    m_scene.impl().setDevice(m_renderer.toStdString(), limit);
    m_dirty = true;
    Q_EMIT contextReady();
}

void GlHost::releaseContext() {
    if (!m_context)
        return;
    disconnect(m_context, nullptr, this, nullptr);
    makeCurrent();
    m_window->Finalize();
    m_window->SetReadyForRendering(false);
    m_context = nullptr;
    m_surface = nullptr;
}

void GlHost::paintGL() {
    if (!m_context)
        return;
    const double ratio = devicePixelRatioF();
    const QSize size(static_cast<int>(std::lround(width() * ratio)),
                     static_cast<int>(std::lround(height() * ratio)));
    vtkOpenGLState* state = m_window->GetState();
    state->Reset();
    state->Push();
    state->vtkglDepthFunc(GL_LEQUAL); // Qt leaves LESS
    state->vtkglEnable(GL_DEPTH_TEST);
    if (m_dirty) {
        m_dirty = false;
        m_painting = true;
        m_window->SetSize(size.width(), size.height());
        m_window->SetDPI(static_cast<int>(std::lround(72.0 * ratio)));
        m_window->Render();
        m_painting = false;
    }
    blit(size);
    state->Pop();
}

void GlHost::blit(QSize size) {
    makeCurrent();
    vtkOpenGLState* state = m_window->GetState();
    auto* gl = m_context->extraFunctions();
    state->vtkglBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
    const GLenum buffer = GL_COLOR_ATTACHMENT0;
    gl->glDrawBuffers(1, &buffer);
    state->vtkglDisable(GL_SCISSOR_TEST);
    m_window->BlitDisplayFramebuffer(0, 0, 0, size.width(), size.height(), 0, 0, size.width(),
                                     size.height(), GL_COLOR_BUFFER_BIT, GL_NEAREST);
    // An alpha below 1 would let other windows show through.
    state->vtkglColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
    state->vtkglClearColor(0.0F, 0.0F, 0.0F, 1.0F);
    state->vtkglClear(GL_COLOR_BUFFER_BIT);
    state->vtkglColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
}

} // namespace likeness
