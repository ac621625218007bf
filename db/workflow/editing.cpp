// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/editing.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/editcheck.h"
#include "core/generation/client/packedset.h"
#include "db/assetstore.h"
#include "db/database.h"
#include "db/samplerepository.h"
#include "db/workflow/generating.h"

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::uint8_t kMarked = 255;

/// A request with what it names, checked.
struct Prepared {
    CheckpointRecord checkpoint;
    std::string generator;
    std::optional<SetRecord> set; ///< of the results, if it is there already
    Domain domain = Domain::rock;
    std::optional<SampleRecord> parent;
    std::optional<std::int64_t> slice; ///< of a parent that is a volume
    Volume image;                      ///< of the parent; empty without one
    std::optional<Volume> mask;        ///< 0 and 255, one channel
};

/// Any image as 0 where all channels are 0, and 255.
Volume blackAndWhite(const Volume& mask) {
    const ImageSpan span = mask.span();
    Volume marks(PixelType::u8, mask.width(), mask.height(), mask.depth());
    for (std::int64_t i = 0; i < span.values(); ++i)
        if (span.at(i) != 0.0)
            marks.pixels<std::uint8_t>()[i / span.channels] = kMarked;
    return marks;
}

void checkSlice(const SampleRecord& parent, const std::optional<std::int64_t>& slice) {
    const std::string subject = "sample " + parent.id;
    if (parent.depth > 1 && !slice)
        throw Error(ErrorCode::config, subject,
                    "it is a volume of " + std::to_string(parent.depth) + " slices",
                    "say which slice");
    if (slice && (*slice < 0 || *slice >= parent.depth))
        throw Error(ErrorCode::config, "slice " + std::to_string(*slice) + " of " + subject,
                    "it has slices 0 to " + std::to_string(parent.depth - 1), "choose one of them");
}

void prepareParent(Project& project, const EditRequest& request, Prepared& prepared) {
    if (!request.parentId)
        throw Error(ErrorCode::config, std::string(toString(request.edit.kind)),
                    "no sample to start from is given", "choose a sample of the project");
    prepared.parent = project.sample(*request.parentId);
    const SampleRecord& parent = *prepared.parent;
    const SetRecord set = project.sampleRepository().setById(parent.setId);
    if (set.masks)
        throw Error(ErrorCode::config, "sample " + parent.id,
                    "its set " + set.name + " holds masks, not grey values",
                    "choose a sample of the scans themselves");
    prepared.domain = set.domain;
    checkSlice(parent, request.slice);
    prepared.image = project.pixels(parent);
    if (parent.depth > 1) {
        prepared.slice = request.slice;
        prepared.image = prepared.image.slice(2, *request.slice);
    }
    std::optional<ImageSpan> mask;
    if (request.edit.kind == EditKind::inpaint && request.mask) {
        prepared.mask = blackAndWhite(*request.mask);
        mask = prepared.mask->span();
    }
    checkEditImages(prepared.checkpoint.metadata, request.edit, "sample " + parent.id,
                    prepared.image.span(), mask);
}

Prepared prepare(Project& project, const EditRequest& request) {
    Prepared prepared;
    prepared.checkpoint = project.checkpoint(request.checkpointId);
    if (!canEdit(prepared.checkpoint))
        throw Error(ErrorCode::unsupported, "checkpoint " + prepared.checkpoint.id,
                    "a " + prepared.checkpoint.model + " model cannot edit images",
                    "choose a diffusion checkpoint");
    checkEdit(request.edit);
    const auto conditions =
        conditionsIn(prepared.checkpoint.metadata, "checkpoint " + prepared.checkpoint.name);
    checkWish(conditions ? &*conditions : nullptr, request.edit.wish);
    prepared.generator =
        generatorName(prepared.checkpoint) + " " + std::string(toString(request.edit.kind));
    prepared.set = existingSetOf(project, request.setName, prepared.generator);
    prepared.domain = prepared.checkpoint.domain;
    if (takesParent(request.edit.kind))
        prepareParent(project, request, prepared);
    if (prepared.set && prepared.set->domain != prepared.domain)
        throw Error(ErrorCode::conflict, "set " + request.setName,
                    "it holds images of another domain", "choose another set name");
    return prepared;
}

void writePacked(const fs::path& file, const Volume& image) {
    const ImageSpan span = image.span();
    PackedSet set;
    set.type = span.type;
    set.channels = span.channels;
    PackedImage packed;
    packed.width = span.width;
    packed.height = span.height;
    packed.id = "0";
    packed.pixels.assign(span.data, span.data + span.bytes());
    set.images.push_back(std::move(packed));
    writePackedSet(file, set);
}

