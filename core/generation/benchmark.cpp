// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/benchmark.h"

#include "core/generation/checkpoint.h"
#include "core/generation/compat.h"
#include "core/generation/config.h"
#include "core/generation/demotraining.h"
#include "core/generation/device.h"
#include "core/generation/nvml.h"
#include "core/generation/peerbenchmark.h"
#include "core/generation/sampler.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <vector>

namespace likeness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSlowMatmul =
    25.0; ///< GFLOP/s; the reference BLAS stays below 10, others above 50
constexpr double kSlowAllocation = 15.0; ///< ms; a few where the memory is kept

std::vector<double> timed(int rounds, JobContext& job, const std::function<void()>& work) {
    work();
    std::vector<double> seconds;
    for (int i = 0; i < rounds; ++i) {
        job.throwIfStopped();
        const auto start = Clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds;
}

double matmulRate(JobContext& job) {
    constexpr std::int64_t kSize = 512;
    const torch::Tensor a = torch::ones({kSize, kSize});
    const double best = timed(5, job, [&] { (void)torch::mm(a, a); }).front();
    return 2.0 * kSize * kSize * kSize / best * 1e-9;
}

double convolutionRate(bool bfloat16, JobContext& job) {
    const auto type = bfloat16 ? torch::kBFloat16 : torch::kFloat32;
    const torch::Tensor x = torch::ones({8, 64, 32, 32}).to(type);
    const torch::Tensor w = torch::ones({64, 64, 3, 3}).to(type);
    const std::vector<std::int64_t> ones{1, 1};
    const double best =
        timed(5, job, [&] { (void)torch::conv2d(x, w, torch::Tensor(), ones, ones); }).front();
    return 2.0 * 8 * 64 * 64 * 9 * 32 * 32 / best * 1e-9;
}

/// The file that this process has loaded for linear algebra; empty if it is part of LibTorch.
std::string loadedBlas() {
    std::ifstream maps("/proc/self/maps");
    std::string line;
    std::string found;
    while (std::getline(maps, line)) {
        const std::size_t slash = line.find('/');
        if (slash == std::string::npos)
            continue;
        const std::string file = line.substr(slash);
        for (const char* word : {"openblas", "mkl_rt", "libblis"}) {
            if (file.find(word) != std::string::npos)
                return file;
        }
        if (file.find("libblas") != std::string::npos)
            found = file;
    }
    return found;
}

/// Milliseconds for a new tensor of 64 MiB of zeros: large blocks come from the system with each
/// page still to be cleared unless the allocator keeps them.
double largeAllocationMilliseconds(JobContext& job) {
    return 1e3 * timed(5, job, [] { (void)torch::zeros({std::int64_t{16} << 20}); }).front();
}

std::string openMpSettings() {
    const auto setting = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(name) + "=" + (value == nullptr ? "unset" : value);
    };
    return setting("OMP_NUM_THREADS") + " " + setting("OMP_WAIT_POLICY");
}

Json devicesHere() {
    Json devices = Json::array({{{"name", "cpu"}, {"kind", "cpu"}, {"cores", physicalCores()}}});
    const int count = cudaDevices();
    for (int i = 0; i < count; ++i)
        devices.push_back({{"name", "cuda:" + std::to_string(i)}, {"kind", "cuda"}});
    return devices;
}

Json row(const std::string& name, const std::vector<double>& seconds, double perRound) {
    const auto at = [&](double share) {
        const auto index =
            static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1) + 0.5);
        return seconds[index] * 1000.0 / perRound;
    };
    return {{"name", name},
            {"median", at(0.5)},
            {"p95", at(0.95)},
            {"unit", "ms"},
            {"n", seconds.size()}};
}

/// The rows of the first family have no word for it in their names.
std::string rowName(const std::string& what, const std::string& model, const std::string& end) {
    return what + (model == "diffusion" ? "" : "_" + model) + "_demo_" + end;
}

Json trainingRows(const std::string& model, JobContext& job) {
    DemoTraining training(model, physicalCores());
    Json rows = Json::array();
    for (const bool bfloat16 : {false, true}) {
        training.setBfloat16(bfloat16);
        const auto seconds = timed(10, job, [&] { training.step(); });
        rows.push_back(row(rowName("training_step", model,
                                   std::to_string(training.size()) + (bfloat16 ? "_bfloat16" : "")),
                           seconds, 1.0));
    }
    return rows;
}

Json samplingRows(const std::string& name, JobContext& job) {
    auto impl = std::make_unique<GeneratorModel::Impl>();
    impl->family = name;
    impl->network = familyNamed(name).network(presetNamed(name, "demo").settings, {64, 0.5, 0});
    const GeneratorModel model(std::move(impl));
    Json rows = Json::array();
    const bool volumes = model.impl().network->makesVolumes();
    for (const int size : volumes ? std::array{32, 96} : std::array{64, 256}) {
        SamplingOptions options;
        options.count = size <= 64 && !volumes ? 16 * physicalCores() : 1;
        options.width = options.height = size;
        JobContext quiet(job.stopToken());
        const auto seconds = timed(5, job, [&] { (void)sampleModel(model, options, quiet); });
        rows.push_back(row(rowName("sample", name, std::to_string(size)), seconds,
                           static_cast<double>(options.count)));
    }
    return rows;
}

