// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace likeness {

/// Where one process stands among those that train one model together.
struct ProcessPlace {
    int rank = 0; ///< 0 ... size - 1; 0 reports and saves
    int size = 1;
    int localRank = 0;                 ///< among those of this machine; its CUDA device
    int localSize = 1;                 ///< how many this machine has; they share its cores
    std::string address = "127.0.0.1"; ///< of the process with rank 0
    int port = 29500;
    bool storeIsThere = false; ///< the launcher keeps the store in which the processes meet
    std::string attempt = "0"; ///< which start of the run this is
};

/// As torchrun, mpirun (Open MPI) or srun (Slurm) tell it: RANK, WORLD_SIZE, LOCAL_RANK, or
/// OMPI_COMM_WORLD_*, or SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID; MASTER_ADDR and MASTER_PORT are
/// obeyed with each. Empty for a process that was started alone. Throws Error(config) for variables
/// that contradict each other.
[[nodiscard]] std::optional<ProcessPlace> placeFromEnvironment();

} // namespace likeness
