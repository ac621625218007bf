// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/calibration.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace likeness {

namespace {

std::optional<double> number(std::string_view text) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// 0 where the text is no count.
std::int64_t count(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// The value of an XML attribute, e.g. PhysicalSizeX="0.5".
std::optional<std::string_view> attribute(std::string_view text, std::string_view name) {
    for (const char quote : {'"', '\''}) {
        std::string pattern(" ");
        pattern.append(name).append("=").push_back(quote);
        const std::size_t at = text.find(pattern);
        if (at == std::string_view::npos)
            continue;
        text.remove_prefix(at + pattern.size());
        return text.substr(0, text.find(quote));
    }
    return std::nullopt;
}

std::optional<double> omeSize(std::string_view text, const std::string& axis) {
    const auto value = attribute(text, "PhysicalSize" + axis);
    if (!value)
        return std::nullopt;
    const auto unit = attribute(text, "PhysicalSize" + axis + "Unit");
    const auto um = unit ? micrometresIn(*unit) : std::optional(1.0);
    const auto size = number(*value);
    if (!um || !size || *size <= 0.0)
        return std::nullopt;
    return *size * *um;
}

void takeImageJLine(std::string_view line, TiffDescription& result) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
        return;
    const std::string_view key = line.substr(0, equals);
    std::string_view value = line.substr(equals + 1);
    while (!value.empty() && (value.back() == '\r' || value.back() == ' ' || value.back() == '\0'))
        value.remove_suffix(1);
    if (key == "images")
        result.images = count(value);
    else if (key == "channels")
        result.channels = count(value);
    else if (key == "slices")
        result.slices = count(value);
    else if (key == "frames")
        result.frames = count(value);
    else if (key == "unit")
        result.unit = value;
    else if (key == "spacing")
        result.spacing = number(value);
}

bool isPrintResolution(double perInch) {
    for (const double usual :
         {1.0,   72.0,  75.0,  90.0,  96.0,  100.0, 120.0, 144.0, 150.0,  180.0, 200.0,
          220.0, 240.0, 300.0, 350.0, 360.0, 400.0, 600.0, 720.0, 1200.0, 2400.0}) {
        // PNG and centimetres round: 72 dpi is stored as 2835 / m or 28 / cm.
        if (std::abs(perInch - usual) < 0.02 + 0.003 * usual)
            return true;
    }
    return false;
}

void takeOme(std::string_view text, TiffDescription& result) {
    result.ome = true;
    const auto x = omeSize(text, "X");
    const auto y = omeSize(text, "Y");
    const auto z = omeSize(text, "Z");
    if (x && y)
        result.omeVoxelUm = {*x, *y, z.value_or(*x)};
    result.slices = count(attribute(text, "SizeZ").value_or(""));
    result.channels = std::max<std::int64_t>(count(attribute(text, "SizeC").value_or("")), 1);
    result.frames = std::max<std::int64_t>(count(attribute(text, "SizeT").value_or("")), 1);
    const std::string order(attribute(text, "DimensionOrder").value_or(""));
    if (order.size() != 5 || !order.starts_with("XY"))
        return;
    std::string sorted = order.substr(2);
    std::sort(sorted.begin(), sorted.end());
    if (sorted == "CTZ")
        result.axisOrder = order.substr(2);
}

std::string shortNumber(double value) {
    std::string text(32, '\0');
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 5);
    text.resize(error == std::errc() ? static_cast<std::size_t>(end - text.data()) : 0);
    return text;
}

} // namespace

std::optional<double> micrometresIn(std::string_view unit) {
    // "\u00B5m" is how ImageJ escapes the micro sign in a description; a bare 0xB5 is Latin-1.
    constexpr std::pair<std::string_view, double> kUnits[] = {
        {"um", 1.0},         {"micron", 1.0},     {"microns", 1.0},    {"micrometer", 1.0},
        {"micrometre", 1.0}, {"\xC2\xB5m", 1.0},  {"\xCE\xBCm", 1.0},  {"\xB5m", 1.0},
        {"&#181;m", 1.0},    {"&#xB5;m", 1.0},    {"&#xb5;m", 1.0},    {"\\u00B5m", 1.0},
        {"\\u00b5m", 1.0},   {"nm", 1e-3},        {"nanometer", 1e-3}, {"mm", 1e3},
        {"millimeter", 1e3}, {"millimetre", 1e3}, {"cm", 1e4},         {"centimeter", 1e4},
        {"m", 1e6},          {"meter", 1e6},      {"inch", 25400.0},   {"in", 25400.0},
        {"\xC3\x85", 1e-4},  {"angstrom", 1e-4}};
    for (const auto& [word, um] : kUnits) {
        if (word == unit)
            return um;
    }
    return std::nullopt;
}

std::optional<VoxelSize> voxelSizeFrom(const Resolution& resolution,
                                       std::vector<std::string>& warnings) {
    const bool usable = std::isfinite(resolution.x) && std::isfinite(resolution.y) &&
                        resolution.x > 0.0 && resolution.y > 0.0 && resolution.unitUm > 0.0;
    if (!usable)
        return std::nullopt;
    const double perInch = resolution.x * kMicrometresPerInch / resolution.unitUm;
    const double perInchY = resolution.y * kMicrometresPerInch / resolution.unitUm;
    if (isPrintResolution(perInch) && isPrintResolution(perInchY)) {
        warnings.push_back("the file states " + shortNumber(perInch) +
                           " dpi, a print setting that is not taken for a voxel size; give the "
                           "voxel size if it is one");
        return std::nullopt;
    }
    const double x = resolution.unitUm / resolution.x;
    const double y = resolution.unitUm / resolution.y;
    return VoxelSize{{x, y, x}, std::string(resolution.source)};
}

TiffDescription parseTiffDescription(std::string_view text) {
    TiffDescription result;
    if (text.starts_with("ImageJ=")) {
        result.imageJ = true;
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            takeImageJLine(text.substr(0, end), result);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
    } else if (text.find("<OME") != std::string_view::npos) {
        takeOme(text, result);
    }
    return result;
}

} // namespace likeness
