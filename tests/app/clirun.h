// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <filesystem>

struct Run {
    int code = -1;
    QByteArray out;
    QByteArray err;

    /// The one JSON document on stdout; empty if it is none.
    [[nodiscard]] QJsonObject json() const {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(out, &error);
        return error.error == QJsonParseError::NoError ? document.object() : QJsonObject();
    }
};

/// Runs likeness-cli as a script does: nothing on stdin, no display.
inline Run cli(const QStringList& arguments, const QString& output = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"})
        environment.remove(QString::fromLatin1(name));
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    if (!output.isEmpty())
        process.setStandardOutputFile(output);
    process.start(QStringLiteral(LIKENESS_BIN_DIR "/likeness-cli"), arguments);
    if (!process.waitForFinished(60000))
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2,
            output.isEmpty() ? process.readAllStandardOutput() : QByteArray(),
            process.readAllStandardError()};
}

inline QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}
