// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/likeness/application.h"
#include "app/likeness/commandline.h"
#include "app/likeness/viewerbench.h"
#include "core/base/log.h"
#include "ui/widgets/theme.h"
#include "viewers/volume/volumeview.h"

#include <QApplication>
#include <QFile>
#include <QIcon>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace {

using namespace likeness;

/// Milliseconds since the process was made, from the kernel's own book (steps of 10 ms).
long long processAgeMs() {
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray text = stat.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    constexpr int kStartTime = 19; // the 22nd field of all, the 20th behind the name
    if (fields.size() <= kStartTime)
        return -1;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const long long startMs = fields[kStartTime].toLongLong() * 1000 / sysconf(_SC_CLK_TCK);
    return now.tv_sec * 1000LL + now.tv_nsec / 1'000'000 - startMs;
}

} // namespace

int main(int argc, char** argv) {
    // A closed terminal or a full quota is an error of one write, not the end of a rating.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    VolumeView::prepareApplication();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("likeness"));
    QApplication::setApplicationDisplayName(QStringLiteral("Likeness"));
    QApplication::setApplicationVersion(QStringLiteral(LIKENESS_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("likeness"));
    setLogSink([](LogLevel level, std::string_view text) {
        if (level >= LogLevel::warning)
            std::fprintf(stderr, "likeness: %.*s\n", static_cast<int>(text.size()), text.data());
    });
    theme::apply(application);
    QApplication::setWindowIcon(theme::icon(QStringLiteral("likeness")));
    const CommandLine line = parseCommandLine(application);

    if (line.benchViewers) {
        ViewerBench bench([](const OrderedJson& row) {
            std::printf("%s\n", row.dump().c_str());
            std::fflush(stdout);
        });
        bench.start();
        return QApplication::exec();
    }

    Application likeness(line.options);
    QObject::connect(&likeness, &Application::startedUp, &application, [&](bool ok) {
        if (!line.exitAfterStartUp)
            return;
        std::printf("startup-ms %lld\n", processAgeMs());
        std::fflush(stdout);
        QApplication::exit(ok ? 0 : 1);
    });
    likeness.start();
    return QApplication::exec();
}
