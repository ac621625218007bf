// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "app/cli/stopwatch.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/externalcommand.h"
#include "core/generation/client/workerclient.h"
#include "core/imaging/resample.h"
#include "core/metrics/evaluate.h"
#include "core/structure/describe.h"
#include "db/database.h"
#include "db/statement.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace likeness::cli {

namespace {

/// Noise with structure: a blurred random field, the same every time.
Volume field(PixelType type,
             std::int64_t width,
             std::int64_t height,
             std::int64_t depth,
             std::uint64_t seed) {
    Random random(seed, "bench");
    Volume coarse(PixelType::f32, width / 4, height / 4, depth);
    for (std::int64_t i = 0; i < coarse.span().values(); ++i)
        coarse.pixels<float>()[i] = static_cast<float>(random.uniform());
    const Volume fine = resizeBicubic(coarse.span(), width, height);
    return mapValues(fine.span(), {-0.2, 1.2}, type);
}

void benchImaging(const Stopwatch& stopwatch, OrderedJson& rows) {
    const TemporaryFolder folder;
    const Volume volume = field(PixelType::u16, 256, 256, 64, 1);
    const double megabytes = static_cast<double>(volume.span().bytes()) / 1e6;
    for (const char* suffix : {".tif", ".npy"}) {
        const auto path = folder.path() / std::string("volume").append(suffix);
        rows.push_back(stopwatch.rate(std::string("write_volume_u16_8MB").append(suffix), 5,
                                      {megabytes, "MB/s"}, [&] { writeVolume(path, volume); }));
        rows.push_back(stopwatch.rate(std::string("read_volume_u16_8MB").append(suffix), 5,
                                      {megabytes, "MB/s"}, [&] { (void)readVolume(path); }));
    }
}

void benchMetrics(const Stopwatch& stopwatch, OrderedJson& rows) {
    const std::array real{field(PixelType::u8, 512, 384, 1, 1)};
    const std::array synthetic{field(PixelType::u8, 512, 384, 1, 2)};
    MetricOptions options;
    options.bootstrap = 0;
    for (const char* name : {"psnr", "ssim", "ms_ssim"}) {
        options.only = {name};
        rows.push_back(stopwatch.time(std::string(name).append("_512x384"), 9, [&] {
            JobContext quiet(stopwatch.stopToken());
            (void)evaluatePairs(real, synthetic, options, quiet);
        }));
    }
    FeatureMatrix a(500, 64);
    FeatureMatrix b(500, 64);
    Random random(3, "bench");
    for (FeatureMatrix* matrix : {&a, &b})
        std::ranges::generate(matrix->values, [&] { return random.normal(); });
    for (const char* name : {"frechet_distance", "kernel_distance", "precision"}) {
        options.only = {name};
        rows.push_back(stopwatch.time(std::string(name).append("_500x64"), 5, [&] {
            JobContext quiet(stopwatch.stopToken());
            (void)evaluateFeatures(a, b, options, quiet);
        }));
    }
}

void benchStructure(const Stopwatch& stopwatch, OrderedJson& rows) {
    const Volume slice = field(PixelType::u8, 512, 512, 1, 4);
    const Volume volume = field(PixelType::u8, 96, 96, 96, 5);
    DescribeOptions options;
    for (const auto& [name, image] : {std::pair<const char*, const Volume&>{"describe_512", slice},
                                      {"describe_96x96x96", volume}}) {
        rows.push_back(stopwatch.time(name, 3, [&] {
            JobContext quiet(stopwatch.stopToken());
            (void)describe(image, options, quiet);
        }));
    }
}

/// Commits of one small row under the settings of projects and rating stores.
void benchDatabase(const Stopwatch& stopwatch, OrderedJson& rows) {
    const TemporaryFolder folder;
    Database::Options options;
    options.create = true;
    Database database(folder.path() / "bench.sqlite", options);
    database.execute(
        "CREATE TABLE answers (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
    std::int64_t number = 0;
    rows.push_back(stopwatch.time("commit_one_row", 200, [&] {
        Database::Transaction transaction(database);
        Statement(database, "INSERT INTO answers VALUES (?, ?)")
            .bind(++number, std::string(200, 'x'))
            .run();
        transaction.commit();
    }));
}

void benchGeneration(const Arguments& arguments, const JobContext& job, OrderedJson& rows) {
    JobContext quiet(job.stopToken());
    const std::string peer =
        arguments.has("--no-peer") ? "" : arguments.text("--peer", LIKENESS_PEER_SCRIPT);
    for (const Json& row : WorkerClient().bench(quiet, peer))
        rows.push_back(OrderedJson(row));
}

/// The program that has the window, beside this one.
std::filesystem::path windowProgram() {
    constexpr const char* kName = "likeness";
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto beside = self.parent_path() / kName;
    if (error || !std::filesystem::exists(beside))
        throw Error(ErrorCode::notFound, kName,
                    "the program that is measured does not lie beside this one",
                    "install the programs into one folder");
    return beside;
}

/// In a process of its own, as viewers need a window; without a display one in memory, which has no
/// OpenGL.
void benchViewer(const JobContext& job, OrderedJson& rows) {
    const bool hasDisplay =
        std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    ExternalCommand command;
    command.command = std::string(hasDisplay ? "" : "QT_QPA_PLATFORM=offscreen ") + "exec " +
                      shellQuoted(windowProgram().string()) + " --bench-viewers";
    command.folder = std::filesystem::current_path();
    const ExternalEnd end = runExternal(
        command, job,
        [&](std::string_view line) {
            if (line.starts_with("{"))
                rows.push_back(OrderedJson::parse(line));
        },
        [] {});
    job.throwIfStopped();
    if (end.exitCode != 0)
        throw Error(ErrorCode::process, "bench viewer",
                    "the program ended with exit status " + std::to_string(end.exitCode) + ": " +
                        end.lastWords,
                    "run likeness --bench-viewers to see why");
}

struct Part {
    std::string_view name;
    void (*run)(const Stopwatch&, OrderedJson&);
};

constexpr std::array<Part, 4> kParts{{{"imaging", benchImaging},
                                      {"metrics", benchMetrics},
                                      {"structure", benchStructure},
                                      {"database", benchDatabase}}};

std::string rowText(const OrderedJson& row) {
    if (row.contains("reason"))
        return row["name"].get<std::string>() + ": not measured, " +
               row["reason"].get<std::string>() + "\n";
    return row["name"].get<std::string>() + ": median " +
           shortNumber(row["median"].get<double>(), 4) + " " + row["unit"].get<std::string>() +
           ", p95 " + shortNumber(row["p95"].get<double>(), 4) + " (n = " + row["n"].dump() + ")\n";
}

Output runBench(const Arguments& arguments, JobContext& job) {
    const std::string wanted =
        arguments.words().empty() ? std::string("all") : arguments.words()[0];
    arguments.atMost(1);
    const bool known = wanted == "all" || wanted == "generation" || wanted == "viewer" ||
                       std::ranges::find(kParts, wanted, &Part::name) != kParts.end();
    if (!known)
        throw UsageError(
            "there is nothing to measure under \"" + wanted +
            "\" (it has: viewer, imaging, metrics, structure, generation, database, all)");
    const Stopwatch stopwatch(job);
    OrderedJson rows = OrderedJson::array();
    double done = 0.0;
    for (const Part& part : kParts) {
        if (wanted != "all" && wanted != part.name)
            continue;
        job.report(done, std::string("Measuring ").append(part.name));
        part.run(stopwatch, rows);
        done += wanted == "all" ? 0.15 : 1.0;
    }
    if (wanted == "all" || wanted == "viewer") {
        job.report(done, "Measuring the viewers");
        benchViewer(job, rows);
        done += 0.1;
    }
    if (wanted == "all" || wanted == "generation") {
        job.report(done, "Measuring generation");
        benchGeneration(arguments, job, rows);
    }
    Output output;
    const std::string machine = machineName();
    for (OrderedJson& row : rows) {
        row["machine"] = machine;
        output.text += rowText(row);
    }
    output.text += "on " + machine;
    output.json = {{"benchmarks", rows}};
    return output;
}

} // namespace

std::vector<Command> benchCommands() {
    return {{"bench",
             "[viewer|imaging|metrics|structure|generation|database|all]",
             "measure this machine at the program's own work; never judges",
             {{"--peer", "FILE", "script to measure training against (default: the one built in)"},
              {"--no-peer", "", "leave plain PyTorch out"}},
             runBench}};
}

} // namespace likeness::cli
