// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/likeness/application.h"
#include "core/base/log.h"
#include "ui/widgets/navigationbar.h"
#include "ui/widgets/theme.h"
#include "viewers/volume/volumeview.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QIcon>

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

struct CommandLine {
    LaunchOptions options;
    bool exitAfterStartUp = false;
};

CommandLine parse(const QApplication& application) {
    const QCommandLineOption rate(QStringLiteral("rate"),
                                  QApplication::translate("main", "Rate a study package."),
                                  QStringLiteral("PACKAGE"));
    const QCommandLineOption rater(QStringLiteral("rater"),
                                   QApplication::translate("main", "Name of the rater."),
                                   QStringLiteral("NAME"));
    const QCommandLineOption slot(QStringLiteral("slot"),
                                  QApplication::translate("main", "Plan of the rater, from 1."),
                                  QStringLiteral("N"), QStringLiteral("1"));
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QApplication::translate("main", "Open the demo project."));
    const QCommandLineOption page(
        QStringLiteral("page"),
        QApplication::translate("main", "samples, generate, inspect, study, rate or results."),
        QStringLiteral("NAME"));
    const QCommandLineOption leave(
        QStringLiteral("exit-after-startup"),
        QApplication::translate("main", "Print the time of the start and exit."));
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::translate("main", "Expert review of synthetic scientific images."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({rate, rater, slot, demo, page, leave});
    parser.addPositionalArgument(QStringLiteral("PROJECT"),
                                 QApplication::translate("main", "Folder NAME.likeness."),
                                 QStringLiteral("[PROJECT]"));
    parser.process(application);

    CommandLine line;
    line.exitAfterStartUp = parser.isSet(leave);
    line.options.package = parser.value(rate);
    line.options.rater = parser.value(rater);
    line.options.slot = std::max(1, parser.value(slot).toInt());
    line.options.demo = parser.isSet(demo);
    line.options.project = parser.positionalArguments().value(0);
    for (const PageId id : {PageId::samples, PageId::generate, PageId::inspect, PageId::study,
                            PageId::rate, PageId::results}) {
        if (parser.value(page) == pageKey(id))
            line.options.page = id;
    }
    return line;
}

} // namespace

int main(int argc, char** argv) {
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
    const CommandLine line = parse(application);

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
