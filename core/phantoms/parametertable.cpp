// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/parametertable.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kVolumeFraction3d = 0.35;

using Table = std::vector<PhantomParameter>;

void append(Table& table, const Table& more) {
    table.insert(table.end(), more.begin(), more.end());
}

Table scannerTable(const ScannerParameters& s) {
    return {{"angles", 0.0, 0.0, 20000.0, "projections over 180 degrees; 0: 1.4 times the width"},
            {"photons", s.photons, 0.0, 1e7,
             "unattenuated counts per detector pixel and projection; 0: no noise"},
            {"optical_depth", s.opticalDepth, 0.1, 4.0,
             "-ln of the transmission through the width of solid"},
            {"rings", s.rings, 0.0, 0.05, "standard deviation of the detector's gain errors"},
            {"blur", s.blur, 0.0, 5.0, "standard deviation of the point spread, px"},
            {"phase_contrast", s.phaseContrast, 0.0, 2.0, "strength of bright and dark rims, px^2"},
            {"beam_hardening", s.beamHardening, 0.0, 0.05,
             "share of the optical depth lost per unit of it"},
            {"filter", static_cast<double>(static_cast<int>(s.filter)), 0.0, 2.0,
             "reconstruction filter: 0 Ram-Lak, 1 Shepp-Logan, 2 Hann"}};
}

ScannerParameters standardScanner(Domain domain) {
    ScannerParameters s;
    s.photons = domain == Domain::rock ? 5000.0 : 8000.0;
    s.phaseContrast = domain == Domain::rock ? 0.3 : 0.5;
    s.rings = domain == Domain::rock ? 0.0025 : 0.002;
    s.blur = domain == Domain::rock ? 0.8 : 0.75;
    return s;
}

Table rockTable(const std::string& kind) {
    const RockParameters p;
    const bool grains = kind == "grains";
    Table table{
        {"porosity", grains ? p.porosity : 0.25, 0.01, 0.8, "share of pore pixels, met exactly"},
        {"mineral_fraction", p.mineralFraction, 0.0, 0.2,
         "share of bright dense mineral, met exactly"},
        {"roughness", grains ? p.roughness : 0.1, 0.0, 0.3, "fine relief of the pore walls"}};
    if (grains)
        append(table, {{"grain_radius", p.grainRadius, 3.0, 200.0, "mean grain radius, px"},
                       {"grain_spread", p.grainSpread, 0.0, 0.8,
                        "standard deviation over mean of the grain radii"},
                       {"angularity", p.angularity, 0.0, 1.0, "0 round grains, 1 facetted ones"}});
    else
        append(table, {{"correlation_length", p.correlationLength, 1.0, 200.0,
                        "distance at which the correlation is 1/e, px"}});
    append(table, scannerTable(standardScanner(Domain::rock)));
    return table;
}

Table fibreTable(const std::string& kind) {
    const FibreParameters p;
    const bool endless = kind == "unidirectional";
    Table table{
        {"radius_mean", endless ? p.radiusMean : 3.2, 1.0, 100.0, "mean fibre radius, px"},
        {"radius_sd", endless ? p.radiusSd : 0.2, 0.0, 30.0,
         "standard deviation of the radius, px"},
        {"volume_fraction", endless ? p.volumeFraction : 0.14, 0.01, 0.7,
         "share of fibre (standard in 3-D: at most 0.35)"},
        {"void_fraction", endless ? p.voidFraction : 0.004, 0.0, 0.2,
         "share of air voids in the matrix"},
        {"void_radius", endless ? p.voidRadius : 6.0, 2.0, 200.0, "typical void radius, px"},
        {"gap", p.gap, 0.0, 10.0, "least distance of two fibres, px"},
        {"spread", endless ? p.spread : 14.0, 0.0, 60.0,
         "3-D: standard deviation of the fibres' tilt, degrees"},
        {"axis_tilt", p.axisTilt, 0.0, 180.0, "3-D: angle of the mean direction from z, degrees"},
        {"axis_azimuth", p.axisAzimuth, -360.0, 360.0,
         "3-D: its direction in the x-y plane, degrees"},
        {"matrix_signal", endless ? p.matrixSignal : 0.36, 0.0, 2.0,
         "attenuation of the matrix, fibre = 1"}};
    if (endless)
        append(table, {{"resin_bands", static_cast<double>(p.resinBands), 0.0, 4.0,
                        "2-D: number of fibre-free bands between tows"}});
    else
        append(table, {{"fibre_length", p.length, 8.0, 2000.0, "length of the fibres, px"}});
    append(table, scannerTable(standardScanner(Domain::fibre)));
    return table;
}

