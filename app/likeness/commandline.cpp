// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/likeness/commandline.h"

#include "ui/widgets/navigationbar.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QCoreApplication>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace likeness {

namespace {

constexpr int kUsage = 2;
constexpr std::array kPages = {PageId::samples, PageId::generate, PageId::inspect,
                               PageId::study,   PageId::rate,     PageId::results};

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

[[noreturn]] void refuse(const QString& sentence) {
    std::fprintf(stderr, "likeness: error: %s (see likeness --help)\n", qUtf8Printable(sentence));
    std::exit(kUsage);
}

int slotOf(const QString& text) {
    bool isNumber = false;
    const int slot = text.toInt(&isNumber);
    if (!isNumber || slot < 1)
        refuse(Tr::tr("--slot got \"%1\", which is not a number from 1 upwards").arg(text));
    return slot;
}

PageId pageOf(const QString& key) {
    QStringList known;
    for (const PageId id : kPages) {
        if (key == pageKey(id))
            return id;
        known << pageKey(id);
    }
    refuse(Tr::tr("--page got \"%1\" (known: %2)").arg(key, known.join(QStringLiteral(", "))));
}

} // namespace

CommandLine parseCommandLine(const QApplication& application) {
    const QCommandLineOption rate(QStringLiteral("rate"), Tr::tr("Rate a study package."),
                                  QStringLiteral("PACKAGE"));
    const QCommandLineOption rater(QStringLiteral("rater"), Tr::tr("Name of the rater."),
                                   QStringLiteral("NAME"));
    const QCommandLineOption slot(QStringLiteral("slot"), Tr::tr("Plan of the rater, from 1."),
                                  QStringLiteral("N"), QStringLiteral("1"));
    const QCommandLineOption demo(QStringLiteral("demo"), Tr::tr("Open the demo project."));
    const QCommandLineOption page(QStringLiteral("page"),
                                  Tr::tr("samples, generate, inspect, study, rate or results."),
                                  QStringLiteral("NAME"));
    const QCommandLineOption leave(QStringLiteral("exit-after-startup"),
                                   Tr::tr("Print the time of the start and exit."));
    const QCommandLineOption bench(QStringLiteral("bench-viewers"),
                                   Tr::tr("Measure the viewers, print lines of JSON and exit."));
    QCommandLineParser parser;
    parser.setApplicationDescription(Tr::tr("Expert review of synthetic scientific images."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({rate, rater, slot, demo, page, leave, bench});
    parser.addPositionalArgument(QStringLiteral("PROJECT"), Tr::tr("Folder NAME.likeness."),
                                 QStringLiteral("[PROJECT]"));
    parser.process(application);
    if (parser.positionalArguments().size() > 1)
        refuse(Tr::tr("one word too many: %1").arg(parser.positionalArguments().at(1)));

    CommandLine line;
    line.exitAfterStartUp = parser.isSet(leave);
    line.benchViewers = parser.isSet(bench);
    line.options.package = parser.value(rate);
    line.options.rater = parser.value(rater);
    line.options.slot = slotOf(parser.value(slot));
    line.options.demo = parser.isSet(demo);
    line.options.project = parser.positionalArguments().value(0);
    if (parser.isSet(page))
        line.options.page = pageOf(parser.value(page));
    return line;
}

} // namespace likeness
