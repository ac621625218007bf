// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/words.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace likeness::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

QString capitalised(QString sentence) {
    if (!sentence.isEmpty())
        sentence[0] = sentence[0].toUpper();
    return sentence;
}

} // namespace

QString text(const std::string& utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string utf8(const QString& text) {
    return text.toStdString();
}

QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

std::filesystem::path path(const QString& text) {
    return std::filesystem::path(text.toStdString());
}

QString heading(ErrorCode code) {
    switch (code) {
    case ErrorCode::io:
        return Tr::tr("A file could not be read or written");
    case ErrorCode::format:
        return Tr::tr("The file cannot be used");
    case ErrorCode::config:
        return Tr::tr("Something needs to be changed first");
    case ErrorCode::numeric:
        return Tr::tr("The value cannot be computed");
    case ErrorCode::notFound:
        return Tr::tr("It was not found");
    case ErrorCode::conflict:
        return Tr::tr("That is not possible now");
    case ErrorCode::unsupported:
        return Tr::tr("This version cannot do that");
    case ErrorCode::database:
        return Tr::tr("The project store has a problem");
    case ErrorCode::process:
        return Tr::tr("A helper program failed");
    case ErrorCode::memory:
        return Tr::tr("There is not enough memory");
    case ErrorCode::cancelled:
        return Tr::tr("Stopped");
    }
    return {};
}

QString sentence(const Error& error) {
    const QString what = capitalised(text(error.subject()));
    const QString why = text(error.why());
    const QString remedy = capitalised(text(error.remedy()));
    QString full = why.isEmpty() ? what : Tr::tr("%1: %2").arg(what, why);
    full += QLatin1Char('.');
    if (!remedy.isEmpty())
        full += QLatin1Char(' ') + remedy + QLatin1Char('.');
    return full;
}

Explanation explain(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        return {heading(error.code()), sentence(error)};
    } catch (const std::bad_alloc&) {
        return {heading(ErrorCode::memory), Tr::tr("The memory of this computer is used up. Close "
                                                   "other programs or use smaller images.")};
    } catch (const std::exception& error) {
        return {Tr::tr("Something unexpected happened"),
                Tr::tr("%1. Please report this with what you did before.")
                    .arg(text(std::string(error.what())))};
    } catch (...) {
        return {Tr::tr("Something unexpected happened"), Tr::tr("No reason was given.")};
    }
}

QString blindSentence(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        switch (error.code()) {
        case ErrorCode::io:
            return Tr::tr("Your answer was not saved: the disk is full or cannot be written. Free "
                          "some space and "
                          "press the key again.");
        case ErrorCode::database:
            return Tr::tr("Your answer was not saved: the rating store was altered or is damaged. "
                          "Please tell the "
                          "study lead.");
        default:
            break;
        }
    } catch (...) {
        return Tr::tr(
            "Your answer was not saved: an unexpected error occurred. Press the key again.");
    }
    return Tr::tr("Your answer was not saved. Press the key again, or tell the study lead.");
}

QString name(Domain domain) {
    switch (domain) {
    case Domain::rock:
        return Tr::tr("Rock");
    case Domain::fibre:
        return Tr::tr("Fibre composite");
    case Domain::root:
        return Tr::tr("Root system");
    }
    return {};
}

QString name(Origin origin) {
    switch (origin) {
    case Origin::real:
        return Tr::tr("Real");
    case Origin::synthetic:
        return Tr::tr("Synthetic");
    case Origin::phantom:
        return Tr::tr("Simulated");
    }
    return {};
}

QString name(StudyState state) {
    switch (state) {
    case StudyState::draft:
        return Tr::tr("Draft");
    case StudyState::frozen:
        return Tr::tr("Frozen");
    case StudyState::unblinded:
        return Tr::tr("Unblinded");
    }
    return {};
}

QString name(PixelType type) {
    switch (type) {
    case PixelType::u8:
        return Tr::tr("8-bit");
    case PixelType::u16:
        return Tr::tr("16-bit");
    case PixelType::f32:
        return Tr::tr("32-bit float");
    }
    return {};
}

