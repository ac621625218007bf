// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/nvml.h"

#include <array>
#include <dlfcn.h>

namespace likeness {

/// The part of the library's interface that is used; all functions return 0 for success.
struct NvidiaCard::Library {
    struct Memory {
        unsigned long long total = 0;
        unsigned long long free = 0;
        unsigned long long used = 0;
    };

    struct Utilisation {
        unsigned compute = 0; ///< percent
        unsigned memory = 0;
    };

    Library()
        : handle(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
        if (handle == nullptr)
            return;
        find(initialise, "nvmlInit_v2");
        find(shutDown, "nvmlShutdown");
        find(cardByIndex, "nvmlDeviceGetHandleByIndex_v2");
        find(nameOf, "nvmlDeviceGetName");
        find(energyOf, "nvmlDeviceGetTotalEnergyConsumption");
        find(memoryOf, "nvmlDeviceGetMemoryInfo");
        find(utilisationOf, "nvmlDeviceGetUtilizationRates");
        ready = initialise != nullptr && cardByIndex != nullptr && initialise() == 0;
    }

    ~Library() {
        if (ready && shutDown != nullptr)
            shutDown();
        if (handle != nullptr)
            ::dlclose(handle);
    }

    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    template <typename F>
    void find(F*& function, const char* symbol) const {
        function = reinterpret_cast<F*>(::dlsym(handle, symbol));
    }

    void* handle;
    bool ready = false;
    int (*initialise)() = nullptr;
    int (*shutDown)() = nullptr;
    int (*cardByIndex)(unsigned, void**) = nullptr;
    int (*nameOf)(void*, char*, unsigned) = nullptr;
    int (*energyOf)(void*, unsigned long long*) = nullptr; ///< millijoules
    int (*memoryOf)(void*, Memory*) = nullptr;
    int (*utilisationOf)(void*, Utilisation*) = nullptr;
};

NvidiaCard::NvidiaCard(int index)
    : m_library(std::make_unique<Library>()) {
    if (!m_library->ready || m_library->cardByIndex(static_cast<unsigned>(index), &m_card) != 0)
        m_card = nullptr;
}

NvidiaCard::~NvidiaCard() = default;

std::optional<std::string> NvidiaCard::name() const {
    std::array<char, 96> text{};
    if (m_card == nullptr || m_library->nameOf == nullptr ||
        m_library->nameOf(m_card, text.data(), text.size() - 1) != 0)
        return std::nullopt;
    return std::string(text.data());
}

std::optional<double> NvidiaCard::energyJoules() const {
    unsigned long long millijoules = 0;
    if (m_card == nullptr || m_library->energyOf == nullptr ||
        m_library->energyOf(m_card, &millijoules) != 0)
        return std::nullopt;
    return 1e-3 * static_cast<double>(millijoules);
}

std::optional<double> NvidiaCard::memoryMb() const {
    Library::Memory memory;
    if (m_card == nullptr || m_library->memoryOf == nullptr ||
        m_library->memoryOf(m_card, &memory) != 0)
        return std::nullopt;
    return static_cast<double>(memory.used) / 1048576.0;
}

std::optional<double> NvidiaCard::utilisation() const {
    Library::Utilisation now;
    if (m_card == nullptr || m_library->utilisationOf == nullptr ||
        m_library->utilisationOf(m_card, &now) != 0)
        return std::nullopt;
    return 0.01 * static_cast<double>(now.compute);
}

} // namespace likeness
