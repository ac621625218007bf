// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/checkpoint.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/compat.h"
#include "core/generation/config.h"

#include <cstring>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kManifestKey = "likeness";
constexpr const char* kFormatKey = "format";

/// "likeness-diffusion-1", "likeness-diffusion-state-1": the format names the family.
std::string formatOf(const std::string& family, bool state) {
    return "likeness-" + family + (state ? "-state-1" : "-1");
}

std::span<const std::byte> bytesOf(const torch::Tensor& tensor) {
    return {reinterpret_cast<const std::byte*>(tensor.data_ptr<float>()),
            static_cast<std::size_t>(tensor.numel()) * sizeof(float)};
}

torch::Tensor hostCopy(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kCPU).contiguous();
}

bool isFinite(const torch::Tensor& tensor) {
    return torch::isfinite(tensor).all().item<bool>();
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw Error(ErrorCode::format, path.string(), why, "get the file anew from where it was made");
}

Json manifestOf(const SafetensorsHeader& header, bool state, const fs::path& path) {
    const auto named = header.metadata.find(kFormatKey);
    const auto manifest = header.metadata.find(kManifestKey);
    if (named != header.metadata.end() && manifest != header.metadata.end()) {
        for (const std::string& family : modelNames()) {
            if (named->second != formatOf(family, state))
                continue;
            Json parsed = parseStrictJson(manifest->second, path.string());
            if (requiredText(parsed, "model", path.string()) != family)
                refuse(path, "its manifest names another model than its format");
            return parsed;
        }
    }
    refuse(path, state ? "this is no state of a training run of a model that this version knows"
                       : "these are no weights of a model that this version knows");
}

torch::Tensor
tensorFrom(const Safetensors& file, const StoredTensor& stored, const fs::path& path) {
    if (stored.type != TensorType::f32)
        refuse(path, "tensor '" + stored.name + "' is not of type F32");
    torch::Tensor tensor = torch::empty(stored.shape, torch::kFloat32);
    const auto bytes = file.bytes(stored);
    if (!bytes.empty())
        std::memcpy(tensor.data_ptr<float>(), bytes.data(), bytes.size());
    if (!isFinite(tensor))
        refuse(path, "tensor '" + stored.name + "' holds values that are not finite");
    return tensor;
}

const Json& section(const Json& manifest, const char* key, const fs::path& path) {
    const auto found = manifest.find(key);
    if (found == manifest.end() || !found->is_object())
        refuse(path, std::string("its manifest has no '") + key + "'");
    return *found;
}

/// Parameters and what was measured, as far as a checkpoint holds them.
std::vector<Parameters::Entry> storedEntries(ModelNetwork& network) {
    std::vector<Parameters::Entry> entries;
    for (const Parameters::Entry& entry : network.parameters().entries()) {
        if (network.isStored(entry.name))
            entries.push_back(entry);
    }
    entries.insert(entries.end(), network.measured().begin(), network.measured().end());
    return entries;
}

void loadWeights(const Safetensors& file, ModelNetwork& network, const fs::path& path) {
    const torch::NoGradGuard noGrad;
    const auto entries = storedEntries(network);
    for (const Parameters::Entry& entry : entries) {
        const StoredTensor* stored = file.header.find(entry.name);
        if (stored == nullptr)
            refuse(path, "tensor '" + entry.name + "' is missing");
        if (stored->shape != entry.value.sizes().vec())
            refuse(path, "tensor '" + entry.name + "' has another shape than its network's");
        entry.value.detach().copy_(tensorFrom(file, *stored, path));
    }
    if (file.header.tensors.size() != entries.size())
        refuse(path, "it holds tensors that its network does not have");
}

/// Adds a tensor to a file in the making.
void add(PreparedFile& prepared, const std::string& name, const torch::Tensor& tensor) {
    const torch::Tensor host = hostCopy(tensor);
    if (!isFinite(host))
        throw Error(ErrorCode::numeric, prepared.file.path.string(),
                    "the weights are not finite, so nothing was written",
                    "train anew with another seed");
    prepared.file.tensors.push_back({name, TensorType::f32, host.sizes().vec(), bytesOf(host)});
    prepared.held.push_back(host);
}

} // namespace

