// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/openglprobe.h"

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>

namespace likeness::cli {

namespace {

// The few words of EGL 1.4 and OpenGL that the question needs, as their registries define them.
constexpr int kEglTrue = 1;
constexpr unsigned kEglOpenGlApi = 0x30A2;
constexpr int kEglNone = 0x3038;
constexpr int kEglSurfaceType = 0x3033;
constexpr int kEglPbufferBit = 0x0001;
constexpr int kEglRenderableType = 0x3040;
constexpr int kEglOpenGlBit = 0x0008;
constexpr int kEglWidth = 0x3057;
constexpr int kEglHeight = 0x3056;
constexpr unsigned kGlRenderer = 0x1F01;
constexpr unsigned kGlVersion = 0x1F02;

struct Closer {
    void operator()(void* library) const { ::dlclose(library); }
};

using Library = std::unique_ptr<void, Closer>;

/// EGL through pointers; every call returns 0 or null when it fails.
class Egl {
public:
    explicit Egl(void* library)
        : m_library(library)
        , m_getDisplay(find<void*(void*)>("eglGetDisplay"))
        , m_initialize(find<unsigned(void*, int*, int*)>("eglInitialize"))
        , m_bindApi(find<unsigned(unsigned)>("eglBindAPI"))
        , m_chooseConfig(find<unsigned(void*, const int*, void**, int, int*)>("eglChooseConfig"))
        , m_createSurface(find<void*(void*, void*, const int*)>("eglCreatePbufferSurface"))
        , m_createContext(find<void*(void*, void*, void*, const int*)>("eglCreateContext"))
        , m_makeCurrent(find<unsigned(void*, void*, void*, void*)>("eglMakeCurrent"))
        , m_getAddress(find<void*(const char*)>("eglGetProcAddress"))
        , m_terminate(find<unsigned(void*)>("eglTerminate")) {}

    ~Egl() {
        if (m_display != nullptr && m_terminate != nullptr)
            m_terminate(m_display);
    }

    Egl(const Egl&) = delete;
    Egl& operator=(const Egl&) = delete;

    /// `native` is an X display, or null for what EGL takes as the default.
    [[nodiscard]] std::string describe(void* native) {
        const bool whole = m_getDisplay && m_initialize && m_bindApi && m_chooseConfig &&
                           m_createSurface && m_createContext && m_makeCurrent && m_getAddress;
        if (!whole)
            return "none: the EGL library lacks functions";
        m_display = m_getDisplay(native);
        if (m_display == nullptr || m_initialize(m_display, nullptr, nullptr) != kEglTrue)
            return "none: the display does not answer";
        if (m_bindApi(kEglOpenGlApi) != kEglTrue || !makeCurrent())
            return "none: the display gives no OpenGL context";
        using GetString = const unsigned char*(unsigned);
        const auto getString = reinterpret_cast<GetString*>(m_getAddress("glGetString"));
        if (getString == nullptr)
            return "none: the EGL library lacks functions";
        const auto text = [&](unsigned name) {
            const auto* words = getString(name);
            return std::string(words != nullptr ? reinterpret_cast<const char*>(words) : "?");
        };
        return text(kGlRenderer) + ", OpenGL " + text(kGlVersion);
    }

private:
    template <typename F>
    F* find(const char* name) const {
        return reinterpret_cast<F*>(::dlsym(m_library, name));
    }

    [[nodiscard]] bool makeCurrent() {
        const std::array<int, 5> wanted{kEglSurfaceType, kEglPbufferBit, kEglRenderableType,
                                        kEglOpenGlBit, kEglNone};
        const std::array<int, 5> size{kEglWidth, 1, kEglHeight, 1, kEglNone};
        void* config = nullptr;
        int count = 0;
        if (m_chooseConfig(m_display, wanted.data(), &config, 1, &count) != kEglTrue || count < 1)
            return false;
        void* surface = m_createSurface(m_display, config, size.data());
        void* context = m_createContext(m_display, config, nullptr, nullptr);
        return surface != nullptr && context != nullptr &&
               m_makeCurrent(m_display, surface, surface, context) == kEglTrue;
    }

    void* m_library;
    void* m_display = nullptr;
    void* (*m_getDisplay)(void*);
    unsigned (*m_initialize)(void*, int*, int*);
    unsigned (*m_bindApi)(unsigned);
    unsigned (*m_chooseConfig)(void*, const int*, void**, int, int*);
    void* (*m_createSurface)(void*, void*, const int*);
    void* (*m_createContext)(void*, void*, void*, const int*);
    unsigned (*m_makeCurrent)(void*, void*, void*, void*);
    void* (*m_getAddress)(const char*);
    unsigned (*m_terminate)(void*);
};

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

} // namespace

std::string probeOpenGl() {
    const bool wayland = isSet("WAYLAND_DISPLAY");
    if (!isSet("DISPLAY") && !wayland)
        return "no display";
    const Library egl(::dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL));
    if (egl == nullptr)
        return "none: libEGL.so.1 is not installed";
    if (wayland)
        return Egl(egl.get()).describe(nullptr);
    // Without a display of X, EGL would quietly draw off screen and tell nothing of the window.
    const Library x11(::dlopen("libX11.so.6", RTLD_NOW | RTLD_LOCAL));
    if (x11 == nullptr)
        return "none: libX11.so.6 is not installed";
    using OpenDisplay = void*(const char*);
    const auto open = reinterpret_cast<OpenDisplay*>(::dlsym(x11.get(), "XOpenDisplay"));
    void* display = open != nullptr ? open(nullptr) : nullptr;
    if (display == nullptr)
        return std::string("none: the display ")
            .append(std::getenv("DISPLAY"))
            .append(" does not answer");
    const std::string answer = Egl(egl.get()).describe(display);
    using CloseDisplay = int(void*);
    if (const auto close = reinterpret_cast<CloseDisplay*>(::dlsym(x11.get(), "XCloseDisplay")))
        close(display);
    return answer;
}

} // namespace likeness::cli
