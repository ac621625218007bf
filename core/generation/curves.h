// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/training.h"

#include <array>
#include <cstdint>
#include <vector>

namespace likeness {

/// The history of a run, at most 500 rows of each kind: when they are full every second one is
/// dropped, and from then on every second one that comes.
class Curves {
public:
    void addLoss(std::int64_t step, double seconds, double loss, double rate);
    void addHeldOut(const HeldOutFigures& figures);

    /// {"loss": [[step, seconds, loss, learning rate]...], "held_out": [HeldOutFigures...]}
    [[nodiscard]] Json toJson() const;

    /// Of what toJson() wrote; anything else gives no history.
    void load(const Json& saved);

private:
    template <typename Row>
    struct Thinned {
        std::vector<Row> rows;
        std::int64_t every = 1;
        std::int64_t offered = 0;

        void add(const Row& row);
    };

    Thinned<std::array<double, 4>> m_loss;
    Thinned<HeldOutFigures> m_heldOut;
};

} // namespace likeness
