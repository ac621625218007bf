// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/packing.h"

#include "core/base/error.h"
#include "core/generation/client/modelnames.h"
#include "core/imaging/image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

namespace likeness {

namespace {

constexpr const char* kVolumeModel = "slicegan";
constexpr double kSameVoxel = 1e-3; ///< largest relative difference of equal voxel edges

using Voxel = std::array<double, 3>;

bool sameVoxel(const Voxel& a, const Voxel& b) {
    for (std::size_t i = 0; i < 3; ++i) {
        if (std::abs(a[i] - b[i]) > kSameVoxel * std::max(a[i], b[i]))
            return false;
    }
    return true;
}

std::string micrometres(const Voxel& voxel) {
    char text[64];
    std::snprintf(text, sizeof text, "%.4g x %.4g x %.4g um", voxel[0], voxel[1], voxel[2]);
    return text;
}

/// Places of a set's images in the stacks of their specimens, in the order of the set. What was cut
/// from one slice has one place.
class Stacks {
public:
    std::int64_t placeOf(const SampleRecord& sample) {
        Stack& stack = m_stacks[sample.specimen];
        const auto slice = sample.sourceSlice.value_or(-1);
        const std::pair key{sample.sourceName, slice};
        if (!sample.sourceName.empty()) {
            if (const auto known = stack.places.find(key); known != stack.places.end())
                return known->second;
        }
        const std::int64_t place = stack.next;
        stack.next += sample.depth;
        stack.places.emplace(key, place);
        return place;
    }

private:
    struct Stack {
        std::map<std::pair<std::string, std::int64_t>, std::int64_t> places;
        std::int64_t next = 0;
    };

    std::map<std::string, Stack> m_stacks;
};

/// The voxel size of a set, as far as it is known. Throws Error(config) if there are several.
std::optional<Voxel> voxelOfSet(const SetRecord& set, const std::vector<SampleRecord>& samples) {
    std::optional<Voxel> known;
    for (const SampleRecord& sample : samples) {
        if (known && sample.voxelUm && !sameVoxel(*known, *sample.voxelUm))
            throw Error(ErrorCode::config, "set " + set.name,
                        "it mixes voxel sizes, " + micrometres(*known) + " and " +
                            micrometres(*sample.voxelUm) +
                            ", so that a model would see one structure at several scales",
                        "put scans of one voxel size into one set, or resample them");
        if (!known)
            known = sample.voxelUm;
    }
    return known;
}

/// Packs the sets of one request.
class Packing {
public:
    Packing(Project& project, const TrainingRequest& request, JobContext& job)
        : m_project(project)
        , m_request(request)
        , m_job(job) {}

    TrainingMaterial work() {
        m_material.sets = setsOf();
        packSets();
        packOtherPlanes();
        if (m_voxel && m_sameVoxel)
            m_material.packed.meta["voxel_um"] = *m_voxel;
        return std::move(m_material);
    }

private:
    [[nodiscard]] std::vector<SetRecord> setsOf();
    [[nodiscard]] bool knowsSetsApart() const;
    void noteVoxel(const SetRecord& set, const std::vector<SampleRecord>& samples);
    void pack(const SetRecord& set, SlicePlane plane);
    void packSets();
    void packOtherPlanes();

