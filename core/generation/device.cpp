// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/device.h"

#include "core/base/error.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sched.h>
#include <set>
#include <sys/resource.h>
#include <unistd.h>

namespace likeness {

namespace {

/// Index behind "cuda" or "cuda:N"; -1 for other words.
int cudaIndex(const std::string& word) {
    constexpr std::string_view kPrefix = "cuda:";
    if (word == "cuda")
        return 0;
    if (!word.starts_with(kPrefix))
        return -1;
    int index = -1;
    const char* end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data() + kPrefix.size(), end, index);
    return error == std::errc() && rest == end ? index : -1;
}

/// Whether the processor multiplies bfloat16 itself; otherwise it is slower than float.
bool multipliesBfloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

} // namespace

Precision precisionFrom(const std::string& word) {
    if (word == "auto")
        return Precision::automatic;
    if (word == "float32")
        return Precision::float32;
    if (word == "bfloat16")
        return Precision::bfloat16;
    throw Error(ErrorCode::config, "precision '" + word + "'", "there is no such precision",
                "use auto, float32 or bfloat16");
}

int physicalCores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    // Hyper-threads of one core name the same siblings.
    std::set<std::string> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        std::ifstream in("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                         "/topology/thread_siblings_list");
        std::string siblings;
        if (!std::getline(in, siblings))
            siblings = std::to_string(cpu);
        cores.insert(siblings);
    }
    return std::max(1, static_cast<int>(cores.size()));
}

bool mayUseAllCores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    return ::sched_getaffinity(0, sizeof allowed, &allowed) != 0 ||
           CPU_COUNT(&allowed) >= ::sysconf(_SC_NPROCESSORS_ONLN);
}

int cudaDevices() {
    return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
}

DevicePlan planDevice(const DeviceChoice& choice) {
    if (choice.threads < 0 || choice.threads > 1024)
        throw Error(ErrorCode::config, "threads " + std::to_string(choice.threads),
                    "this is no number of threads", "use 0 for all cores, or 1 to 1024");
    const int index = cudaIndex(choice.device);
    const bool automatic = choice.device == "auto";
    if (choice.device != "cpu" && !automatic && index < 0)
        throw Error(ErrorCode::config, "device '" + choice.device + "'", "there is no such device",
                    "use auto, cpu, cuda or cuda:N");
    const int devices = cudaDevices();
    if (index >= devices)
        throw Error(ErrorCode::unsupported, "device '" + choice.device + "'",
                    devices == 0 ? "this machine or this LibTorch has no CUDA device"
                                 : "there are only " + std::to_string(devices) + " CUDA devices",
                    "use cpu or auto");
    DevicePlan plan;
    plan.cuda = index >= 0 || (automatic && devices > 0);
    plan.name = plan.cuda ? "cuda:" + std::to_string(std::max(0, index)) : "cpu";
    plan.workers = plan.cuda ? 1 : (choice.threads > 0 ? choice.threads : physicalCores());
    plan.bfloat16 =
        choice.precision == Precision::bfloat16 ||
        (choice.precision == Precision::automatic && !plan.cuda && multipliesBfloat16());
    return plan;
}

void allowFastArithmetic(const DevicePlan& plan) {
    if (!plan.cuda)
        return;
    at::globalContext().setAllowTF32CuBLAS(true);
    at::globalContext().setAllowTF32CuDNN(true);
}

double peakMemoryMb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::string torchVersion() {
    return TORCH_VERSION;
}

} // namespace likeness
