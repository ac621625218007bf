// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/latentpoint.h"

#include "core/base/error.h"

namespace likeness {

namespace {

template <typename T>
T member(const Json& json, const char* key, const std::string& subject) {
    try {
        return json.at(key).get<T>();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, subject,
                    std::string("'") + key + "' is missing or of the wrong type");
    }
}

} // namespace

Json toJson(const LatentPoint& point) {
    Json json{{"seed", point.seed}};
    if (!point.offsets.empty())
        json["offsets"] = point.offsets;
    if (point.fine)
        json["fine"] = {{"seed", point.fine->seed}, {"crossover", point.fine->crossover}};
    return json;
}

LatentPoint latentPointFromJson(const Json& json, const std::string& subject) {
    LatentPoint point;
    point.seed = member<std::uint64_t>(json, "seed", subject);
    if (json.contains("offsets"))
        point.offsets = member<std::vector<double>>(json, "offsets", subject);
    if (json.contains("fine")) {
        const Json& fine = json["fine"];
        point.fine = LatentPoint::Fine{member<std::uint64_t>(fine, "seed", subject),
                                       member<int>(fine, "crossover", subject)};
    }
    return point;
}

Json toJson(const LatentSpace& space) {
    return {
        {"dimension", space.dimension}, {"deviations", space.deviations}, {"levels", space.levels}};
}

LatentSpace latentSpaceFromJson(const Json& json, const std::string& subject) {
    return {member<std::int64_t>(json, "dimension", subject),
            member<std::vector<double>>(json, "deviations", subject),
            member<int>(json, "levels", subject)};
}

std::vector<LatentPoint> traversal(std::uint64_t seed, int direction, double span, int frames) {
    std::vector<LatentPoint> points;
    for (int i = 0; i < frames; ++i) {
        LatentPoint point;
        point.seed = seed;
        point.offsets.assign(static_cast<std::size_t>(direction) + 1, 0.0);
        // Twice the distance from the middle in frames is a whole number: the middle is exactly 0.
        if (frames > 1)
            point.offsets.back() = span * (2 * i - (frames - 1)) / (frames - 1);
        points.push_back(std::move(point));
    }
    return points;
}

} // namespace likeness
