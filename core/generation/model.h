// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/config.h"
#include "core/generation/greymap.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace likeness {

/// A trained diffusion model, read from a checkpoint: weights (safetensors, float) and their
/// manifest.
class DiffusionModel {
public:
    struct Impl;

    /// Refuses a file whose SHA-256 is not `sha256` (unless that is empty), whose manifest is not
    /// one of ours, or whose tensors are not exactly those of the network it describes. Throws
    /// Error(format), Error(notFound), Error(io), Error(conflict) for the hash.
    [[nodiscard]] static DiffusionModel load(const std::filesystem::path& checkpoint,
                                             const std::string& sha256 = {});

    explicit DiffusionModel(std::unique_ptr<Impl> impl);
    ~DiffusionModel();
    DiffusionModel(DiffusionModel&&) noexcept;
    DiffusionModel& operator=(DiffusionModel&&) noexcept;

    [[nodiscard]] const Json& manifest() const noexcept;
    [[nodiscard]] const NetworkConfig& network() const noexcept;
    [[nodiscard]] const SolverConfig& solver() const noexcept;
    [[nodiscard]] const GreyMap& greyMap() const noexcept;
    [[nodiscard]] int trainedSize() const noexcept;
    [[nodiscard]] std::int64_t parameterCount() const noexcept;

    [[nodiscard]] const Impl& impl() const noexcept { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace likeness
