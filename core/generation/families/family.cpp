// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/family.h"

#include "core/base/error.h"
#include "core/generation/config.h"
#include "core/generation/families/diffusion.h"
#include "core/generation/families/gan.h"
#include "core/generation/families/gaussianfield.h"
#include "core/generation/families/latent.h"
#include "core/generation/families/quilting.h"
#include "core/generation/families/slicegan.h"
#include "core/generation/families/stylegan.h"
#include "core/generation/families/vae.h"

#include <array>
#include <span>

namespace likeness {

namespace {

std::span<const Family* const> families() {
    static const DiffusionFamily diffusion;
    static const VaeFamily vae;
    static const GanFamily gan;
    static const StyleGanFamily styleGan;
    static const SliceGanFamily sliceGan;
    static const LatentFamily latent;
    static const GaussianFieldFamily gaussianField;
    static const QuiltingFamily quilting;
    static const auto all = std::to_array<const Family*>(
        {&diffusion, &latent, &vae, &gan, &styleGan, &sliceGan, &gaussianField, &quilting});
    return all;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

} // namespace

const Family& familyNamed(std::string_view name) {
    for (const Family* family : families()) {
        if (family->name() == name)
            return *family;
    }
    throw Error(ErrorCode::unsupported, "model '" + std::string(name) + "'",
                "this version does not have it", "use " + listed(modelNames()));
}

const std::vector<std::string>& modelNames() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Family* family : families())
            all.emplace_back(family->name());
        return all;
    }();
    return names;
}

Preset presetNamed(std::string_view model, std::string_view name) {
    const auto settings = familyNamed(model).preset(name);
    if (!settings)
        throw Error(ErrorCode::config, "preset '" + std::string(name) + "'",
                    "there is no such preset", "use demo, workstation or large");
    return {std::string(model), std::string(name), *settings};
}

int usualSize(std::string_view model, std::string_view preset) {
    return familyNamed(model).usualSize(preset);
}

Json checkedSettings(std::string_view model, const Json& settings, const std::string& subject) {
    return familyNamed(model).checked(settings, subject);
}

} // namespace likeness
