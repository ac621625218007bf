// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <string>

namespace likeness {

enum class Precision { automatic, float32, bfloat16 };

/// "auto", "float32", "bfloat16"; throws Error(config) for other words.
[[nodiscard]] Precision precisionFrom(const std::string& word);

/// Where a run computes, and how its convolutions do.
struct DeviceChoice {
    std::string device = "auto"; ///< "auto", "cpu", "cuda", "cuda:1"
    int threads = 0;             ///< 0: all physical cores this process may use
    Precision precision = Precision::automatic;
};

/// The choice made definite.
struct DevicePlan {
    std::string name = "cpu"; ///< as LibTorch writes it
    bool cuda = false;
    int workers = 1; ///< threads that compute side by side; 1 on CUDA
    /// Whether denoisers convolve in bfloat16 when samples and edits are made. Chosen automatically
    /// it depends on the type of processor alone, so that a seed gives the same image each time;
    /// training measures what is faster.
    bool bfloat16 = false;

    /// "float32" or "bfloat16".
    [[nodiscard]] const char* precision() const noexcept {
        return bfloat16 ? "bfloat16" : "float32";
    }
};

/// Throws Error(config) for an unknown word and Error(unsupported) for a device that is not there.
[[nodiscard]] DevicePlan planDevice(const DeviceChoice& choice);

/// Lets the matrix products and convolutions of a GPU run in TF32, as training wants them; no
/// change on a CPU.
void allowFastArithmetic(const DevicePlan& plan);

[[nodiscard]] int physicalCores();

/// Whether nobody has bound this process to some of the machine's cores.
[[nodiscard]] bool mayUseAllCores();

/// How many this process sees.
[[nodiscard]] int cudaDevices();

/// Largest resident memory of this process so far, in MB; on CUDA the device's share is not
/// counted.
[[nodiscard]] double peakMemoryMb();

/// "1.13.1"
[[nodiscard]] std::string torchVersion();

} // namespace likeness