SetRecord targetSet(Project& project, const EditRequest& request, const Prepared& prepared) {
    if (prepared.set)
        return *prepared.set;
    SetRecord set;
    set.name = request.setName;
    set.domain = prepared.domain;
    set.origin = Origin::synthetic;
    set.generator = prepared.generator;
    set.notes = {{"checkpoint", prepared.checkpoint.id},
                 {"checkpoint_sha256", prepared.checkpoint.sha256}};
    return project.sampleRepository().addSet(set);
}

/// What all results of an edit have in common.
SampleRecord resultOf(const EditRequest& request, const Prepared& prepared) {
    SampleRecord sample;
    sample.checkpointId = prepared.checkpoint.id;
    sample.recipe = toJson(request.edit);
    if (!prepared.parent) {
        sample.voxelUm = voxelOf(prepared.checkpoint);
        if (sample.voxelUm)
            sample.voxelSource = "training set of the checkpoint";
        return sample;
    }
    sample.parentId = prepared.parent->id;
    sample.specimen = prepared.parent->specimen; // so that no split parts it from its parent
    sample.voxelUm = prepared.parent->voxelUm;
    sample.voxelSource = prepared.parent->voxelSource;
    sample.sourceSlice = prepared.slice;
    return sample;
}

void store(Project& project,
           const EditRequest& request,
           const Prepared& prepared,
           const PackedSet& packed,
           const WorkerClient::EditImagesResult& made,
           EditResult& result) {
    Database::Transaction transaction(project.database());
    const std::string setId = targetSet(project, request, prepared).id;
    SampleRecord common = resultOf(request, prepared);
    common.setId = setId;
    if (prepared.mask)
        common.maskSha256 = project.assets().putPixels(*prepared.mask).sha256;
    for (std::size_t i = 0; i < packed.images.size(); ++i) {
        SampleRecord sample = common;
        sample.seed = made.seeds[i];
        sample.recipe.update(made.frames[i]);
        sample.recipe.update({{"device", made.device}, {"precision", made.precision}});
        result.samples.push_back(
            project.sampleRepository().addSample(sample, Volume::copyOf(packed.span(i))));
    }
    transaction.commit();
}

} // namespace

void checkEditRequest(Project& project, const EditRequest& request) {
    static_cast<void>(prepare(project, request));
}

EditResult editInto(Project& project, const EditRequest& request, JobContext& job) {
    const Prepared prepared = prepare(project, request);
    const TemporaryFolder work(project.folder());
    WorkerClient::EditImages edit;
    edit.checkpoint = project.checkpointFile(prepared.checkpoint.id);
    edit.sha256 = prepared.checkpoint.sha256;
    edit.output = work.path() / "results.lkpack";
    edit.edit = request.edit;
    edit.device = request.device;
    if (prepared.parent) {
        edit.parent = work.path() / "parent.lkpack";
        writePacked(*edit.parent, prepared.image);
    }
    if (prepared.mask) {
        edit.mask = work.path() / "mask.lkpack";
        writePacked(*edit.mask, *prepared.mask);
    }
    const WorkerClient::EditImagesResult made = WorkerClient().edit(edit, job);
    const PackedSet packed = readPackedSet(edit.output);
    if (packed.images.size() != made.seeds.size() || packed.images.size() != made.frames.size())
        throw Error(ErrorCode::process, "likeness-worker",
                    "it reported " + std::to_string(made.seeds.size()) + " images but wrote " +
                        std::to_string(packed.images.size()));
    EditResult result;
    result.seconds = made.seconds;
    result.imagesPerSecond = made.imagesPerSecond;
    store(project, request, prepared, packed, made, result);
    result.set = project.set(request.setName);
    return result;
}

std::optional<Edit> recordedEdit(const SampleRecord& sample) {
    if (!sample.recipe.contains("edit"))
        return std::nullopt;
    return editFromJson(sample.recipe, "the recipe of sample " + sample.id);
}

std::optional<Volume> recordedMask(Project& project, const SampleRecord& sample) {
    if (!sample.maskSha256)
        return std::nullopt;
    return project.assets().pixels(*sample.maskSha256, "png");
}

Volume boxMask(std::int64_t width, std::int64_t height, const Volume::Box& box) {
    if (box.width < 1 || box.height < 1 || box.x < 0 || box.y < 0 || box.x > width - box.width ||
        box.y > height - box.height)
        throw Error(ErrorCode::config,
                    "the box " + std::to_string(box.x) + "," + std::to_string(box.y) + "," +
                        std::to_string(box.width) + "," + std::to_string(box.height),
                    "it does not lie inside the image of " + std::to_string(width) + " x " +
                        std::to_string(height) + " pixels",
                    "choose another");
    Volume mask(PixelType::u8, width, height);
    for (std::int64_t y = box.y; y < box.y + box.height; ++y)
        std::fill_n(mask.pixels<std::uint8_t>() + y * width + box.x, box.width, kMarked);
    return mask;
}

bool canEdit(const CheckpointRecord& checkpoint) {
    return modelCanEdit(checkpoint.model);
}

} // namespace likeness
