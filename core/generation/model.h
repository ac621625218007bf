// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/greymap.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace likeness {

/// A trained model of any family, read from a checkpoint: weights (safetensors, float) and their
/// manifest.
class GeneratorModel {
public:
    struct Impl;

    /// Refuses a file whose SHA-256 is not `sha256` (unless that is empty), whose manifest is not
    /// one of ours, or whose tensors are not exactly those of the network it describes. Throws
    /// Error(format), Error(notFound), Error(io), Error(conflict) for the hash.
    [[nodiscard]] static GeneratorModel load(const std::filesystem::path& checkpoint,
                                             const std::string& sha256 = {});

    explicit GeneratorModel(std::unique_ptr<Impl> impl);
    ~GeneratorModel();
    GeneratorModel(GeneratorModel&&) noexcept;
    GeneratorModel& operator=(GeneratorModel&&) noexcept;

    [[nodiscard]] const Json& manifest() const noexcept;
    [[nodiscard]] const std::string& family() const noexcept;
    [[nodiscard]] const GreyMap& greyMap() const noexcept;
    [[nodiscard]] int trainedSize() const noexcept;

    /// 1 grey, 3 RGB.
    [[nodiscard]] int channels() const noexcept;

    /// Of the weights that the checkpoint holds.
    [[nodiscard]] std::int64_t parameterCount() const noexcept;

    [[nodiscard]] const Impl& impl() const noexcept { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace likeness
