// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace likeness {

/// What the driver's management library tells of one NVIDIA card. The library is looked for at run
/// time; without it, and for what a card does not tell, there are no values.
class NvidiaCard {
public:
    /// The card of that index in the driver's order.
    explicit NvidiaCard(int index);
    ~NvidiaCard();
    NvidiaCard(const NvidiaCard&) = delete;
    NvidiaCard& operator=(const NvidiaCard&) = delete;

    [[nodiscard]] std::optional<std::string> name() const;

    /// Used since the driver was loaded, by everything on the card.
    [[nodiscard]] std::optional<double> energyJoules() const;

    /// In use now, by everything on the card.
    [[nodiscard]] std::optional<double> memoryMb() const;

    /// Share of the last moments (a sixth of a second to a second) in which anything was computed
    /// on the card, 0 to 1.
    [[nodiscard]] std::optional<double> utilisation() const;

private:
    struct Library;
    std::unique_ptr<Library> m_library;
    void* m_card = nullptr;
};

} // namespace likeness
