// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/imaging/pythonsamples.h"

#include <QProcess>

namespace likeness::test {

QString writeSamples(const QString& kind, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    // Debian's own interpreter is the one that has Debian's packages.
    QString python = QStringLiteral("/usr/bin/python3");
    if (!std::filesystem::exists(python.toStdString()))
        python = QStringLiteral("python3");
    QProcess process;
    process.start(python,
                  {QStringLiteral(LIKENESS_SOURCE_DIR "/tests/core/imaging/writesamples.py"), kind,
                   QString::fromStdString(folder.string())});
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit ||
        process.exitCode() != 0)
        return QStringLiteral("the %1 samples cannot be written (packaging/install-dependencies "
                              "installs what they need): %2 %3")
            .arg(kind, process.errorString(),
                 QString::fromUtf8(process.readAllStandardError().trimmed().right(300)));
    return {};
}

bool toolsAreRequired() {
    return qgetenv("CI") == "true";
}

} // namespace likeness::test
