// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/imaging/resample.h"

#include <filesystem>
#include <limits>
#include <system_error>

namespace likeness::cli {

namespace {

namespace fs = std::filesystem;

std::optional<PixelType> typeOption(const Arguments& arguments) {
    const auto word = arguments.text("--type");
    if (!word)
        return std::nullopt;
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
        if (*word == toString(type))
            return type;
    }
    throw UsageError("--type got \"" + *word + "\" (known: uint8, uint16, float32)");
}

/// --window LOW,HIGH; the standard is the full range of the input's type.
ValueWindow windowOption(const Arguments& arguments, PixelType from) {
    const auto text = arguments.text("--window");
    if (!text) {
        if (from == PixelType::f32)
            throw UsageError("--window LOW,HIGH is missing: float32 values have no range of their "
                             "own to map to whole numbers");
        return {0.0, typeMaximum(from)};
    }
    const std::vector<std::string> parts = commaList(*text);
    ValueWindow window;
    std::size_t used = 0;
    try {
        if (parts.size() != 2)
            throw std::invalid_argument("parts");
        window.low = std::stod(parts[0], &used);
        const bool whole = used == parts[0].size();
        window.high = std::stod(parts[1], &used);
        if (!whole || used != parts[1].size() || !(window.low < window.high))
            throw std::invalid_argument("order");
    } catch (const std::logic_error&) {
        throw UsageError("--window got \"" + *text + "\", which is not LOW,HIGH with LOW < HIGH");
    }
    return window;
}

struct Change {
    Volume volume;
    bool lossless = true;
};

Change changed(const Arguments& arguments, Volume volume) {
    Change result;
    if (const auto z = arguments.integer("--slice", 0, std::numeric_limits<std::int64_t>::max())) {
        result.lossless = volume.depth() == 1;
        volume = volume.slice(2, *z);
    }
    const auto type = typeOption(arguments);
    if (!type || *type == volume.type()) {
        if (arguments.has("--window"))
            throw UsageError("--window needs --type, the type to map to");
        result.volume = std::move(volume);
        return result;
    }
    const auto voxel = volume.voxelSize;
    if (*type == PixelType::f32 && !arguments.has("--window")) {
        result.volume = toFloat(volume.span());
    } else {
        result.volume = mapValues(volume.span(), windowOption(arguments, volume.type()), *type);
        result.lossless = false;
    }
    result.volume.voxelSize = voxel;
    return result;
}

bool keepsVoxelSize(const fs::path& out, const ReadOptions& raw) {
    return out.extension() != ".raw" && readHeader(out, raw).voxelSize.has_value();
}

Output runConvert(const Arguments& arguments, JobContext& job) {
    const fs::path in = arguments.word(0, "IN");
    const fs::path out = arguments.word(1, "OUT");
    arguments.atMost(2);
    const ReadOptions options = readOptions(arguments);
    std::error_code ignored;
    if (fs::equivalent(in, out, ignored))
        throw UsageError("IN and OUT are the same file");
    const ImageHeader header = readHeader(in, options);
    JobContext reading = job.part(0.0, 0.8);
    const Change change = changed(arguments, readVolume(in, options, reading));
    job.throwIfStopped();
    job.report(0.8, "Writing " + out.filename().string());
    const bool exact = writeVolume(out, change.volume) && change.lossless;
    job.report(1.0, "Writing " + out.filename().string());
    const bool voxelKept = change.volume.voxelSize && keepsVoxelSize(out, {});
    Output output;
    output.json = {
        {"in", in.string()},
        {"out", out.string()},
        {"lossless", exact},
        {"width", change.volume.width()},
        {"height", change.volume.height()},
        {"depth", change.volume.depth()},
        {"channels", change.volume.channels()},
        {"dtype", toString(change.volume.type())},
        {"voxel_size_um", voxelJson(change.volume.voxelSize)},
        {"voxel_size_kept", change.volume.voxelSize ? OrderedJson(voxelKept) : OrderedJson()},
        {"warnings", header.warnings}};
    output.text = "Wrote " + out.string() + (exact ? ", no value changed" : ", values changed");
    if (change.volume.voxelSize && !voxelKept)
        output.text += "; the voxel size is lost in this format";
    for (const std::string& warning : header.warnings)
        output.text += "\n  note: " + warning;
    return output;
}

} // namespace

std::vector<Command> convertCommands() {
    return {{"convert",
             "IN OUT",
             "write an image or volume in another format, told by OUT's suffix",
             {{"--raw", kRawWord, "layout of a headerless input"},
              kDatasetOption,
              {"--slice", "Z", "only this slice of a volume, counted from 0"},
              {"--type", "uint8|uint16|float32", "another number type"},
              {"--window", "LOW,HIGH", "values that become 0 and the type's maximum"}},
             runConvert}};
}

} // namespace likeness::cli
