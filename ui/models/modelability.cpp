// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/modelability.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Models)
};

bool isOneOf(const std::string& word, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
}

const Json& section(const Json& metadata, const char* key) {
    static const Json none = Json::object();
    const auto found = metadata.is_object() ? metadata.find(key) : metadata.end();
    return found != metadata.end() && found->is_object() ? *found : none;
}

int integer(const Json& json, const char* key, int otherwise) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<int>() : otherwise;
}

// Every level but the first halves the image.
int multipleOf(const Json& network) {
    constexpr int kMostLevels = 10;
    const auto widths = network.find("widths");
    const int levels = widths != network.end() && widths->is_array()
                           ? static_cast<int>(std::min<std::size_t>(widths->size(), kMostLevels))
                           : 3;
    return std::max(1, integer(network, "unshuffle", 1)) << std::max(0, levels - 1);
}

} // namespace

ModelAbility abilityOf(const CheckpointEntry& entry) {
    ModelAbility ability;
    const Json& network = section(entry.metadata, "network");
    const Json& solver = section(entry.metadata, "solver");
    ability.edits = isOneOf(entry.model, {"diffusion", "latent-diffusion"});
    ability.takesSteps = ability.edits;
    ability.steps = integer(solver, "steps", 18);
    ability.hasLatents = isOneOf(entry.model, {"vae", "stylegan"});
    ability.mixesStyles = entry.model == "stylegan";
    ability.makesVolumes = entry.model == "slicegan";
    if (entry.model == "diffusion")
        ability.multiple = multipleOf(network);
    if (entry.model == "stylegan" && entry.size > 0)
        ability.onlySide = entry.size;
    if (const auto latent = network.find("latent");
        entry.model == "vae" && entry.size > 0 && latent != network.end() && *latent == "vector")
        ability.onlySide = entry.size;
    return ability;
}

std::optional<Conditions> conditionsOf(const CheckpointEntry& entry) {
    try {
        return conditionsIn(entry.metadata, entry.name);
    } catch (const Error& error) {
        log(LogLevel::warning, std::string("Conditions of a model were left out: ") + error.what());
        return std::nullopt;
    }
}

QString familyName(const std::string& model) {
    if (model == "diffusion")
        return Tr::tr("Diffusion");
    if (model == "latent-diffusion")
        return Tr::tr("Latent diffusion");
    if (model == "vae")
        return Tr::tr("Autoencoder (VAE)");
    if (model == "dcgan")
        return Tr::tr("GAN (DCGAN)");
    if (model == "stylegan")
        return Tr::tr("GAN (StyleGAN2)");
    if (model == "slicegan")
        return Tr::tr("Volumes from slices (SliceGAN)");
    if (model == "gaussian-field")
        return Tr::tr("Gaussian field (baseline)");
    if (model == "quilting")
        return Tr::tr("Image quilting (baseline)");
    return words::text(model);
}

QString familySentence(const std::string& model) {
    if (model == "diffusion")
        return Tr::tr("Truest texture; slower to draw. Can also edit images.");
    if (model == "latent-diffusion")
        return Tr::tr("Diffusion on compressed images: for large images and large sets.");
    if (model == "vae")
        return Tr::tr("Quick and smooth; loses fine detail. Its codes can be explored.");
    if (model == "dcgan")
        return Tr::tr("Quick baseline of the literature.");
    if (model == "stylegan")
        return Tr::tr(
            "Images in one pass; its styles can be explored and mixed. Needs long training.");
    if (model == "slicegan")
        return Tr::tr("Learns from slices, makes whole volumes.");
    if (model == "gaussian-field")
        return Tr::tr("Right grey values, porosity and two-point correlation, and nothing else: a "
                      "lower bound for every model.");
    if (model == "quilting")
        return Tr::tr("Patches of the training images: what copying looks like.");
    return {};
}

QString lossName(const std::string& model) {
    if (isOneOf(model, {"diffusion", "latent-diffusion"}))
        return Tr::tr("Denoising error");
    return Tr::tr("Training loss");
}

} // namespace likeness
