// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace likeness {

/// The head of a hash chain kept outside its database, one line "SEQ HASH" per commit, synced on
/// its own. A chain alone cannot show that its end was cut off; this file can. A line that a crash
/// left unfinished is dropped.
class Witness {
public:
    struct Head {
        std::int64_t seq = 0;
        std::string hash;
    };

    /// Opens or makes the file. Throws Error: io, database (a line that is no head).
    explicit Witness(const std::filesystem::path& file);
    ~Witness();
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return m_file; }

    [[nodiscard]] const std::optional<Head>& last() const noexcept { return m_last; }

    /// Durable when it returns. Throws Error(io); then nothing was added.
    void append(const Head& head);

private:
    std::filesystem::path m_file;
    int m_descriptor = -1;
    std::int64_t m_size = 0;
    std::optional<Head> m_last;
};

} // namespace likeness