Table rootTable(const std::string& kind) {
    const RootParameters p;
    const PaperScanParameters s;
    const bool tap = kind == "taproot";
    return {
        {"primaries", tap ? 1.0 : 4.0, 1.0, 8.0, "number of main axes"},
        {"fan", p.fan, 0.0, 160.0, "angle between the outermost main axes, degrees"},
        {"primary_length", tap ? p.primaryLength : 220.0, 10.0, 20000.0,
         "length of a main axis, px"},
        {"base_radius", p.baseRadius, 0.75, 20.0, "radius of a main axis at its base, px"},
        {"tip_radius", p.tipRadius, 0.75, 20.0, "radius of every root at its tip, px"},
        {"wobble", p.wobble, 0.0, 40.0,
         "standard deviation of the heading's change over 10 px, degrees"},
        {"gravitropism", p.gravitropism, 0.0, 1.0,
         "share of the angle to the vertical corrected over 10 px"},
        {"lateral_spacing", tap ? p.lateralSpacing : 40.0, 0.0, 2000.0,
         "mean distance of laterals, px; 0: none"},
        {"lateral_length", tap ? p.lateralLength : 22.0, 0.0, 5000.0,
         "mean length of laterals, px"},
        {"lateral_angle", p.lateralAngle, 20.0, 100.0, "angle between lateral and parent, degrees"},
        {"secondary_share", p.secondaryShare, 0.0, 1.0, "share of laterals that branch again"},
        {"ground", s.ground, 0.02, 0.9, "brightness of the ground"},
        {"grain", s.grain, 0.0, 0.3, "standard deviation of the ground's texture"},
        {"soil", s.soil, 0.0, 1.0, "0 paper, 1 soil"},
        {"root_brightness", s.rootBrightness, 0.05, 1.0, "brightness of roots"},
        {"hairs", s.hairs, 0.0, 1.0, "strength of the root hairs' fuzz"},
        {"shading", s.shading, 0.0, 0.8, "fall of the light across the image"},
        {"blur", s.blur, 0.0, 10.0, "standard deviation of the point spread, px"},
        {"noise", s.noise, 0.0, 0.3, "standard deviation of the sensor noise"}};
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

std::vector<std::string> phantomKinds(Domain domain) {
    switch (domain) {
    case Domain::rock:
        return {"grains", "gaussian"};
    case Domain::fibre:
        return {"unidirectional", "short"};
    case Domain::root:
        break;
    }
    return {"taproot", "seminal"};
}

std::vector<PhantomParameter> parameterNames(Domain domain, const std::string& kind) {
    const std::string name = phantoms::resolvedKind(domain, kind);
    switch (domain) {
    case Domain::rock:
        return rockTable(name);
    case Domain::fibre:
        return fibreTable(name);
    case Domain::root:
        break;
    }
    return rootTable(name);
}

namespace phantoms {

std::string resolvedKind(Domain domain, const std::string& kind) {
    const std::vector<std::string> kinds = phantomKinds(domain);
    if (kind.empty())
        return kinds.front();
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        throw Error(ErrorCode::config, "There is no phantom kind \"" + kind + "\"",
                    "of " + std::string(toString(domain)) + " there are: " + joined(kinds));
    return kind;
}

Values resolvedParameters(const PhantomRequest& request) {
    const Table table = parameterNames(request.domain, request.kind);
    Values values;
    std::vector<std::string> names;
    for (const PhantomParameter& parameter : table) {
        values[parameter.name] = parameter.standard;
        names.push_back(parameter.name);
    }
    // Straight fibres that are not parallel leave more room between them than discs do.
    if (request.domain == Domain::fibre && request.depth > 1)
        values["volume_fraction"] = std::min(values["volume_fraction"], kVolumeFraction3d);
    for (const auto& [name, value] : request.parameters) {
        const auto found = std::find_if(
            table.begin(), table.end(),
            [&, &wanted = name](const PhantomParameter& p) { return p.name == wanted; });
        if (found == table.end())
            throw Error(ErrorCode::config, "There is no phantom parameter \"" + name + "\"",
                        "valid ones are: " + joined(names));
        if (!(value >= found->minimum) || !(value <= found->maximum))
            throw Error(ErrorCode::config, "The phantom parameter \"" + name + "\" is out of range",
                        "it must lie between " + Json(found->minimum).dump() + " and " +
                            Json(found->maximum).dump());
        values[name] = value;
    }
    return values;
}

RockParameters rockParameters(const std::string& kind, const Values& v) {
    RockParameters p;
    p.kind = kind == "gaussian" ? RockKind::gaussian : RockKind::grains;
    p.porosity = v.at("porosity");
    p.mineralFraction = v.at("mineral_fraction");
    p.roughness = v.at("roughness");
    if (p.kind == RockKind::gaussian) {
        p.correlationLength = v.at("correlation_length");
        return p;
    }
    p.grainRadius = v.at("grain_radius");
    p.grainSpread = v.at("grain_spread");
    p.angularity = v.at("angularity");
    return p;
}

FibreParameters fibreParameters(const std::string& kind, const Values& v) {
    FibreParameters p;
    p.kind = kind == "short" ? FibreKind::shortFibres : FibreKind::unidirectional;
    p.radiusMean = v.at("radius_mean");
    p.radiusSd = v.at("radius_sd");
    p.volumeFraction = v.at("volume_fraction");
    p.voidFraction = v.at("void_fraction");
    p.voidRadius = v.at("void_radius");
    p.gap = v.at("gap");
    p.spread = v.at("spread");
    p.axisTilt = v.at("axis_tilt");
    p.axisAzimuth = v.at("axis_azimuth");
    p.matrixSignal = v.at("matrix_signal");
    if (p.kind == FibreKind::shortFibres)
        p.length = v.at("fibre_length");
    else
        p.resinBands = static_cast<int>(std::lround(v.at("resin_bands")));
    return p;
}

RootParameters rootParameters(const Values& v) {
    RootParameters p;
    p.primaries = static_cast<int>(std::lround(v.at("primaries")));
    p.fan = v.at("fan");
    p.primaryLength = v.at("primary_length");
    p.baseRadius = v.at("base_radius");
    p.tipRadius = v.at("tip_radius");
    p.wobble = v.at("wobble");
    p.gravitropism = v.at("gravitropism");
    p.lateralSpacing = v.at("lateral_spacing");
    p.lateralLength = v.at("lateral_length");
    p.lateralAngle = v.at("lateral_angle");
    p.secondaryShare = v.at("secondary_share");
    return p;
}

ScannerParameters scannerParameters(const Values& v) {
    ScannerParameters p;
    p.angles = static_cast<int>(std::lround(v.at("angles")));
    p.photons = v.at("photons");
    p.opticalDepth = v.at("optical_depth");
    p.rings = v.at("rings");
    p.blur = v.at("blur");
    p.phaseContrast = v.at("phase_contrast");
    p.beamHardening = v.at("beam_hardening");
    p.filter = static_cast<ReconstructionFilter>(std::lround(v.at("filter")));
    return p;
}

PaperScanParameters paperScanParameters(const Values& v) {
    PaperScanParameters p;
    p.ground = v.at("ground");
    p.grain = v.at("grain");
    p.soil = v.at("soil");
    p.rootBrightness = v.at("root_brightness");
    p.hairs = v.at("hairs");
    p.shading = v.at("shading");
    p.blur = v.at("blur");
    p.noise = v.at("noise");
    return p;
}

} // namespace phantoms

} // namespace likeness