GeneratorModel::GeneratorModel(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

GeneratorModel::~GeneratorModel() = default;
GeneratorModel::GeneratorModel(GeneratorModel&&) noexcept = default;
GeneratorModel& GeneratorModel::operator=(GeneratorModel&&) noexcept = default;

const Json& GeneratorModel::manifest() const noexcept {
    return m_impl->manifest;
}

const std::string& GeneratorModel::family() const noexcept {
    return m_impl->family;
}

int GeneratorModel::channels() const noexcept {
    return m_impl->channels;
}

const GreyMap& GeneratorModel::greyMap() const noexcept {
    return m_impl->map;
}

int GeneratorModel::trainedSize() const noexcept {
    return m_impl->size;
}

std::int64_t GeneratorModel::parameterCount() const noexcept {
    std::int64_t count = 0;
    for (const Parameters::Entry& entry : m_impl->network->parameters().entries())
        count += m_impl->network->isStored(entry.name) ? entry.value.numel() : 0;
    return count;
}

Json settingsIn(const Json& manifest, const std::string& subject) {
    return checkedSettings(requiredText(manifest, "model", subject), manifest, subject);
}

GeneratorModel GeneratorModel::load(const fs::path& checkpoint, const std::string& sha256) {
    return translated("reading a checkpoint", [&] {
        const Safetensors file = readSafetensors(checkpoint);
        if (!sha256.empty() && sha256OfFile(checkpoint) != sha256)
            throw Error(ErrorCode::conflict, checkpoint.string(),
                        "the file is not the one that was stored (its SHA-256 differs)",
                        "restore the file or train anew");
        const std::string subject = checkpoint.string();
        auto impl = std::make_unique<Impl>();
        impl->manifest = manifestOf(file.header, false, checkpoint);
        impl->family = requiredText(impl->manifest, "model", subject);
        const Json settings = settingsIn(impl->manifest, subject);
        impl->map = greyMapFromJson(section(impl->manifest, "grey_map", checkpoint), subject);
        impl->size = boundedInt(impl->manifest, "size", 8, 4096, subject);
        impl->channels = boundedInt(settings["network"], "image_channels", 1, 4, subject);
        impl->network =
            familyNamed(impl->family).network(settings, {impl->size, impl->map.sigmaData, 0});
        impl->network->parameters().flatten(torch::kCPU);
        loadWeights(file, *impl->network, checkpoint);
        return GeneratorModel(std::move(impl));
    });
}

std::vector<Parameters::Entry> storedTensors(ModelNetwork& network, const torch::Tensor& weights) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor host = weights.detach().to(torch::kCPU).clone();
    std::vector<Parameters::Entry> tensors;
    std::int64_t offset = 0;
    for (const Parameters::Entry& entry : network.parameters().entries()) {
        const std::int64_t size = entry.value.numel();
        if (network.isStored(entry.name))
            tensors.push_back({entry.name, host.narrow(0, offset, size).view(entry.value.sizes())});
        offset += size;
    }
    for (const Parameters::Entry& entry : network.measured())
        tensors.push_back({entry.name, entry.value.detach().clone()});
    return tensors;
}

PreparedFile preparedCheckpoint(const fs::path& path,
                                const std::vector<Parameters::Entry>& tensors,
                                const Json& manifest) {
    PreparedFile prepared;
    prepared.file.path = path;
    prepared.file.metadata = {{kFormatKey, formatOf(manifest.value("model", ""), false)},
                              {kManifestKey, manifest.dump()}};
    for (const Parameters::Entry& entry : tensors)
        add(prepared, entry.name, entry.value);
    return prepared;
}

PreparedFile preparedState(const fs::path& path, const TrainingState& state) {
    PreparedFile prepared;
    prepared.file.path = path;
    prepared.file.metadata = {{kFormatKey, formatOf(state.manifest.value("model", ""), true)},
                              {kManifestKey, state.manifest.dump()}};
    for (const auto& [name, tensor] :
         {std::pair{"parameters", state.parameters}, std::pair{"mean", state.mean},
          std::pair{"square", state.square}, std::pair{"ema", state.ema}})
        add(prepared, name, tensor);
    return prepared;
}

std::vector<std::string> writePrepared(const std::vector<PreparedFile>& files) {
    std::vector<SafetensorsFile> written;
    for (const PreparedFile& prepared : files)
        written.push_back(prepared.file);
    return writeSafetensors(std::move(written));
}

void writeCheckpoint(const fs::path& path,
                     ModelNetwork& network,
                     const torch::Tensor& weights,
                     const Json& manifest) {
    (void)writePrepared({preparedCheckpoint(path, storedTensors(network, weights), manifest)});
}

TrainingState readTrainingState(const fs::path& path) {
    const Safetensors file = readSafetensors(path);
    TrainingState state;
    state.manifest = manifestOf(file.header, true, path);
    for (const auto& [name, target] :
         {std::pair{"parameters", &state.parameters}, std::pair{"mean", &state.mean},
          std::pair{"square", &state.square}, std::pair{"ema", &state.ema}}) {
        const StoredTensor* stored = file.header.find(name);
        if (stored == nullptr || stored->shape.size() != 1)
            refuse(path, std::string("it holds no vector '") + name + "'");
        *target = tensorFrom(file, *stored, path);
        if (target->numel() != state.parameters.numel())
            refuse(path, "its vectors differ in length");
    }
    return state;
}

} // namespace likeness
