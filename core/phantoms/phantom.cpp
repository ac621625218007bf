// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/phantom.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/phantoms/parametertable.h"

#include <string_view>

namespace likeness {

namespace {

Extent extentOf(const PhantomRequest& request) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The phantom cannot be made", why);
    };
    if (request.size < 16 || request.size > 4096)
        refuse("the size must lie between 16 and 4096 px");
    if (request.depth < 1 || request.depth > 4096)
        refuse("the depth must lie between 1 and 4096 px");
    if (request.voxelUm && !(*request.voxelUm > 0.0))
        refuse("the voxel size must be above 0");
    return {request.size, request.size, request.depth};
}

/// Window of the scans: pores and voids well above black, dense minerals below white, noise
/// unclipped.
GreyWindow greyWindowOf(Domain domain) {
    switch (domain) {
    case Domain::rock:
        return {-0.5, 2.0};
    case Domain::fibre:
        return {-0.5, 1.6};
    case Domain::root:
        break;
    }
    return {0.0, 1.0};
}

Specimen specimenOf(const PhantomRequest& request,
                    const std::string& kind,
                    const phantoms::Values& values,
                    JobContext& job) {
    const Extent extent = extentOf(request);
    switch (request.domain) {
    case Domain::rock:
        return makeRock(phantoms::rockParameters(kind, values), extent, request.seed, job);
    case Domain::fibre:
        return makeFibre(phantoms::fibreParameters(kind, values), extent, request.seed, job);
    case Domain::root:
        break;
    }
    return makeRoot(phantoms::rootParameters(values), extent, request.seed, job);
}

void calibrate(Volume& volume, const std::optional<double>& voxelUm) {
    if (voxelUm)
        volume.voxelSize = VoxelSize{{*voxelUm, *voxelUm, *voxelUm}, "phantom definition"};
}

} // namespace

Phantom makePhantom(const PhantomRequest& request, JobContext& job) {
    const std::string kind = phantoms::resolvedKind(request.domain, request.kind);
    const phantoms::Values values = phantoms::resolvedParameters(request);
    JobContext growing = job.part(0.0, 0.3);
    JobContext scanning = job.part(0.3, 1.0);
    Phantom phantom;
    phantom.specimen = specimenOf(request, kind, values, growing);
    calibrate(phantom.specimen.labels, request.voxelUm);
    calibrate(phantom.specimen.signal, request.voxelUm);

    const Volume& signal = phantom.specimen.signal;
    const Volume seen =
        request.domain == Domain::root
            ? simulatePaperScan(signal, phantoms::paperScanParameters(values), request.seed,
                                scanning)
            : simulateScan(signal, phantoms::scannerParameters(values), request.seed, scanning);
    const GreyWindow map = greyWindowOf(request.domain);
    phantom.scan = toGrey16(seen, map);
    phantom.truth = phantom.specimen.truth;
    phantom.truth["domain"] = std::string(toString(request.domain));
    phantom.truth["kind"] = kind;
    phantom.truth["seed"] = request.seed;
    phantom.truth["size"] = request.size;
    phantom.truth["depth"] = request.depth;
    phantom.truth["voxel_size_um"] = request.voxelUm ? Json(*request.voxelUm) : Json(nullptr);
    phantom.truth["parameters"] = values;
    phantom.truth["grey_map"] = {{"low", map.low}, {"high", map.high}};
    job.report(1.0, "Phantom made");
    return phantom;
}

PhantomRequest demoRequest(Domain domain, std::int64_t index) {
    PhantomRequest request;
    request.domain = domain;
    request.seed = derivedSeed(20240117 + static_cast<std::uint64_t>(domain),
                               static_cast<std::uint64_t>(index));
    Random random(request.seed, "phantom.demo");
    auto& p = request.parameters;
    switch (domain) {
    case Domain::rock:
        request.voxelUm = 2.5;
        p["porosity"] = random.uniform(0.14, 0.22);
        p["mineral_fraction"] = random.uniform(0.008, 0.02);
        p["grain_radius"] = random.uniform(15.0, 20.0);
        p["photons"] = random.uniform(4000.0, 6500.0);
        break;
    case Domain::fibre:
        request.voxelUm = 0.65;
        p["volume_fraction"] = random.uniform(0.52, 0.60);
        p["radius_mean"] = random.uniform(5.0, 5.5);
        p["void_fraction"] = random.uniform(0.004, 0.012);
        p["resin_bands"] = random.uniform() < 0.3 ? 1.0 : 0.0;
        p["photons"] = random.uniform(6500.0, 9500.0);
        break;
    case Domain::root:
        request.voxelUm = 85.0;
        request.kind = random.uniform() < 0.6 ? "taproot" : "seminal";
        p["ground"] = random.uniform(0.27, 0.35);
        p["root_brightness"] = random.uniform(0.74, 0.86);
        p["base_radius"] = random.uniform(2.2, 2.9);
        p["primary_length"] = random.uniform(240.0, 320.0);
        p["wobble"] = random.uniform(4.0, 7.0);
        p["lateral_spacing"] =
            request.kind == "taproot" ? random.uniform(13.0, 20.0) : random.uniform(28.0, 45.0);
        break;
    }
    return request;
}

} // namespace likeness
