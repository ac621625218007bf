// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/imagespan.h"
#include "core/base/json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Plain rows of `project.sqlite`. Ids are opaque words made by the store; times are UTC, ISO 8601
/// with milliseconds.

struct SetRecord {
    std::string id;
    std::string name; ///< unique in the project
    Domain domain = Domain::rock;
    Origin origin = Origin::real;
    std::string
        generator; ///< "diffusion/demo", "StyleGAN2 (import)" ...; empty for real and phantom sets
    bool masks = false; ///< label images, not grey values
    Json notes = Json::object();
    std::string createdAt;
    std::int64_t samples = 0; ///< filled on reading
};

struct SampleRecord {
    std::string id;
    std::string setId;
    std::int64_t index = 0;   ///< order within the set
    std::string sha256;       ///< of the asset's bytes
    std::string extension;    ///< of the asset: "tif", "png", "npy"
    std::string pixelsSha256; ///< of the raw pixels with their dims and type: equal pixels,
                              ///< whatever the file
    PixelType type = PixelType::u8;
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    std::int64_t channels = 1;
    std::optional<std::array<double, 3>> voxelUm;
    std::string voxelSource;
    std::string specimen;   ///< splits never cut through one
    std::string sourceName; ///< file name it came from, for the lead only
    std::optional<std::int64_t> sourceSlice;
    std::optional<std::uint64_t> seed;
    std::optional<std::string> checkpointId;
    std::optional<std::string> parentId;
    std::optional<std::string> prompt;
    Json truth = Json::object();  ///< known truth of a phantom
    Json recipe = Json::object(); ///< how it was made (db/workflow/generating.h, editing.h)
    std::optional<std::string> maskSha256; ///< asset (PNG) with the mask of an inpainting
    std::string createdAt;
};

struct CheckpointRecord {
    std::string id;
    std::string name;
    std::string model;
    std::string preset;
    Domain domain = Domain::rock;
    std::optional<std::string>
        setId; ///< what it was trained on; empty for one that ships with Likeness
    std::string sha256;
    Json metadata = Json::object(); ///< the safetensors manifest
    std::int64_t steps = 0;
    double seconds = 0.0;
    std::string device;
    std::string createdAt;
};

struct MetricRecord {
    std::string id;
    std::string setId; ///< the set that is judged
    std::optional<std::string> referenceSetId;
    std::optional<std::string> sampleId; ///< for per-sample values
    std::string metric;
    std::optional<double> value;
    std::optional<double> lo;
    std::optional<double> hi;
    std::int64_t n = 0;
    std::string unit;
    std::string encoder;
    std::string reasonIfNull;
    Json conventions = Json::object();
    std::string computedAt;
};

enum class StudyState { draft, frozen, unblinded };

struct StudyRecord {
    std::string id;
    std::string name;
    std::string protocol; ///< "real-or-synthetic", "acr"
    StudyState state = StudyState::draft;
    Json definition = Json::object(); ///< what the lead wrote
    std::string definitionSha256;     ///< of the frozen public definition; empty for a draft
    std::string createdAt;
    std::string frozenAt;
    std::string unblindedAt;
    std::int64_t trialsPerRater = 0;
    std::int64_t raters = 0;  ///< plans in the package
    std::int64_t answers = 0; ///< merged so far, current ones only
    bool simulated = false;   ///< at least one merged rater is simulated
};

} // namespace likeness
