// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/config.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"

namespace likeness {

double boundedNumber(
    const Json& json, const char* key, double low, double high, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number())
        throw Error(ErrorCode::format, subject,
                    std::string("'") + key + "' is missing or no number");
    const double value = found->get<double>();
    if (!(value >= low && value <= high))
        throw Error(ErrorCode::format, subject, std::string("'") + key + "' is outside its range");
    return value;
}

int boundedInt(const Json& json, const char* key, int low, int high, const std::string& subject) {
    return static_cast<int>(boundedInteger(json, key, low, high, subject));
}

std::vector<std::int64_t>
widthsFrom(const Json& json, const char* key, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array() || found->empty() || found->size() > 8)
        throw Error(ErrorCode::format, subject,
                    std::string("'") + key + "' is no list of 1 to 8 numbers");
    std::vector<std::int64_t> widths;
    for (const Json& width : *found) {
        if (!width.is_number_integer() || width < 8 || width > 2048 ||
            width.get<std::int64_t>() % 8 != 0)
            throw Error(ErrorCode::format, subject,
                        "a width is no multiple of 8 between 8 and 2048");
        widths.push_back(width.get<std::int64_t>());
    }
    return widths;
}

const Json& requiredSection(const Json& json, const char* key, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_object())
        throw Error(ErrorCode::format, subject,
                    std::string("it has no section '") + key + "' in its settings");
    return *found;
}

Json toJson(const Schedule& schedule) {
    return {{"batch", schedule.batch},
            {"learning_rate", schedule.learningRate},
            {"warm_up_steps", schedule.warmUpSteps},
            {"decay_fraction", schedule.decayFraction},
            {"ema_maximum", schedule.emaMaximum},
            {"clip_norm", schedule.clipNorm}};
}

Schedule scheduleFromJson(const Json& json, const std::string& subject) {
    Schedule schedule;
    schedule.batch = boundedInt(json, "batch", 1, 4096, subject);
    schedule.learningRate = boundedNumber(json, "learning_rate", 0.0, 1.0, subject);
    schedule.warmUpSteps = boundedInt(json, "warm_up_steps", 0, 1'000'000, subject);
    schedule.decayFraction = boundedNumber(json, "decay_fraction", 0.0, 1.0, subject);
    schedule.emaMaximum = boundedNumber(json, "ema_maximum", 0.0, 1.0, subject);
    schedule.clipNorm = boundedNumber(json, "clip_norm", 1e-6, 1e6, subject);
    return schedule;
}

} // namespace likeness
