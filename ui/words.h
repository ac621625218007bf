// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/error.h"
#include "core/base/imagespan.h"
#include "db/records.h"

#include <QString>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

/// The one place where codes, enums and numbers become words for people. Everything is plain text.
namespace likeness::words {

[[nodiscard]] QString text(const std::string& utf8);
[[nodiscard]] std::string utf8(const QString& text);
[[nodiscard]] QString text(const std::filesystem::path& path);
[[nodiscard]] std::filesystem::path path(const QString& text);

/// What kind of thing went wrong, as a heading: "The file cannot be used".
[[nodiscard]] QString heading(ErrorCode code);

/// What failed, why, and what to do, in one sentence.
[[nodiscard]] QString sentence(const Error& error);

struct Explanation {
    QString heading;
    QString sentence;
};

[[nodiscard]] Explanation explain(const std::exception_ptr& failure);

/// A sentence without any name or path of a file, for people who rate.
[[nodiscard]] QString blindSentence(const std::exception_ptr& failure);

[[nodiscard]] QString name(Domain domain);
[[nodiscard]] QString name(Origin origin);
[[nodiscard]] QString name(StudyState state);
[[nodiscard]] QString name(PixelType type);
[[nodiscard]] QString protocolName(const std::string& protocol);

/// "12 s", "2 min 05 s", "1 h 05 min".
[[nodiscard]] QString duration(double seconds);

/// Things that are counted in sentences.
enum class Noun { answer, image, rater, repeat, sample, trial, value };

/// "1 sample", "1,234 samples".
[[nodiscard]] QString count(std::int64_t n, Noun noun);

/// Three significant digits: 0.123, 12.3, 1235, 2.37e-05.
[[nodiscard]] QString number(double value);

/// "0.52 (0.41 to 0.63)", or a dash for a missing value.
[[nodiscard]] QString
withInterval(std::optional<double> value, std::optional<double> lo, std::optional<double> hi);

/// "64 x 64", "128 x 128 x 128".
[[nodiscard]] QString size(const SampleRecord& sample);

/// "2.77 µm", "2.77 x 2.77 x 5 µm", or "not calibrated".
[[nodiscard]] QString voxelSize(const SampleRecord& sample);

/// Local date and time of an ISO 8601 UTC stamp; the stamp itself when it is none.
[[nodiscard]] QString when(const std::string& utc);

} // namespace likeness::words