QString protocolName(const std::string& protocol) {
    if (protocol == "real-or-synthetic")
        return Tr::tr("Real or synthetic, 6 levels");
    if (protocol == "acr")
        return Tr::tr("Quality rating, 5 levels");
    return text(protocol);
}

QString duration(double seconds) {
    const auto s = static_cast<qint64>(std::llround(std::max(0.0, seconds)));
    if (s < 100)
        return Tr::tr("%1 s").arg(s);
    if (s < 3600)
        return Tr::tr("%1 min %2 s").arg(s / 60).arg(s % 60, 2, 10, QLatin1Char('0'));
    return Tr::tr("%1 h %2 min").arg(s / 3600).arg(s % 3600 / 60, 2, 10, QLatin1Char('0'));
}

QString count(std::int64_t n, Noun noun) {
    const bool one = n == 1;
    const auto words = [&] {
        switch (noun) {
        case Noun::answer:
            return one ? Tr::tr("%L1 answer") : Tr::tr("%L1 answers");
        case Noun::image:
            return one ? Tr::tr("%L1 image") : Tr::tr("%L1 images");
        case Noun::rater:
            return one ? Tr::tr("%L1 rater") : Tr::tr("%L1 raters");
        case Noun::repeat:
            return one ? Tr::tr("%L1 hidden repeat") : Tr::tr("%L1 hidden repeats");
        case Noun::sample:
            return one ? Tr::tr("%L1 sample") : Tr::tr("%L1 samples");
        case Noun::trial:
            return one ? Tr::tr("%L1 trial") : Tr::tr("%L1 trials");
        case Noun::value:
            return one ? Tr::tr("%L1 value") : Tr::tr("%L1 values");
        }
        return QString();
    };
    return words().arg(static_cast<qlonglong>(n));
}

QString number(double value) {
    if (!std::isfinite(value))
        return Tr::tr("not finite");
    const double magnitude = std::abs(value);
    if (magnitude != 0.0 && (magnitude < 1e-3 || magnitude >= 1e7))
        return QString::number(value, 'e', 2);
    // Three digits that count, and never fewer than those before the point.
    const int leading = magnitude < 1.0 ? (magnitude >= 0.1 || magnitude == 0.0 ? -1
                                           : magnitude >= 0.01                  ? -2
                                                                                : -3)
                                        : static_cast<int>(std::floor(std::log10(magnitude)));
    return QString::number(value, 'f', std::max(0, 2 - leading));
}

QString
withInterval(std::optional<double> value, std::optional<double> lo, std::optional<double> hi) {
    if (!value)
        return QStringLiteral("\u2013");
    if (!lo || !hi)
        return number(*value);
    return Tr::tr("%1 (%2 to %3)").arg(number(*value), number(*lo), number(*hi));
}

QString size(const SampleRecord& sample) {
    QString words = QStringLiteral("%1 \u00d7 %2").arg(sample.width).arg(sample.height);
    if (sample.depth > 1)
        words += QStringLiteral(" \u00d7 %1").arg(sample.depth);
    return words;
}

QString voxelSize(const SampleRecord& sample) {
    if (!sample.voxelUm)
        return Tr::tr("not calibrated");
    const auto& um = *sample.voxelUm;
    const auto one = [&](double v) { return QString::number(v, 'g', 5); };
    if (um[0] == um[1] && (um[1] == um[2] || sample.depth == 1))
        return Tr::tr("%1 \u00b5m").arg(one(um[0]));
    return Tr::tr("%1 \u00d7 %2 \u00d7 %3 \u00b5m").arg(one(um[0]), one(um[1]), one(um[2]));
}

QString when(const std::string& utc) {
    const QDateTime stamp = QDateTime::fromString(text(utc), Qt::ISODateWithMs);
    if (!stamp.isValid())
        return text(utc);
    return QLocale().toString(stamp.toLocalTime(), QLocale::ShortFormat);
}

} // namespace likeness::words
