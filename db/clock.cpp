// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/clock.h"

#include <chrono>
#include <ctime>
#include <fstream>
#include <pwd.h>
#include <unistd.h>

namespace likeness {

std::string utcNow() {
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    std::tm parts{};
    gmtime_r(&now.tv_sec, &parts);
    char seconds[32];
    std::strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S.", &parts);
    const std::string millis = std::to_string(1000 + now.tv_nsec / 1'000'000);
    return seconds + millis.substr(1) + "Z";
}

std::int64_t monotonicNow() noexcept {
    // std::chrono::steady_clock is CLOCK_MONOTONIC in libstdc++.
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string bootId() {
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string id;
    return std::getline(in, id) && !id.empty() ? id : "unknown";
}

std::string appVersion() {
    return LIKENESS_VERSION;
}

std::string userName() {
    struct passwd entry {};
    struct passwd* found = nullptr;
    char buffer[4096];
    if (::getpwuid_r(::getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr)
        return found->pw_name;
    return "uid " + std::to_string(::getuid());
}

} // namespace likeness
