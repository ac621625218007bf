// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"

namespace likeness::cli {

namespace {

OrderedJson datasetsJson(const ImageHeader& header) {
    OrderedJson rows = OrderedJson::array();
    for (const DatasetInfo& info : header.datasets)
        rows.push_back({{"name", info.name},
                        {"shape", info.shape},
                        {"dtype", info.type},
                        {"chunk", info.chunk.empty() ? OrderedJson() : OrderedJson(info.chunk)}});
    return rows;
}

OrderedJson headerJson(const ImageHeader& header) {
    return {{"path", header.path.string()},
            {"format", header.format},
            {"width", header.width},
            {"height", header.height},
            {"depth", header.depth},
            {"channels", header.channels},
            {"dtype", toString(header.type)},
            {"voxel_size_um", voxelJson(header.voxelSize)},
            {"voxel_size_source", header.voxelSize ? header.voxelSize->source : "none"},
            {"min", pixelJson(header.range->minimum, header.type)},
            {"max", pixelJson(header.range->maximum, header.type)},
            {"non_finite", header.range->nonFinite},
            {"dataset", header.dataset.empty() ? OrderedJson() : OrderedJson(header.dataset)},
            {"datasets", datasetsJson(header)},
            {"warnings", header.warnings}};
}

/// One line a dataset, the one that was read marked.
std::string datasetsText(const ImageHeader& header) {
    std::string text;
    const auto edges = [](const std::vector<std::int64_t>& sizes) {
        std::string word;
        for (const std::int64_t size : sizes)
            word += (word.empty() ? "" : " x ") + std::to_string(size);
        return word;
    };
    for (const DatasetInfo& info : header.datasets) {
        text += info.name == header.dataset ? "  * " : "    ";
        text += info.name + ": " + edges(info.shape) + " " + info.type;
        text += info.chunk.empty() ? "\n" : " in chunks of " + edges(info.chunk) + "\n";
    }
    return text;
}

std::string headerText(const ImageHeader& header) {
    std::string text = header.path.string() + ": " + header.format + ", " +
                       std::to_string(header.width) + " x " + std::to_string(header.height);
    if (header.depth > 1)
        text += " x " + std::to_string(header.depth);
    text += header.channels == 3 ? " RGB " : " grey ";
    text.append(toString(header.type));
    text += ", " + shortNumber(header.range->minimum) + " to " + shortNumber(header.range->maximum);
    if (header.voxelSize) {
        const auto& um = header.voxelSize->um;
        text += ", voxel " + shortNumber(um[0]) + " x " + shortNumber(um[1]) + " x " +
                shortNumber(um[2]) + " um (" + header.voxelSize->source + ")";
    } else {
        text += ", no voxel size";
    }
    text += "\n";
    if (header.datasets.size() > 1)
        text += datasetsText(header);
    for (const std::string& warning : header.warnings)
        text += "  note: " + warning + "\n";
    return text;
}

Output runInfo(const Arguments& arguments, JobContext& job) {
    ReadOptions options = readOptions(arguments);
    options.range = true;
    (void)arguments.word(0, "FILE");
    const auto& files = arguments.words();
    Output output;
    OrderedJson rows = OrderedJson::array();
    for (std::size_t i = 0; i < files.size(); ++i) {
        const double count = static_cast<double>(files.size());
        JobContext part =
            job.part(static_cast<double>(i) / count, static_cast<double>(i + 1) / count);
        try {
            const ImageHeader header = readHeader(files[i], options, part);
            rows.push_back(headerJson(header));
            output.text += headerText(header);
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            if (files.size() == 1)
                throw;
            rows.push_back(
                {{"path", files[i]},
                 {"error", {{"code", toString(error.code())}, {"message", error.what()}}}});
            output.failures.emplace_back(error.what());
        }
    }
    // Scripts that ask about one file find its keys at the top, too.
    if (rows.size() == 1)
        output.json = rows[0];
    output.json["files"] = rows;
    return output;
}

} // namespace

std::vector<Command> infoCommands() {
    return {{"info",
             "FILE...",
             "dimensions, type, voxel size and range of images, stacks, folders of slices",
             {{"--raw", kRawWord, "layout of headerless files"}, kDatasetOption},
             runInfo}};
}

} // namespace likeness::cli
