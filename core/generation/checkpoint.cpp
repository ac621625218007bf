// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/checkpoint.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/compat.h"

#include <cstring>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kManifestKey = "likeness";
constexpr const char* kFormatKey = "format";
constexpr const char* kCheckpointFormat = "likeness-diffusion-1";
constexpr const char* kStateFormat = "likeness-diffusion-state-1";

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

Json manifestOf(const SafetensorsHeader& header, const char* format, const fs::path& path) {
    const auto named = header.metadata.find(kFormatKey);
    const auto manifest = header.metadata.find(kManifestKey);
    if (named == header.metadata.end() || manifest == header.metadata.end() ||
        named->second != format)
        refuse(path, "these are no weights of a Likeness diffusion model");
    return parseStrictJson(manifest->second, path.string());
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

void loadWeights(const Safetensors& file, UNet& network, const fs::path& path) {
    const torch::NoGradGuard noGrad;
    const auto& entries = network.parameters().entries();
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

} // namespace

DiffusionModel::DiffusionModel(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

DiffusionModel::~DiffusionModel() = default;
DiffusionModel::DiffusionModel(DiffusionModel&&) noexcept = default;
DiffusionModel& DiffusionModel::operator=(DiffusionModel&&) noexcept = default;

const Json& DiffusionModel::manifest() const noexcept {
    return m_impl->manifest;
}

const NetworkConfig& DiffusionModel::network() const noexcept {
    return m_impl->network->config();
}

const SolverConfig& DiffusionModel::solver() const noexcept {
    return m_impl->solver;
}

const GreyMap& DiffusionModel::greyMap() const noexcept {
    return m_impl->map;
}

int DiffusionModel::trainedSize() const noexcept {
    return m_impl->size;
}

std::int64_t DiffusionModel::parameterCount() const noexcept {
    return m_impl->network->parameters().count();
}

DiffusionModel DiffusionModel::load(const fs::path& checkpoint, const std::string& sha256) {
    return translated("reading a checkpoint", [&] {
        const Safetensors file = readSafetensors(checkpoint);
        if (!sha256.empty() && sha256OfFile(checkpoint) != sha256)
            throw Error(ErrorCode::conflict, checkpoint.string(),
                        "the file is not the one that was stored (its SHA-256 differs)",
                        "restore the file or train anew");
        const std::string subject = checkpoint.string();
        auto impl = std::make_unique<Impl>();
        impl->manifest = manifestOf(file.header, kCheckpointFormat, checkpoint);
        const NetworkConfig config =
            networkFromJson(section(impl->manifest, "network", checkpoint), subject);
        impl->solver = solverFromJson(section(impl->manifest, "solver", checkpoint), subject);
        impl->map = greyMapFromJson(section(impl->manifest, "grey_map", checkpoint), subject);
        impl->size = static_cast<int>(boundedInteger(impl->manifest, "size", 8, 4096, subject));
        impl->network = std::make_unique<UNet>(config, 0);
        impl->network->parameters().flatten(torch::kCPU);
        loadWeights(file, *impl->network, checkpoint);
        return DiffusionModel(std::move(impl));
    });
}

void writeCheckpoint(const fs::path& path,
                     const UNet& network,
                     const torch::Tensor& weights,
                     const Json& manifest) {
    const torch::Tensor host = hostCopy(weights);
    if (!isFinite(host))
        throw Error(ErrorCode::numeric, path.string(),
                    "the weights are not finite, so nothing was written",
                    "train anew with another seed");
    std::vector<TensorView> views;
    std::int64_t offset = 0;
    for (const Parameters::Entry& entry : network.parameters().entries()) {
        const std::int64_t size = entry.value.numel();
        views.push_back({entry.name, TensorType::f32, entry.value.sizes().vec(),
                         bytesOf(host.narrow(0, offset, size))});
        offset += size;
    }
    writeSafetensors(path, {{kFormatKey, kCheckpointFormat}, {kManifestKey, manifest.dump()}},
                     std::move(views));
}

void writeTrainingState(const fs::path& path, const TrainingState& state) {
    std::vector<torch::Tensor> hosts;
    std::vector<TensorView> views;
    for (const auto& [name, tensor] :
         {std::pair{"parameters", state.parameters}, std::pair{"mean", state.mean},
          std::pair{"square", state.square}, std::pair{"ema", state.ema}}) {
        hosts.push_back(hostCopy(tensor));
        if (!isFinite(hosts.back()))
            throw Error(ErrorCode::numeric, path.string(),
                        "the weights are not finite, so nothing was written",
                        "train anew with another seed");
        views.push_back({name, TensorType::f32, {hosts.back().numel()}, bytesOf(hosts.back())});
    }
    writeSafetensors(path, {{kFormatKey, kStateFormat}, {kManifestKey, state.manifest.dump()}},
                     std::move(views));
}

TrainingState readTrainingState(const fs::path& path) {
    const Safetensors file = readSafetensors(path);
    TrainingState state;
    state.manifest = manifestOf(file.header, kStateFormat, path);
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
