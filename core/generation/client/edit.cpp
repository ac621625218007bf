// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/edit.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace likeness {

namespace {

constexpr std::array kKinds{std::pair{EditKind::inpaint, std::string_view("inpaint")},
                            std::pair{EditKind::outpaint, std::string_view("outpaint")},
                            std::pair{EditKind::vary, std::string_view("vary")},
                            std::pair{EditKind::interpolate, std::string_view("interpolate")},
                            std::pair{EditKind::trajectory, std::string_view("trajectory")}};
constexpr double kWeakest = 0.05;
constexpr double kRange = 800.0;
constexpr std::int64_t kMaximumCount = 1'000'000;
constexpr int kMaximumSteps = 1000;
constexpr int kMaximumSide = 8192;

[[noreturn]] void refuse(const std::string& what, const std::string& why, const char* remedy) {
    throw Error(ErrorCode::config, what, why, remedy);
}

void checkMargins(const Margins& m) {
    for (const int margin : {m.left, m.top, m.right, m.bottom})
        if (margin < 0 || margin > kMaximumSide)
            refuse("a margin of " + std::to_string(margin) + " pixels",
                   "it must be 0 to " + std::to_string(kMaximumSide), "choose another");
    if (m == Margins{})
        refuse("outpainting", "no side is to be continued", "give a margin for at least one side");
}

void checkSide(int side) {
    if (side < 0 || side > kMaximumSide)
        refuse("images of " + std::to_string(side) + " pixels",
               "sides are at most " + std::to_string(kMaximumSide), "choose another size");
}

Json marginsJson(const Margins& m) {
    return {{"left", m.left}, {"top", m.top}, {"right", m.right}, {"bottom", m.bottom}};
}

bool flag(const Json& json, const char* key, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_boolean())
        throw Error(ErrorCode::format, subject, std::string("'") + key + "' must be true or false");
    return found->get<bool>();
}

std::uint64_t word64(const Json& json, const char* key, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_unsigned())
        throw Error(ErrorCode::format, subject,
                    std::string("'") + key + "' must be a number from 0 to 2^64 - 1");
    return found->get<std::uint64_t>();
}

int small(const Json& json, const char* key, const std::string& subject) {
    return static_cast<int>(boundedInteger(json, key, 0, std::numeric_limits<int>::max(), subject));
}

void readParentFields(const Json& json, const std::string& subject, Edit& edit) {
    edit.count = boundedInteger(json, "count", 1, kMaximumCount, subject);
    edit.seed = word64(json, "seed", subject);
    edit.fitGrey = flag(json, "fit_grey", subject);
    if (edit.kind == EditKind::vary) {
        const auto strength = json.find("strength");
        if (strength == json.end() || !strength->is_number())
            throw Error(ErrorCode::format, subject, "'strength' must be a number");
        edit.strength = strength->get<double>();
        return;
    }
    edit.passes = small(json, "passes", subject);
    if (edit.kind == EditKind::inpaint)
        return;
    const Json margins = json.value("margins", Json::object());
    edit.margins = {small(margins, "left", subject), small(margins, "top", subject),
                    small(margins, "right", subject), small(margins, "bottom", subject)};
}

void readSeedFields(const Json& json, const std::string& subject, Edit& edit) {
    edit.width = small(json, "width", subject);
    edit.height = small(json, "height", subject);
    if (edit.kind == EditKind::trajectory) {
        edit.seed = word64(json, "seed", subject);
        edit.noisy = flag(json, "noisy", subject);
        return;
    }
    edit.from = word64(json, "from", subject);
    edit.to = word64(json, "to", subject);
    edit.frames = boundedInteger(json, "frames", 2, Edit::kMaximumFrames, subject);
}

void addWish(Json& json, const ConditionWish& wish) {
    if (!wish.values.empty())
        json["values"] = wish.values;
    if (wish.className)
        json["class"] = *wish.className;
    if (wish.guidance)
        json["guidance"] = *wish.guidance;
}

double finite(const Json& value, const std::string& what, const std::string& subject) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        throw Error(ErrorCode::format, subject, what + " must be a number");
    return value.get<double>();
}

