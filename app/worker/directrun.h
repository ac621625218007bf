// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/worker/channel.h"

#include <filesystem>

namespace likeness {

/// A request without a program that asked: torchrun, mpirun or srun start one such process per part
/// of the machine, and those that train together find each other by the variables that these set.
/// Progress goes to standard error, the result to standard output, of the leading process alone.
/// SIGINT and SIGTERM end all of them with what is finished kept.
class DirectRun : public Channel {
public:
    /// Blocks the two signals for this thread and those it starts. Throws Error(config).
    DirectRun();
    ~DirectRun() override;

    /// Throws Error(notFound), Error(io), Error(format).
    [[nodiscard]] static Json requestIn(const std::filesystem::path& file);

    [[nodiscard]] std::optional<ProcessPlace> place() const override { return m_place; }

    void send(const Json& event) override;

private:
    std::optional<ProcessPlace> m_place;
    std::jthread m_signals;
};

} // namespace likeness
