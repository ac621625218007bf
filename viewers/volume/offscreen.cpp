// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/offscreen.h"

#include "core/base/error.h"
#include "viewers/volume/glhost.h"
#include "viewers/volume/hostwindow.h"
#include "viewers/volume/movie.h"
#include "viewers/volume/sceneimpl.h"

#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>

#include <vtkCallbackCommand.h>
#include <vtkOpenGLState.h>
#include <vtkUnsignedCharArray.h>

#include <map>
#include <string>

namespace likeness {

namespace {

/// The only context of this thread stays current throughout.
void answerIsCurrent(vtkObject*, unsigned long, void*, void* answer) {
    *static_cast<bool*>(answer) = QOpenGLContext::currentContext() != nullptr;
}

} // namespace

struct Offscreen::Impl {
    QOpenGLContext context;
    QSize size;
    std::string renderer;
    int textureLimit = 0;
    std::map<VolumeScene*, vtkSmartPointer<HostWindow>> windows;

    HostWindow* windowOf(VolumeScene& scene);
};

std::shared_ptr<QOffscreenSurface> movieSurface() {
    if (!GlHost::device().works)
        return nullptr;
    auto surface = std::make_shared<QOffscreenSurface>();
    surface->setFormat(GlHost::surfaceFormat());
    surface->create();
    return surface->isValid() ? surface : nullptr;
}

Offscreen::Offscreen(QOffscreenSurface* surface, QSize size)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->size = size;
    m_impl->context.setFormat(GlHost::surfaceFormat());
    if (!surface || !m_impl->context.create() || !m_impl->context.makeCurrent(surface))
        throw Error(ErrorCode::unsupported, "Cannot draw the movie",
                    "OpenGL 3.2 cannot be used here", "slices can be written without it");
    auto* gl = m_impl->context.functions();
    const auto* name = reinterpret_cast<const char*>(gl->glGetString(GL_RENDERER));
    m_impl->renderer = name ? name : "";
    gl->glGetIntegerv(0x8073 /* GL_MAX_3D_TEXTURE_SIZE */, &m_impl->textureLimit);
}

Offscreen::~Offscreen() {
    for (auto& [scene, window] : m_impl->windows) {
        window->Finalize();
        window->SetReadyForRendering(false);
        window->RemoveAllObservers();
        window->RemoveRenderer(scene->impl().renderer);
    }
    m_impl->windows.clear();
    m_impl->context.doneCurrent();
}

HostWindow* Offscreen::Impl::windowOf(VolumeScene& scene) {
    auto& window = windows[&scene];
    if (window)
        return window;
    window = vtkSmartPointer<HostWindow>::New();
    window->SetReadyForRendering(false);
    window->SetFrameBlitModeToNoBlit();
    window->SetMultiSamples(0);
    window->AddRenderer(scene.impl().renderer);
    const vtkNew<vtkCallbackCommand> current;
    current->SetCallback(answerIsCurrent);
    window->AddObserver(vtkCommand::WindowIsCurrentEvent, current);
    if (!window->loadFunctions())
        throw Error(ErrorCode::unsupported, "Cannot draw the movie",
                    "OpenGL 3.2 could not be loaded", "slices can be written without it");
    window->SetReadyForRendering(true);
    window->SetOwnContext(0);
    window->OpenGLInitContext();
    window->SetSize(size.width(), size.height());
    scene.impl().setDevice(renderer, textureLimit);
    return window;
}

QImage Offscreen::picture(VolumeScene& scene) {
    HostWindow* window = m_impl->windowOf(scene);
    vtkOpenGLState* state = window->GetState();
    state->Reset();
    state->Push();
    state->vtkglDepthFunc(GL_LEQUAL);
    state->vtkglEnable(GL_DEPTH_TEST);
    const CameraPose pose = scene.pose();
    scene.setPose(pose); // the clipping range follows what is there now
    window->Render();
    const vtkNew<vtkUnsignedCharArray> pixels;
    const QSize size = m_impl->size;
    window->GetPixelData(0, 0, size.width() - 1, size.height() - 1, 0, pixels.GetPointer(), 0);
    state->Pop();
    if (pixels->GetNumberOfValues() < vtkIdType{3} * size.width() * size.height())
        throw Error(ErrorCode::unsupported, "Cannot draw the movie", "OpenGL gave no picture back",
                    "slices can be written without it");
    const QImage picture(pixels->GetPointer(0), size.width(), size.height(), 3 * size.width(),
                         QImage::Format_RGB888);
    return picture.mirrored(false, true).convertToFormat(QImage::Format_RGB32);
}

} // namespace likeness