    Project& m_project;
    const TrainingRequest& m_request;
    JobContext& m_job;
    TrainingMaterial m_material;
    std::optional<Voxel> m_voxel;
    bool m_sameVoxel = true;
};

std::vector<SetRecord> Packing::setsOf() {
    std::vector<std::string> names{m_request.setName};
    names.insert(names.end(), m_request.moreSets.begin(), m_request.moreSets.end());
    std::vector<SetRecord> sets;
    for (const std::string& name : names) {
        if (std::count(names.begin(), names.end(), name) > 1)
            throw Error(ErrorCode::config, "set " + name, "it is named twice", "name it once");
        sets.push_back(m_project.set(name));
        if (sets.back().masks && m_request.model != kVolumeModel)
            throw Error(ErrorCode::config, "set " + name, "it holds masks, not grey values",
                        "train on the scans themselves, or a slicegan model on the phases");
    }
    return sets;
}

/// Whether the model is told which set it sees.
bool Packing::knowsSetsApart() const {
    // Those that can edit are those that can be told something.
    return std::ranges::find(kEditingModels, m_request.model) != kEditingModels.end() &&
           m_request.conditions != std::vector<std::string>{"none"};
}

void Packing::noteVoxel(const SetRecord& set, const std::vector<SampleRecord>& samples) {
    const std::optional<Voxel> voxel = voxelOfSet(set, samples);
    if (m_voxel && voxel && !sameVoxel(*m_voxel, *voxel)) {
        if (!knowsSetsApart())
            throw Error(ErrorCode::config, "set " + set.name,
                        "its voxel size is " + micrometres(*voxel) + ", and that of set " +
                            m_material.sets.front().name + " " + micrometres(*m_voxel) +
                            ", so that a model which is not told the set would see one structure "
                            "at several scales",
                        "resample one of them, or train a diffusion model with conditions");
        m_sameVoxel = false;
    }
    if (!m_voxel)
        m_voxel = voxel;
}

/// Appends the images of a set, slices as slices of that plane.
void Packing::pack(const SetRecord& set, SlicePlane plane) {
    PackedSet& packed = m_material.packed;
    const std::vector<SampleRecord> samples = m_project.samples(set.id);
    if (samples.empty())
        throw Error(ErrorCode::config, "set " + set.name, "it is empty", "import images first");
    if (packed.images.empty()) {
        packed.type = samples.front().type;
        packed.channels = samples.front().channels;
    }
    for (const SampleRecord& sample : samples) {
        if (packed.type != sample.type || packed.channels != sample.channels)
            throw Error(ErrorCode::config, "set " + set.name,
                        "it mixes pixel types or grey and colour images",
                        "put images of one kind into one set");
    }
    // The edges of voxels along the axes of another plane come in another order.
    if (plane == SlicePlane::xy)
        noteVoxel(set, samples);
    else
        static_cast<void>(voxelOfSet(set, samples));
    Stacks stacks;
    for (const SampleRecord& sample : samples) {
        m_job.throwIfStopped();
        const Volume volume = m_project.pixels(sample);
        PackedImage image;
        image.width = volume.width();
        image.height = volume.height();
        image.depth = volume.depth();
        image.id = sample.id;
        image.specimen = sample.specimen;
        image.plane = plane;
        image.slice = stacks.placeOf(sample);
        const ImageSpan span = volume.span();
        image.pixels.assign(span.data, span.data + span.bytes());
        packed.images.push_back(std::move(image));
        packed.meta["voxel_um_of"].push_back(sample.voxelUm ? Json((*sample.voxelUm)[0]) : Json());
    }
}

/// Several sets lie one after another and are classes of their names.
void Packing::packSets() {
    PackedSet& packed = m_material.packed;
    const SetRecord& first = m_material.sets.front();
    packed.meta = {{"domain", toString(first.domain)},
                   {"set", first.name},
                   {"origin", toString(first.origin)},
                   {"voxel_um_of", Json::array()}};
    if (first.masks)
        packed.meta["masks"] = true;
    if (m_material.sets.size() == 1)
        return pack(first, SlicePlane::xy);
    Json classOf = Json::array();
    for (const SetRecord& set : m_material.sets) {
        pack(set, SlicePlane::xy);
        packed.meta["classes"].push_back({{"name", set.name}, {"domain", toString(set.domain)}});
        while (classOf.size() < packed.images.size())
            classOf.push_back(packed.meta["classes"].size() - 1);
    }
    packed.meta["class_of"] = std::move(classOf);
}

/// Appends the sets of the other two planes of a volume.
void Packing::packOtherPlanes() {
    if (!m_request.setXz && !m_request.setYz)
        return;
    if (m_request.model != kVolumeModel || !m_request.setXz || !m_request.setYz)
        throw Error(ErrorCode::config, "sets of the planes x-z and y-z",
                    m_request.model == kVolumeModel
                        ? "one of them is missing"
                        : "a " + m_request.model + " model learns images",
                    "give both of them to a slicegan model, or none");
    const SetRecord& first = m_material.sets.front();
    for (const auto& [name, plane] : {std::pair{*m_request.setXz, SlicePlane::xz},
                                      std::pair{*m_request.setYz, SlicePlane::yz}}) {
        const SetRecord set = m_project.set(name);
        if (set.masks != first.masks)
            throw Error(ErrorCode::config, "set " + name,
                        set.masks ? "it holds masks, and set " + first.name + " grey values"
                                  : "it holds grey values, and set " + first.name + " masks",
                        "give three sets of one kind");
        pack(set, plane);
    }
    if (const auto classOf = m_material.packed.meta.find("class_of");
        classOf != m_material.packed.meta.end()) {
        while (classOf->size() < m_material.packed.images.size())
            classOf->push_back(0);
    }
    const auto isVolume = [](const PackedImage& image) { return image.depth > 1; };
    if (std::ranges::any_of(m_material.packed.images, isVolume))
        throw Error(ErrorCode::config, "sets of the planes x-z and y-z",
                    "one of the three sets holds volumes, which show all planes",
                    "train on the volumes alone, or on three sets of slices");
}

} // namespace

TrainingMaterial
packedForTraining(Project& project, const TrainingRequest& request, JobContext& job) {
    return Packing(project, request, job).work();
}

} // namespace likeness
