// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/phantom.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "db/folders.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>

namespace likeness::cli {

namespace {

namespace fs = std::filesystem;

std::map<std::string, double> parameterOptions(const Arguments& arguments) {
    std::map<std::string, double> parameters;
    for (const std::string& text : arguments.all("--param")) {
        const std::size_t equals = text.find('=');
        double value = 0.0;
        const char* end = text.data() + text.size();
        const bool split = equals != std::string::npos && equals > 0;
        const auto parsed = std::from_chars(split ? text.data() + equals + 1 : end, end, value);
        if (!split || parsed.ec != std::errc() || parsed.ptr != end)
            throw UsageError("--param got \"" + text + "\", which is not NAME=NUMBER");
        parameters[text.substr(0, equals)] = value;
    }
    return parameters;
}

PhantomRequest requestOf(const Arguments& arguments) {
    const std::string& word = arguments.word(0, "rock, fibre or root");
    const auto domain = domainFrom(word);
    if (!domain)
        throw UsageError("\"" + word + "\" is no kind of specimen (known: rock, fibre, root)");
    PhantomRequest request;
    request.domain = *domain;
    request.kind = arguments.text("--kind", "");
    request.size = arguments.integer("--size", 16, 4096).value_or(256);
    request.depth = arguments.integer("--depth", 1, 4096).value_or(1);
    request.parameters = parameterOptions(arguments);
    request.voxelUm = voxelOption(arguments);
    return request;
}

std::string fileName(Domain domain, std::int64_t index) {
    std::array<char, 48> number{};
    std::snprintf(number.data(), number.size(), "-phantom-%04lld.tif",
                  static_cast<long long>(index));
    return std::string(toString(domain)).append(number.data());
}

/// Writes one specimen and returns its row. Scans alone lie in the folder itself, so that it can be
/// imported and measured as a set.
OrderedJson writePhantom(const fs::path& folder,
                         const Phantom& phantom,
                         std::int64_t index,
                         const PhantomRequest& request) {
    const std::string name = fileName(request.domain, index);
    makeFolder(folder / "labels");
    writeVolume(folder / name, phantom.scan);
    writeVolume(folder / "labels" / name, phantom.specimen.labels);
    OrderedJson row = {{"image", (folder / name).string()},
                       {"volume", nullptr},
                       {"labels", (folder / "labels" / name).string()},
                       {"seed", request.seed},
                       {"origin", "phantom"},
                       {"truth", phantom.truth}};
    if (request.depth > 1) {
        makeFolder(folder / "slices");
        writeVolume(folder / "slices" / name, phantom.scan.slice(2, request.depth / 2));
        row["image"] = (folder / "slices" / name).string();
        row["volume"] = (folder / name).string();
    }
    return row;
}

Output runPhantom(const Arguments& arguments, JobContext& job) {
    PhantomRequest request = requestOf(arguments);
    const fs::path folder = arguments.required("--out");
    const std::int64_t count = arguments.integer("--count", 1, 100000).value_or(1);
    arguments.atMost(1);
    const std::uint64_t seed = arguments.seed();
    // A typing error in a parameter should not leave a folder behind.
    asUsage([&] { (void)parameterNames(request.domain, request.kind); });
    OrderedJson samples = OrderedJson::array();
    OrderedJson document = {{"seed", seed}};
    const auto writeTruth = [&] {
        document["samples"] = samples;
        if (!samples.empty())
            writeFileDurably(folder / "truth.json", document.dump(2) + "\n");
    };
    try {
        for (std::int64_t i = 0; i < count; ++i) {
            const double share = 1.0 / static_cast<double>(count);
            JobContext part =
                job.part(static_cast<double>(i) * share, static_cast<double>(i + 1) * share);
            request.seed = derivedSeed(seed, static_cast<std::uint64_t>(i));
            const Phantom phantom = asUsage([&] { return makePhantom(request, part); });
            samples.push_back(writePhantom(folder, phantom, i, request));
        }
    } catch (...) {
        writeTruth(); // of the scans that are there
        throw;
    }
    writeTruth();
    const std::string noun = "simulated " + arguments.word(0, "") + " scan";
    return {document, "Made " + counted(static_cast<std::size_t>(count), noun) + " in " +
                          folder.string() + ", the truth is in truth.json"};
}

std::string parameterHelp() {
    std::string text = "K of --param and its standard value: ";
    for (const Domain domain : {Domain::rock, Domain::fibre, Domain::root}) {
        for (const std::string& kind : phantomKinds(domain)) {
            text.append("\n    ").append(toString(domain)).append(" ").append(kind).append(": ");
            for (const PhantomParameter& p : parameterNames(domain, kind))
                text.append(p.name).append("=").append(shortNumber(p.standard)).append(" ");
        }
    }
    return text;
}

} // namespace

std::vector<Command> phantomCommands() {
    static const std::string parameters = parameterHelp();
    return {{"phantom",
             "rock|fibre|root --out DIR",
             "simulated specimens with known truth, and their simulated scans",
             {{"--out", "DIR", "folder of the images and truth.json; made if missing"},
              {"--count", "N", "how many (default 1)"},
              {"--size", "S", "width and height in pixels (default 256)"},
              {"--depth", "D", "slices; more than 1 makes a volume (rock and fibre)"},
              {"--kind", "KIND", "kind of specimen (default: the first named below)"},
              {"--voxel-um", "X", "edge of a voxel in micrometres"},
              kSeedOption,
              {"--param", "K=V", parameters}},
             runPhantom}};
}

} // namespace likeness::cli
