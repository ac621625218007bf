// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace likeness::cli {

ReadOptions readOptions(const Arguments& arguments) {
    ReadOptions options;
    if (const auto raw = arguments.text("--raw"))
        options.raw = asUsage([&] { return RawLayout::parse(*raw); });
    options.dataset = arguments.text("--dataset", "");
    return options;
}

Domain domainOption(const Arguments& arguments) {
    const std::string word = arguments.required("--domain");
    const auto domain = domainFrom(word);
    if (!domain)
        throw UsageError("--domain got \"" + word + "\" (known: rock, fibre, root)");
    return *domain;
}

std::optional<double> voxelOption(const Arguments& arguments) {
    return arguments.real("--voxel-um", std::numeric_limits<double>::min(), 1e9);
}

std::optional<double> thresholdOption(const Arguments& arguments) {
    const std::string word = arguments.text("--threshold", "otsu");
    if (word == "otsu")
        return std::nullopt;
    double value = 0.0;
    const char* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(value))
        throw UsageError("--threshold got \"" + word + "\" (known: otsu or a grey value)");
    return value;
}

std::optional<Phase> phaseOption(const Arguments& arguments) {
    const auto word = arguments.text("--phase");
    if (!word)
        return std::nullopt;
    for (const Phase phase : {Phase::dark, Phase::bright}) {
        if (*word == toString(phase))
            return phase;
    }
    throw UsageError("--phase got \"" + *word + "\" (known: dark, bright)");
}

WorkerDevice deviceOptions(const Arguments& arguments) {
    WorkerDevice device;
    device.device = arguments.text("--device", device.device);
    device.threads = static_cast<int>(arguments.integer("--threads", 0, 1024).value_or(0));
    device.precision = arguments.text("--precision", device.precision);
    if (device.precision != "auto" && device.precision != "float32" &&
        device.precision != "bfloat16")
        throw UsageError("--precision got \"" + device.precision +
                         "\" (known: auto, float32, bfloat16)");
    return device;
}

std::string shortNumber(double value, int digits) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.*g", digits, value);
    return text.data();
}

std::string shortNumber(const std::optional<double>& value, int digits) {
    return value ? shortNumber(*value, digits) : "-";
}

std::string counted(std::size_t n, std::string_view noun) {
    return std::to_string(n).append(" ").append(noun).append(n == 1 ? "" : "s");
}

OrderedJson voxelJson(const std::optional<VoxelSize>& voxel) {
    return voxel ? OrderedJson(voxel->um) : OrderedJson();
}

OrderedJson pixelJson(double value, PixelType type) {
    return type == PixelType::f32 ? OrderedJson(value)
                                  : OrderedJson(static_cast<std::int64_t>(value));
}

} // namespace likeness::cli