/// A row of what takes `seconds` for so many images on a card, with what the driver says of it.
Json cardRow(Json row, const NvidiaCard& card, double images) {
    row["images_per_second"] = 1000.0 * images / row["median"].get<double>();
    const auto name = card.name();
    const auto utilisation = card.utilisation();
    row["device_name"] = name ? Json(*name) : Json(nullptr);
    row["utilisation"] = utilisation ? Json(*utilisation) : Json(nullptr);
    return row;
}

/// The workstation presets on the first CUDA device; nothing without one.
Json cardRows(const std::string& model, JobContext& job) {
    Json rows = Json::array();
    if (cudaDevices() == 0)
        return rows;
    const DevicePlan plan = planDevice({"cuda", 0});
    allowFastArithmetic(plan);
    const NvidiaCard card(0);
    const std::string preset = "workstation";
    DemoTraining training(model, preset, plan);
    training.setBfloat16(true);
    const std::string end = "_" + model + "_" + preset + "_cuda";
    const auto steps = timed(20, job, [&] { training.step(); });
    rows.push_back(cardRow(row("training_step" + end, steps, 1.0), card, training.batch()));
    auto impl = std::make_unique<GeneratorModel::Impl>();
    impl->family = model;
    const int size = training.size();
    impl->network = familyNamed(model).network(presetNamed(model, preset).settings, {size, 0.5, 0});
    const GeneratorModel generator(std::move(impl));
    SamplingOptions options;
    options.count = 64;
    options.width = options.height = size;
    options.device = {"cuda", 0};
    JobContext quiet(job.stopToken());
    bool replayed = false;
    const auto seconds =
        timed(5, job, [&] { replayed = sampleModel(generator, options, quiet).replayed; });
    rows.push_back(
        cardRow(row("sample" + end, seconds, static_cast<double>(options.count)), card, 1.0));
    rows.back()["cuda_graph"] = replayed;
    return rows;
}

} // namespace

Json probeMachine(JobContext& job) {
    return translated("measuring this machine", [&] {
        const torch::NoGradGuard noGrad;
        const double matmul = matmulRate(job);
        const std::string blas = loadedBlas();
        const double convolution = convolutionRate(false, job);
        const double half = convolutionRate(true, job);
        const double allocation = largeAllocationMilliseconds(job);
        Json warnings = Json::array();
        if (!at::hasMKLDNN())
            warnings.push_back("this LibTorch has no oneDNN: convolutions are slow");
        if (half < convolution)
            warnings.push_back("bfloat16 is slower than float32 here; training uses float32");
        if (allocation > kSlowAllocation)
            warnings.push_back("memory of large tensors is cleared anew each time, which is slow "
                               "(allow transparent huge pages, or start through likeness-cli)");
        if (matmul < kSlowMatmul)
            warnings.push_back(
                "matrix products are slow, the reference BLAS may be in use (install "
                "libopenblas0-openmp)");
        if (blas.find("pthread") != std::string::npos)
            warnings.push_back("this OpenBLAS keeps threads of its own that compete with training "
                               "(install libopenblas0-openmp)");
        return Json{{"libtorch", torchVersion()},
                    {"devices", devicesHere()},
                    {"blas", blas.empty() ? "part of LibTorch" : blas},
                    {"cores", physicalCores()},
                    {"matmul_gflops", matmul},
                    {"conv_gflops", convolution},
                    {"conv_bfloat16_gflops", half},
                    {"large_allocation_ms", allocation},
                    {"convolutions_by", at::hasMKLDNN() ? "oneDNN" : "LibTorch"},
                    {"openmp", openMpSettings()},
                    {"warnings", warnings}};
    });
}

Json benchGeneration(JobContext& job, const std::filesystem::path& peer) {
    return translated("measuring", [&] {
        Json rows = Json::array();
        for (const std::string& model : modelNames()) {
            if (!familyNamed(model).learns())
                continue;
            for (const Json& some : {trainingRows(model, job), samplingRows(model, job)})
                rows.insert(rows.end(), some.begin(), some.end());
        }
        for (const char* model : {"diffusion", "stylegan"}) {
            const Json some = cardRows(model, job);
            rows.insert(rows.end(), some.begin(), some.end());
        }
        if (!peer.empty()) {
            const Json against = benchAgainstPeer(peer, job);
            rows.insert(rows.end(), against.begin(), against.end());
        }
        return rows;
    });
}

} // namespace likeness
