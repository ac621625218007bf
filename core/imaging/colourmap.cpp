// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/colourmap.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr int kLevels = 256;

std::uint32_t colour(int red, int green, int blue) {
    return 0xFF000000U | static_cast<std::uint32_t>(red << 16 | green << 8 | blue);
}

ColourTable greys() {
    ColourTable table{};
    for (int i = 0; i < kLevels; ++i)
        table[static_cast<std::size_t>(i)] = colour(i, i, i);
    return table;
}

ColourTable ofOpenCv(int map) {
    cv::Mat ramp(1, kLevels, CV_8UC1);
    for (int i = 0; i < kLevels; ++i)
        ramp.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(i);
    cv::Mat coloured;
    cv::applyColorMap(ramp, coloured, map);
    ColourTable table{};
    for (int i = 0; i < kLevels; ++i) {
        const auto bgr = coloured.at<cv::Vec3b>(0, i);
        table[static_cast<std::size_t>(i)] = colour(bgr[2], bgr[1], bgr[0]);
    }
    return table;
}

/// A colour by magnitude, saturation and hue in CIELAB (Moreland 2009).
struct Msh {
    double magnitude = 0.0;
    double saturation = 0.0;
    double hue = 0.0;
};

std::uint32_t toRgb(const Msh& msh) {
    const double l = msh.magnitude * std::cos(msh.saturation);
    const double chroma = msh.magnitude * std::sin(msh.saturation);
    cv::Mat lab(1, 1, CV_32FC3,
                cv::Scalar(l, chroma * std::cos(msh.hue), chroma * std::sin(msh.hue)));
    cv::Mat rgb;
    cv::cvtColor(lab, rgb, cv::COLOR_Lab2RGB);
    const auto at = [&](int channel) {
        const double value = rgb.at<cv::Vec3f>(0, 0)[channel];
        return static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * 255.0));
    };
    return colour(at(0), at(1), at(2));
}

/// Blue and red of equal magnitude and saturation with a neutral middle: the ends and the turn of
/// hue are those of the paper's section 5 (RGB 59, 76, 192 and 180, 4, 38; middle 88).
ColourTable coolToWarm() {
    constexpr Msh kCool{80.0, 1.08, -1.1};
    constexpr Msh kWarm{80.0, 1.08, 0.5};
    constexpr double kMiddle = 88.0;
    constexpr double kTurn = 0.561;
    ColourTable table{};
    for (int i = 0; i < kLevels; ++i) {
        const bool cool = i < kLevels / 2;
        const Msh& end = cool ? kCool : kWarm;
        // The two levels around the middle are both neutral, so that no difference has no tint.
        const double from = cool ? (127.0 - i) / 127.0 : (i - 128.0) / 127.0;
        const Msh msh{kMiddle + from * (end.magnitude - kMiddle), from * end.saturation,
                      end.hue + (1.0 - from) * (cool ? -kTurn : kTurn)};
        table[static_cast<std::size_t>(i)] = toRgb(msh);
    }
    return table;
}

} // namespace

const ColourTable& coloursOf(ColourMap map) {
    static const ColourTable grey = greys();
    static const ColourTable viridis = ofOpenCv(cv::COLORMAP_VIRIDIS);
    static const ColourTable cividis = ofOpenCv(cv::COLORMAP_CIVIDIS);
    static const ColourTable magma = ofOpenCv(cv::COLORMAP_MAGMA);
    static const ColourTable diverging = coolToWarm();
    switch (map) {
    case ColourMap::viridis:
        return viridis;
    case ColourMap::cividis:
        return cividis;
    case ColourMap::magma:
        return magma;
    case ColourMap::diverging:
        return diverging;
    case ColourMap::grey:
        break;
    }
    return grey;
}

} // namespace likeness
