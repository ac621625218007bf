// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/processplace.h"

#include "core/base/error.h"

#include <charconv>
#include <cstdlib>

namespace likeness {

namespace {

constexpr int kMostProcesses = 4096;

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::optional<int> number(const char* name, int low, int high) {
    const auto text = variable(name);
    if (!text)
        return std::nullopt;
    int value = 0;
    const char* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc() || rest != end || value < low || value > high)
        throw Error(ErrorCode::config, std::string(name) + "=" + *text,
                    "this is no number from " + std::to_string(low) + " to " + std::to_string(high),
                    "start the processes with torchrun, mpirun or srun");
    return value;
}

/// The names by which a launcher tells a process its place.
struct Names {
    const char* rank;
    const char* size;
    const char* localRank;
    const char* localSize;
};

constexpr Names kLaunchers[] = {
    {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"},
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE"}};

} // namespace

std::optional<ProcessPlace> placeFromEnvironment() {
    for (const Names& names : kLaunchers) {
        const auto rank = number(names.rank, 0, kMostProcesses - 1);
        const auto size = number(names.size, 1, kMostProcesses);
        if (!rank || !size)
            continue;
        if (*rank >= *size)
            throw Error(ErrorCode::config, std::string(names.rank) + "=" + std::to_string(*rank),
                        "there are only " + std::to_string(*size) + " processes",
                        "start the processes with torchrun, mpirun or srun");
        if (*size == 1)
            return std::nullopt;
        ProcessPlace place;
        place.rank = *rank;
        place.size = *size;
        place.localRank = number(names.localRank, 0, kMostProcesses - 1).value_or(0);
        place.localSize = number(names.localSize, 1, kMostProcesses).value_or(1);
        const bool manyMachines =
            number("SLURM_STEP_NUM_NODES", 1, kMostProcesses).value_or(1) > 1 ||
            (variable("OMPI_COMM_WORLD_SIZE") && place.localSize < place.size);
        if (manyMachines && !variable("MASTER_ADDR"))
            throw Error(ErrorCode::config, "training on several machines",
                        "MASTER_ADDR does not say where the first process runs",
                        "set it to the name of that machine for all of them");
        place.address = variable("MASTER_ADDR").value_or(place.address);
        place.port = number("MASTER_PORT", 1, 65535).value_or(place.port);
        place.storeIsThere = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
        place.attempt = variable("TORCHELASTIC_RESTART_COUNT").value_or(place.attempt);
        return place;
    }
    return std::nullopt;
}

} // namespace likeness
