// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progressline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace likeness::cli {

namespace {

constexpr int kBarWidth = 24;
constexpr double kTerminalInterval = 0.1;
constexpr double kPlainInterval = 10.0;
constexpr double kTerminalSilence = 0.3;
constexpr double kPlainSilence = 2.0;

double now() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

ProgressLine::ProgressLine()
    : m_terminal(::isatty(STDERR_FILENO) != 0)
    , m_started(now()) {}

/// Rate, time left and what the job itself tells.
std::string ProgressLine::tail(const Progress& progress) const {
    std::string text;
    const double elapsed = now() - m_started;
    if (progress.fraction > 0.0 && elapsed > 0.0) {
        std::array<char, 32> rate{};
        std::snprintf(rate.data(), rate.size(), ", %.2g %%/s", progress.fraction * 100.0 / elapsed);
        text += rate.data();
    }
    if (progress.secondsLeft) {
        const auto seconds = std::max(0L, std::lround(*progress.secondsLeft));
        text += ", " + std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) +
                " s left";
    }
    if (!progress.detail.empty())
        text.append(", ").append(progress.detail);
    return text;
}

void ProgressLine::show(const Progress& progress) {
    if (now() - m_started < (m_terminal ? kTerminalSilence : kPlainSilence))
        return;
    const bool newStage = progress.stage != m_stage;
    if (!newStage && now() - m_last < (m_terminal ? kTerminalInterval : kPlainInterval))
        return;
    m_last = now();
    m_stage = progress.stage;
    const int percent = static_cast<int>(std::lround(progress.fraction * 100.0));
    const std::string end = tail(progress);
    if (!m_terminal) {
        std::fprintf(stderr, "%s: %d %%%s\n", progress.stage.c_str(), percent, end.c_str());
        return;
    }
    const int filled = std::clamp(percent * kBarWidth / 100, 0, kBarWidth);
    const std::string bar(static_cast<std::size_t>(filled), '#');
    std::fprintf(stderr, "\r\033[K%s [%-*s] %d %%%s", progress.stage.c_str(), kBarWidth,
                 bar.c_str(), percent, end.c_str());
    std::fflush(stderr);
    m_open = true;
}

void ProgressLine::finish() {
    if (m_open)
        std::fprintf(stderr, "\r\033[K");
    m_open = false;
}

} // namespace likeness::cli
