// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/tiffplanes.h"

#include "core/base/error.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace likeness {

namespace {

constexpr std::int64_t kPlanesListed = 256;

std::string_view nounOf(char letter) {
    return letter == 'C' ? "channels" : letter == 'T' ? "times" : "slices";
}

} // namespace

TiffPlanes::TiffPlanes(const TiffDescription& description, ImageHeader& header) {
    const std::int64_t pages = header.depth;
    // OME counts the colours of one page as channels.
    const bool coloured = description.ome && header.channels == 3;
    const std::int64_t channels =
        coloured ? std::max<std::int64_t>(description.channels / 3, 1) : description.channels;
    const std::int64_t frames = description.frames;
    if (pages < 2)
        return;
    const bool several = channels > 1 || frames > 1;
    if (!several && !(description.ome && description.slices > 1))
        return;
    const auto within = [&](std::int64_t n) { return n >= 1 && n <= pages; };
    const std::int64_t stated = description.slices;
    const bool fits = within(channels) && within(frames) && pages % channels == 0 &&
                      pages / channels % frames == 0 &&
                      (stated < 1 || stated == pages / channels / frames);
    if (!fits) {
        header.warnings.push_back(
            "its description counts " + std::to_string(std::max<std::int64_t>(stated, 1)) +
            " slices, " + std::to_string(channels) + " channels and " + std::to_string(frames) +
            " times, but the file holds " + std::to_string(pages) +
            " pages; all of them are read as one stack (other files may hold the rest)");
        return;
    }
    if (!several)
        return;
    m_plain = false;
    std::int64_t step = 1;
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        const char letter = description.axisOrder[i];
        const std::int64_t size = letter == 'C'   ? channels
                                  : letter == 'T' ? frames
                                                  : pages / channels / frames;
        m_axes[i] = {letter, size, step, 0};
        step *= size;
    }
    for (const char letter : {'C', 'T', 'Z'}) {
        for (std::size_t i = 0; i < m_axes.size(); ++i) {
            if (m_axes[i].letter == letter && m_axes[i].size > 1)
                m_depthAxis = i;
        }
    }
}

TiffPlanes::Axis* TiffPlanes::axis(char letter) noexcept {
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        if (m_axes[i].letter == letter && i != m_depthAxis && m_axes[i].size > 1)
            return &m_axes[i];
    }
    return nullptr;
}

bool TiffPlanes::isHyperstack() const noexcept {
    return !m_plain && std::count_if(m_axes.begin(), m_axes.end(),
                                     [](const Axis& axis) { return axis.size > 1; }) > 1;
}

void TiffPlanes::choose(const std::string& plane, const std::string& name) {
    if (plane.empty())
        return;
    std::size_t at = 0;
    bool known = isHyperstack();
    while (known && at < plane.size()) {
        Axis* const chosen =
            axis(static_cast<char>(std::toupper(static_cast<unsigned char>(plane[at]))));
        std::int64_t number = 0;
        const char* const end = plane.data() + plane.size();
        const auto [next, error] = std::from_chars(plane.data() + at + 1, end, number);
        known = chosen != nullptr && error == std::errc() && number >= 1 && number <= chosen->size;
        if (!known)
            break;
        chosen->chosen = number - 1;
        at = static_cast<std::size_t>(next - plane.data());
    }
    if (known)
        return;
    std::string has = "it is no hyperstack";
    if (isHyperstack()) {
        has = "it has";
        for (const char letter : {'C', 'T'}) {
            if (const Axis* const found = axis(letter))
                has += (has == "it has" ? " " : " and ") + std::to_string(found->size) + " " +
                       std::string(nounOf(letter));
        }
    }
    throw Error(ErrorCode::notFound, name, "it has no plane '" + plane + "': " + has,
                "name a channel and a time that it has, as in c2 or c2t1");
}

std::string TiffPlanes::planeName() const {
    std::string text;
    for (const char letter : {'C', 'T'}) {
        for (std::size_t i = 0; i < m_axes.size(); ++i) {
            if (m_axes[i].letter == letter && i != m_depthAxis && m_axes[i].size > 1)
                text += (letter == 'C' ? "c" : "t") + std::to_string(m_axes[i].chosen + 1);
        }
    }
    return text;
}

void TiffPlanes::applyTo(ImageHeader& header) const {
    if (m_plain)
        return;
    const Axis& depth = m_axes[m_depthAxis];
    header.depth = depth.size;
    if (!isHyperstack()) {
        header.warnings.push_back("its " + std::to_string(depth.size) + " " +
                                  std::string(nounOf(depth.letter)) + " are read as slices");
        return;
    }
    header.dataset = planeName();
    // Every plane once, by the same names.
    TiffPlanes all = *this;
    for (auto& axis : all.m_axes)
        axis.chosen = 0;
    const std::int64_t planes = m_axes[0].size * m_axes[1].size * m_axes[2].size / depth.size;
    for (std::int64_t i = 0; i < std::min(planes, kPlanesListed); ++i) {
        std::int64_t rest = i;
        for (std::size_t k = 0; k < m_axes.size(); ++k) {
            if (k == m_depthAxis)
                continue;
            all.m_axes[k].chosen = rest % m_axes[k].size;
            rest /= m_axes[k].size;
        }
        header.datasets.push_back({all.planeName(),
                                   {depth.size, header.height, header.width},
                                   std::string(toString(header.type)),
                                   {}});
    }
    header.warnings.push_back("a hyperstack of " + std::to_string(planes) +
                              " planes of channel and time: '" + header.dataset +
                              "' is read, the others can be named");
}

std::int64_t TiffPlanes::pageOf(std::int64_t z) const noexcept {
    if (m_plain)
        return z;
    std::int64_t page = 0;
    for (std::size_t i = 0; i < m_axes.size(); ++i)
        page += (i == m_depthAxis ? z : m_axes[i].chosen) * m_axes[i].step;
    return page;
}

} // namespace likeness