ConditionWish wishFrom(const Json& json, const std::string& subject) {
    ConditionWish wish;
    const Json values = json.value("values", Json::object());
    if (!values.is_object())
        throw Error(ErrorCode::format, subject, "'values' must be numbers by name");
    for (const auto& [name, value] : values.items())
        wish.values[name] = finite(value, "'" + name + "'", subject);
    if (json.contains("class"))
        wish.className = requiredText(json, "class", subject);
    if (json.contains("guidance"))
        wish.guidance = finite(json["guidance"], "'guidance'", subject);
    return wish;
}

} // namespace

std::string_view toString(EditKind kind) noexcept {
    for (const auto& [known, word] : kKinds)
        if (known == kind)
            return word;
    return {};
}

std::optional<EditKind> editKindFrom(std::string_view word) noexcept {
    for (const auto& [kind, known] : kKinds)
        if (known == word)
            return kind;
    return std::nullopt;
}

bool takesParent(EditKind kind) noexcept {
    return kind != EditKind::interpolate && kind != EditKind::trajectory;
}

double noiseLevelOfStrength(double strength) noexcept {
    return strength <= 0.0 ? 0.0 : kWeakest * std::pow(kRange, strength);
}

void checkEdit(const Edit& edit) {
    if (edit.steps < 0 || edit.steps == 1 || edit.steps > kMaximumSteps)
        refuse(std::to_string(edit.steps) + " solver steps", "this cannot be solved",
               "use 2 to 1000 steps, or 0 for the model's own");
    if (takesParent(edit.kind) && (edit.count < 1 || edit.count > kMaximumCount))
        refuse(std::to_string(edit.count) + " images", "this is not a number to make",
               "ask for at least one");
    if ((edit.kind == EditKind::inpaint || edit.kind == EditKind::outpaint) &&
        (edit.passes < 1 || edit.passes > Edit::kMaximumPasses))
        refuse(std::to_string(edit.passes) + " passes",
               "there can be 1 to " + std::to_string(Edit::kMaximumPasses),
               "choose another number");
    if (edit.kind == EditKind::outpaint)
        checkMargins(edit.margins);
    if (edit.kind == EditKind::vary && !(edit.strength >= 0.0 && edit.strength <= 1.0))
        refuse("a strength of " + std::to_string(edit.strength), "it must lie between 0 and 1",
               "choose another");
    if (edit.kind == EditKind::interpolate &&
        (edit.frames < 2 || edit.frames > Edit::kMaximumFrames))
        refuse(std::to_string(edit.frames) + " frames",
               "there can be 2 to " + std::to_string(Edit::kMaximumFrames),
               "choose another number");
    if (takesParent(edit.kind) && edit.wish.guidance && edit.wish.values.empty() &&
        !edit.wish.className)
        refuse("a guidance", "nothing is asked that it could weigh",
               "say what the images are to show, or leave it out");
    if (!takesParent(edit.kind)) {
        checkSide(edit.width);
        checkSide(edit.height);
    }
}

Json toJson(const Edit& edit) {
    Json json{{"edit", toString(edit.kind)}, {"steps", edit.steps}};
    if (takesParent(edit.kind)) {
        json["count"] = edit.count;
        json["seed"] = edit.seed;
        json["fit_grey"] = edit.fitGrey;
    } else {
        json["width"] = edit.width;
        json["height"] = edit.height;
    }
    if (edit.kind == EditKind::inpaint || edit.kind == EditKind::outpaint)
        json["passes"] = edit.passes;
    if (edit.kind == EditKind::outpaint)
        json["margins"] = marginsJson(edit.margins);
    if (edit.kind == EditKind::vary)
        json["strength"] = edit.strength;
    if (edit.kind == EditKind::trajectory) {
        json["seed"] = edit.seed;
        json["noisy"] = edit.noisy;
    }
    if (edit.kind == EditKind::interpolate) {
        json["from"] = edit.from;
        json["to"] = edit.to;
        json["frames"] = edit.frames;
    }
    addWish(json, edit.wish);
    return json;
}

Edit editFromJson(const Json& json, const std::string& subject) {
    const auto kind = editKindFrom(requiredText(json, "edit", subject));
    if (!kind)
        throw Error(ErrorCode::format, subject, "its kind of edit is not known",
                    "use a newer version of Likeness");
    Edit edit;
    edit.kind = *kind;
    edit.steps = small(json, "steps", subject);
    if (takesParent(edit.kind))
        readParentFields(json, subject, edit);
    else
        readSeedFields(json, subject, edit);
    edit.wish = wishFrom(json, subject);
    checkEdit(edit);
    return edit;
}

} // namespace likeness
