// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/processes.h"

#include "core/base/error.h"
#include "core/generation/compat.h"

#if defined(LIKENESS_GLOO) || defined(LIKENESS_NCCL)
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
#ifdef LIKENESS_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef LIKENESS_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <chrono>
#include <cstdlib>

namespace likeness {

#if defined(LIKENESS_GLOO) || defined(LIKENESS_NCCL)

namespace {

constexpr std::chrono::seconds kPatience{60}; ///< until all are there
/// The first process evaluates and saves while the others wait; the end of one is noticed at once.
constexpr std::chrono::hours kLongestStep{1};

#if TORCH_VERSION_MAJOR >= 2
using Group = c10d::Backend;
#else
using Group = c10d::ProcessGroup;
#endif

/// Runs `work` and turns what the transport throws into one sentence.
template <typename F>
decltype(auto) together(const ProcessPlace& place, F&& work) {
    try {
        return std::forward<F>(work)();
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        throw Error(
            ErrorCode::process, "process " + std::to_string(place.rank) + " of the training",
            "another process has ended or did not answer in time (" + firstLine(error.what()) + ")",
            "see what the others wrote, then start all of them again with \"resume\"");
    }
}

c10::intrusive_ptr<c10d::Store> storeOf(const ProcessPlace& place) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = place.rank == 0 && !place.storeIsThere;
    options.timeout = kPatience;
    if (!place.storeIsThere)
        options.numWorkers = static_cast<std::size_t>(place.size);
    auto store = c10::make_intrusive<c10d::TCPStore>(place.address, options);
    return c10::make_intrusive<c10d::PrefixStore>("likeness/" + place.attempt, store);
}

#ifdef LIKENESS_GLOO
c10::intrusive_ptr<Group> glooGroup(const ProcessPlace& place) {
    auto options = c10d::ProcessGroupGloo::Options::create(kLongestStep);
    options->threads = 1;
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    const bool alone = place.address == "127.0.0.1" || place.address == "localhost";
    options->devices.push_back(
        interface != nullptr ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
        : alone              ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                             : c10d::ProcessGroupGloo::createDefaultDevice());
    return c10::make_intrusive<c10d::ProcessGroupGloo>(storeOf(place), place.rank, place.size,
                                                       options);
}
#endif

#ifdef LIKENESS_NCCL
c10::intrusive_ptr<Group> ncclGroup(const ProcessPlace& place) {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = kLongestStep;
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(storeOf(place), place.rank, place.size,
                                                       options);
}
#endif

c10::intrusive_ptr<Group> groupFor(const ProcessPlace& place, const torch::Device& device) {
    const bool cuda = device.is_cuda();
#ifdef LIKENESS_GLOO
    if (!cuda)
        return glooGroup(place);
#endif
#ifdef LIKENESS_NCCL
    if (cuda)
        return ncclGroup(place);
#endif
    throw Error(ErrorCode::unsupported, "training in several processes",
                cuda ? "this build has no NCCL" : "this build has no Gloo",
                cuda ? "build with the headers of NCCL, or train in one process"
                     : "install libgloo-dev and build again, or train in one process");
}

} // namespace

struct Processes::Impl {
    ProcessPlace place;
    torch::Device device = torch::kCPU;
    c10::intrusive_ptr<Group> group;
};

std::unique_ptr<Processes> Processes::join(const ProcessPlace& place, const torch::Device& device) {
    auto impl = std::make_unique<Impl>();
    impl->place = place;
    impl->device = device;
    impl->group = together(place, [&] { return groupFor(place, device); });
    return std::unique_ptr<Processes>(new Processes(std::move(impl)));
}

void Processes::sum(const torch::Tensor& values) {
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> tensors{values};
    together(m_impl->place, [&] { m_impl->group->allreduce(tensors)->wait(); });
}

void Processes::broadcast(const torch::Tensor& values) {
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> tensors{values.detach()};
    together(m_impl->place, [&] { m_impl->group->broadcast(tensors)->wait(); });
}

#else

struct Processes::Impl {
    ProcessPlace place;
    torch::Device device = torch::kCPU;
};

std::unique_ptr<Processes> Processes::join(const ProcessPlace& /*place*/,
                                           const torch::Device& /*device*/) {
    throw Error(ErrorCode::unsupported, "training in several processes",
                "this build has neither Gloo nor NCCL",
                "install libgloo-dev and build again, or train in one process");
}

void Processes::sum(const torch::Tensor& /*values*/) {}

void Processes::broadcast(const torch::Tensor& /*values*/) {}

#endif

Processes::Processes(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Processes::~Processes() = default;

int Processes::rank() const noexcept {
    return m_impl->place.rank;
}

int Processes::size() const noexcept {
    return m_impl->place.size;
}

void Processes::sum(std::span<float> values) {
    const torch::Tensor host =
        torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())});
    const torch::Tensor there = host.to(m_impl->device);
    sum(there);
    host.copy_(there);
}

void Processes::sum(std::span<double> values) {
    const torch::Tensor host = torch::from_blob(
        values.data(), {static_cast<std::int64_t>(values.size())}, torch::kFloat64);
    const torch::Tensor there = host.to(m_impl->device);
    sum(there);
    host.copy_(there);
}

Processes::Course Processes::agreed(Course own) {
    double values[] = {leads() ? own.fraction : 0.0, own.stop ? 1.0 : 0.0};
    sum(std::span<double>(values));
    return {values[0], values[1] > 0.0};
}

} // namespace likeness
