// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "app/cli/openglprobe.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/workerclient.h"
#include "db/database.h"
#include "db/statement.h"

#include <filesystem>
#include <system_error>

namespace likeness::cli {

namespace {

constexpr std::uintmax_t kLittleSpace = std::uintmax_t{2} << 30U;

OrderedJson workerAnswers(JobContext& job, OrderedJson& warnings) {
    try {
        const WorkerClient client;
        return client.probe(job);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        warnings.push_back(std::string("generation is not available: ") + error.what());
    }
    return OrderedJson::object();
}

/// Asked of a store that is made and opened as projects are.
OrderedJson sqliteVersion(OrderedJson& warnings) {
    try {
        const TemporaryFolder folder;
        Database::Options options;
        options.create = true;
        Database database(folder.path() / "doctor.sqlite", options);
        Statement query(database, "SELECT sqlite_version()");
        if (query.bind().step())
            return query.text(0);
    } catch (const Error& error) {
        warnings.push_back(std::string("projects cannot be stored: ").append(error.what()));
    }
    return {};
}

void warnOfLittleSpace(OrderedJson& warnings) {
    std::error_code error;
    const auto space = std::filesystem::space(std::filesystem::temp_directory_path(error), error);
    if (!error && space.available < kLittleSpace)
        warnings.push_back("less than 2 GiB are free in the folder for temporary files");
}

std::string doctorText(const OrderedJson& json) {
    const auto word = [&](const char* key) {
        const OrderedJson value = json.value(key, OrderedJson());
        return value.is_string()   ? value.get<std::string>()
               : value.is_number() ? shortNumber(value.get<double>(), 4)
                                   : std::string("none");
    };
    std::string text("Likeness ");
    text.append(word("version")).append("\nLibTorch: ").append(word("libtorch"));
    text.append("\nDevices:");
    for (const OrderedJson& device : json["devices"])
        text.append(" ").append(device.value("name", "?"));
    if (json["devices"].empty())
        text += " none";
    text.append("\nBLAS: ").append(word("blas"));
    text.append("\nMatrix products: ").append(word("matmul_gflops")).append(" GFLOP/s");
    text.append("\nConvolutions: ").append(word("conv_gflops")).append(" GFLOP/s");
    text.append(" by one thread, bfloat16 ").append(word("conv_bfloat16_gflops"));
    text.append(" (").append(word("convolutions_by")).append(")");
    text.append("\nNew tensor of 64 MiB: ").append(word("large_allocation_ms")).append(" ms");
    text.append("\nOpenMP: ").append(word("openmp"));
    text.append("\nOpenGL: ").append(word("opengl"));
    text.append("\nSQLite: ").append(word("sqlite")).append("\n");
    for (const OrderedJson& warning : json["warnings"])
        text.append("warning: ").append(warning.get<std::string>()).append("\n");
    return text;
}

Output runDoctor(const Arguments& arguments, JobContext& job) {
    arguments.atMost(0);
    OrderedJson warnings = OrderedJson::array();
    job.report(0.0, "Measuring this machine");
    const OrderedJson worker = workerAnswers(job, warnings);
    for (const OrderedJson& warning : worker.value("warnings", OrderedJson::array()))
        warnings.push_back(warning);
    warnOfLittleSpace(warnings);
    const OrderedJson sqlite = sqliteVersion(warnings);
    Output output;
    output.json = {{"version", LIKENESS_VERSION},
                   {"libtorch", worker.value("libtorch", OrderedJson())},
                   {"devices", worker.value("devices", OrderedJson::array())},
                   {"blas", worker.value("blas", OrderedJson())},
                   {"matmul_gflops", worker.value("matmul_gflops", OrderedJson())},
                   {"conv_gflops", worker.value("conv_gflops", OrderedJson())},
                   {"opengl", probeOpenGl()},
                   {"sqlite", sqlite}};
    for (const auto& [key, value] : worker.items()) {
        if (!output.json.contains(key) && key != "warnings")
            output.json[key] = value;
    }
    output.json["warnings"] = warnings;
    output.text = doctorText(output.json);
    return output;
}

} // namespace

std::vector<Command> doctorCommands() {
    return {{"doctor", "", "what this machine can do, measured", {}, runDoctor}};
}

} // namespace likeness::cli
