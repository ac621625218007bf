// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/costmeter.h"

#include "core/generation/revision.h"

#include <torch/torch.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sys/resource.h>
#include <system_error>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPowerCounters = "/sys/class/powercap";

double cpuSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> numberIn(const fs::path& file) {
    std::ifstream in(file);
    double value = 0.0;
    return in >> value ? std::optional(value) : std::nullopt;
}

/// Microjoules of every processor package; the parts of a package are counted within it.
std::map<std::string, double> energyCounters() {
    std::map<std::string, double> counters;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(kPowerCounters, error)) {
        const std::string name = entry.path().filename().string();
        const bool package = name.starts_with("intel-rapl:") && std::ranges::count(name, ':') == 1;
        if (!package)
            continue;
        if (const auto value = numberIn(entry.path() / "energy_uj"))
            counters[entry.path().string()] = *value;
    }
    return counters;
}

std::string processorName() {
    std::ifstream in("/proc/cpuinfo");
    std::string line;
    while (std::getline(in, line)) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos)
            return line.substr(colon + 2);
    }
    return "CPU";
}

/// The sum of a member of two records; null where the later has none.
Json sum(const Json& now, const Json& earlier) {
    return now.is_number() && earlier.is_number() ? Json(now.get<double>() + earlier.get<double>())
                                                  : now;
}

} // namespace

CostMeter::CostMeter(const DevicePlan& plan)
    : m_plan(plan)
    , m_start(std::chrono::steady_clock::now())
    , m_cpuStart(cpuSeconds())
    , m_energyStart(energyCounters()) {
    if (!plan.cuda)
        return;
    m_card = std::make_unique<NvidiaCard>(torch::Device(plan.name).index());
    m_cardStart = m_card->energyJoules();
}

void CostMeter::addEarlier(const Json& record) {
    m_earlier = record.is_object() ? record : Json::object();
}

void CostMeter::look() {
    const auto now = m_card ? m_card->utilisation() : std::nullopt;
    if (!now)
        return;
    m_utilisation += *now;
    ++m_looks;
}

Json CostMeter::energy() const {
    const auto card = m_card ? m_card->energyJoules() : std::nullopt;
    if (m_energyStart.empty() && !(card && m_cardStart))
        return nullptr;
    double joules = card && m_cardStart ? *card - *m_cardStart : 0.0;
    for (const auto& [path, value] : energyCounters()) {
        const auto before = m_energyStart.find(path);
        if (before == m_energyStart.end())
            continue;
        double used = value - before->second;
        if (used < 0.0) // the counter has wrapped
            used += numberIn(fs::path(path) / "max_energy_range_uj").value_or(0.0);
        joules += 1e-6 * used;
    }
    return joules;
}

Json CostMeter::record() const {
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    const auto earlier = [this](const char* key) { return m_earlier.value(key, Json()); };
    const auto memory = m_card ? m_card->memoryMb() : std::nullopt;
    const auto name = m_card ? m_card->name() : std::optional(processorName());
    return {{"wall_seconds", sum(wall, earlier("wall_seconds"))},
            {"cpu_seconds", sum(cpuSeconds() - m_cpuStart, earlier("cpu_seconds"))},
            {"energy_joules", sum(energy(), earlier("energy_joules"))},
            {"peak_memory_mb", peakMemoryMb()},
            {"device_memory_mb", memory ? Json(*memory) : Json(nullptr)},
            {"device_utilisation", m_looks > 0 ? Json(m_utilisation / m_looks) : Json(nullptr)},
            {"device_name", name.value_or(m_plan.name)},
            {"device", m_plan.name},
            {"threads", m_plan.workers},
            {"versions", {{"libtorch", torchVersion()}, {"likeness", LIKENESS_VERSION}}},
            {"revision", sourceRevision().empty() ? Json(nullptr) : Json(sourceRevision())}};
}

} // namespace likeness
