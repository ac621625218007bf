// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/voxelattributes.h"

#include "core/imaging/formats/calibration.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace likeness {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\0";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Numbers, also those at the begin of a text; what follows them in the text is left in `rest`.
std::vector<double> numbersOf(const NamedValue& value, std::string_view& rest) {
    if (!value.numbers.empty())
        return value.numbers;
    std::vector<double> numbers;
    rest = trimmed(value.text);
    while (!rest.empty()) {
        double number = 0.0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc())
            break;
        numbers.push_back(number);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        rest.remove_prefix(std::min(rest.find_first_not_of(" ,;x"), rest.size()));
    }
    return numbers;
}

bool areSizes(const std::vector<double>& numbers) {
    return std::all_of(numbers.begin(), numbers.end(),
                       [](double n) { return std::isfinite(n) && n > 0.0; });
}

std::optional<VoxelSize> elementSize(const ValueLookup& attribute, std::string_view format) {
    const auto value = attribute("element_size_um");
    if (!value || value->numbers.size() < 2 || value->numbers.size() > 3)
        return std::nullopt;
    std::array<double, 3> um{};
    const auto& numbers = value->numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        um[i] = numbers[numbers.size() - 1 - i];
    // Images without depth are written with a thickness of 0.
    if (um[2] == 0.0)
        um[2] = um[0];
    if (!areSizes({um.begin(), um.end()}))
        return std::nullopt;
    return VoxelSize{um, std::string(format) + " attribute element_size_um"};
}

std::optional<double> unitOf(const ValueLookup& attribute, std::string_view rest) {
    if (const auto um = lengthUnitUm(rest))
        return um;
    for (const std::string_view name :
         {"voxel_unit", "voxel_units", "voxel_size_unit", "voxel_size_units"}) {
        const auto unit = attribute(name);
        if (const auto um = unit ? lengthUnitUm(unit->text) : std::nullopt)
            return um;
    }
    return std::nullopt;
}

} // namespace

std::optional<double> lengthUnitUm(std::string_view word) {
    word = trimmed(word);
    if (const auto um = micrometresIn(word))
        return um;
    std::string plain(word);
    std::transform(plain.begin(), plain.end(), plain.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (const auto um = micrometresIn(plain))
        return um;
    if (plain.size() > 2 && plain.ends_with('s'))
        plain.pop_back();
    return plain == "metre" ? std::optional(1e6) : micrometresIn(plain);
}

std::optional<VoxelSize> voxelSizeFromAttributes(const ValueLookup& attribute,
                                                 std::string_view format,
                                                 std::vector<std::string>& warnings) {
    if (auto size = elementSize(attribute, format))
        return size;
    for (const std::string_view name : {"voxel_size_xyz", "voxel_size"}) {
        const auto value = attribute(name);
        if (!value)
            continue;
        std::string_view rest;
        const std::vector<double> numbers = numbersOf(*value, rest);
        if ((numbers.size() != 1 && numbers.size() != 3) || !areSizes(numbers))
            continue;
        const auto um = unitOf(attribute, rest);
        if (!um) {
            warnings.push_back("its " + std::string(name) +
                               " has no unit of length, so no voxel size is taken from it");
            return std::nullopt;
        }
        const bool cubic =
            numbers.size() == 1 || (numbers[0] == numbers[1] && numbers[0] == numbers[2]);
        if (!cubic && name == "voxel_size") {
            warnings.emplace_back("its voxel_size has three different numbers whose order is not "
                                  "known, so no voxel size is taken from it");
            return std::nullopt;
        }
        VoxelSize size;
        for (std::size_t i = 0; i < 3; ++i)
            size.um[i] = numbers[numbers.size() == 1 ? 0 : i] * *um;
        size.source = std::string(format) + " attribute " + std::string(name);
        return size;
    }
    return std::nullopt;
}

} // namespace likeness
