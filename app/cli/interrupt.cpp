// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <csignal>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace likeness::cli {

namespace {

// A handler may not touch a stop_source, so a thread waits for the signals instead.
void waitForSignals(std::stop_source source, sigset_t signals) {
    int signal = 0;
    sigwait(&signals, &signal);
    source.request_stop();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    for (;;)
        ::pause();
}

std::stop_source installHandlers() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::stop_source source;
    std::thread(waitForSignals, source, signals).detach();
    return source;
}

} // namespace

std::stop_token stopOnInterrupt() {
    static const std::stop_source source = installHandlers();
    return source.get_token();
}

} // namespace likeness::cli
