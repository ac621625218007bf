// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/curves.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::size_t kRows = 500;

bool isRow(const Json& row) {
    return row.is_array() && row.size() == 4 &&
           std::ranges::all_of(row, [](const Json& v) { return v.is_number(); });
}

} // namespace

template <typename Row>
void Curves::Thinned<Row>::add(const Row& row) {
    if (offered++ % every != 0)
        return;
    if (rows.size() == kRows) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < rows.size(); i += 2)
            rows[kept++] = rows[i];
        rows.resize(kept);
        every *= 2;
        // The row in hand is the one after the last that was kept, at the new distance.
    }
    rows.push_back(row);
}

void Curves::addLoss(std::int64_t step, double seconds, double loss, double rate) {
    if (std::isfinite(loss))
        m_loss.add({static_cast<double>(step), seconds, loss, rate});
}

void Curves::addHeldOut(const HeldOutFigures& figures) {
    m_heldOut.add(figures);
}

Json Curves::toJson() const {
    // Six digits are more than a plot shows.
    const auto rounded = [](double value) {
        if (value == 0.0)
            return 0.0;
        const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 5.0);
        return std::round(value / unit) * unit;
    };
    Json loss = Json::array();
    for (const auto& row : m_loss.rows)
        loss.push_back(
            {static_cast<std::int64_t>(row[0]), rounded(row[1]), rounded(row[2]), rounded(row[3])});
    Json heldOut = Json::array();
    for (const HeldOutFigures& figures : m_heldOut.rows)
        heldOut.push_back(likeness::toJson(figures));
    return {{"loss", loss},
            {"loss_every", m_loss.every},
            {"held_out", heldOut},
            {"held_out_every", m_heldOut.every}};
}

void Curves::load(const Json& saved) {
    const auto adopt = [&](const char* name, auto& target, auto&& read) {
        const auto rows = saved.find(name);
        const auto every = saved.find(std::string(name) + "_every");
        if (rows == saved.end() || !rows->is_array() || rows->size() > kRows)
            return;
        for (const Json& row : *rows)
            read(row);
        if (every != saved.end() && every->is_number_integer())
            target.every = std::clamp<std::int64_t>(every->template get<std::int64_t>(), 1,
                                                    std::int64_t{1} << 40);
        target.offered = std::ssize(target.rows) * target.every;
    };
    if (!saved.is_object())
        return;
    adopt("loss", m_loss, [&](const Json& row) {
        if (isRow(row))
            m_loss.rows.push_back({row[0].get<double>(), row[1].get<double>(), row[2].get<double>(),
                                   row[3].get<double>()});
    });
    adopt("held_out", m_heldOut, [&](const Json& row) {
        if (const auto figures = heldOutFiguresFrom(row))
            m_heldOut.rows.push_back(*figures);
    });
}

} // namespace likeness
