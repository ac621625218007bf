// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/directrun.h"

#include "core/base/files.h"
#include "core/generation/client/strictjson.h"

#include <csignal>
#include <cstdio>

namespace likeness {

namespace {

constexpr std::uint64_t kLargestRequest = std::uint64_t{1} << 20;

sigset_t endingSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

std::string progressLine(const Json& event) {
    char text[160];
    const auto number = [&](const char* key) {
        return event.contains(key) && event[key].is_number() ? event[key].get<double>() : 0.0;
    };
    std::snprintf(text, sizeof text, "%s: step %.0f, %.1f %%, %.2f steps/s, loss %.4f",
                  event.value("stage", "").c_str(), number("step"), 100.0 * number("fraction"),
                  number("steps_per_second"),
                  event.value("losses", Json::object()).value("all", 0.0));
    return text;
}

} // namespace

DirectRun::DirectRun()
    : Channel(Direct{})
    , m_place(placeFromEnvironment()) {
    const sigset_t signals = endingSignals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_signals = std::jthread([this](const std::stop_token& ended) {
        const sigset_t awaited = endingSignals();
        const timespec patience{0, 50'000'000};
        while (!ended.stop_requested()) {
            if (::sigtimedwait(&awaited, nullptr, &patience) > 0)
                m_stop.request_stop();
        }
    });
}

DirectRun::~DirectRun() = default;

Json DirectRun::requestIn(const std::filesystem::path& file) {
    return parseStrictJson(readTextFile(file, kLargestRequest), file.string());
}

void DirectRun::send(const Json& event) {
    if (m_place && m_place->rank != 0)
        return;
    const std::string kind = event.value("event", "");
    if (kind == "progress" || kind == "saving")
        std::fprintf(stderr, "%s\n", progressLine(event).c_str());
    else
        std::printf("%s\n", event.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

} // namespace likeness
