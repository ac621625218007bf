// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/peerbenchmark.h"

#include "core/base/error.h"
#include "core/generation/checkpoint.h"
#include "core/generation/client/childprocess.h"
#include "core/generation/config.h"
#include "core/generation/demotraining.h"
#include "core/generation/device.h"
#include "core/generation/sampler.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <poll.h>
#include <unistd.h>

namespace likeness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTurns = 5;
constexpr double kTurnSeconds = 1.5;
constexpr double kPatienceSeconds = 120.0;
constexpr int kSamplesAtOnce = 16; ///< as the script does
constexpr const char* kModel = "diffusion";

/// The script, which answers a line with a line.
class Peer {
public:
    Peer(const std::string& python, const std::filesystem::path& script, const Json& settings)
        : m_child("/usr/bin/env",
                  // The worker's own environment keeps OpenMP from threads; the peer has its own.
                  {"-u", "OMP_NUM_THREADS", "-u", "OMP_WAIT_POLICY", "-u", "OPENBLAS_NUM_THREADS",
                   "-u", "MKL_NUM_THREADS", python, script.string(), settings.dump()},
                  {}) {}

    [[nodiscard]] Json ask(const Json& request, const JobContext& job) {
        (void)m_child.send(request.dump() + "\n");
        const auto start = Clock::now();
        while (m_pending.find('\n') == std::string::npos) {
            job.throwIfStopped();
            if (std::chrono::duration<double>(Clock::now() - start).count() > kPatienceSeconds)
                throw Error(ErrorCode::process, "the plain PyTorch script", "it does not answer");
            readSome();
        }
        const std::size_t end = m_pending.find('\n');
        Json answer = Json::parse(m_pending.substr(0, end), nullptr, false);
        m_pending.erase(0, end + 1);
        if (!answer.is_object())
            throw Error(ErrorCode::process, "the plain PyTorch script", "its answer is no JSON");
        return answer;
    }

private:
    void readSome() {
        pollfd wait{m_child.output(), POLLIN, 0};
        if (::poll(&wait, 1, 50) <= 0)
            return;
        std::array<char, 4096> buffer{};
        const ssize_t n = ::read(m_child.output(), buffer.data(), buffer.size());
        if (n > 0)
            m_pending.append(buffer.data(), static_cast<std::size_t>(n));
        else
            throw Error(ErrorCode::process, "the plain PyTorch script", lastWords());
    }

    /// What an interpreter that ended said last.
    [[nodiscard]] std::string lastWords() const {
        std::string said;
        std::array<char, 4096> buffer{};
        for (ssize_t n = 0; (n = ::read(m_child.errors(), buffer.data(), buffer.size())) > 0;)
            said.append(buffer.data(), static_cast<std::size_t>(n));
        while (!said.empty() && said.back() == '\n')
            said.pop_back();
        const std::string last = said.substr(said.rfind('\n') + 1);
        return last.empty() ? "it ended without a word" : last;
    }

    ChildProcess m_child;
    std::string m_pending;
};

/// The first interpreter that can run the script, or why there is none.
struct Found {
    std::unique_ptr<Peer> peer;
    Json described;
    std::string reason;
};

Found findPeer(const std::filesystem::path& script, const Json& settings, const JobContext& job) {
    Found found;
    if (::access(script.c_str(), R_OK) != 0) {
        found.reason = "the script " + script.string() + " cannot be read";
        return found;
    }
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        try {
            auto peer = std::make_unique<Peer>(python, script, settings);
            found.described = peer->ask({{"do", "describe"}}, job);
            found.peer = std::move(peer);
            return found;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            found.reason = std::string("no PyTorch for Python: ") + error.why();
        }
    }
    return found;
}

/// One comparison. 0 threads: each side's own choice.
struct Case {
    const char* name;
    bool training;
    int threads;
    bool busy; ///< another process uses one core
};

constexpr Case kCases[] = {
    {"training_against_pytorch", true, 0, false},
    {"sampling_against_pytorch", false, 0, false},
    {"training_against_pytorch_float32_1_thread", true, 1, false},
    {"sampling_against_pytorch_float32_1_thread", false, 1, false},
    {"training_against_pytorch_float32_2_threads", true, 2, false},
    {"sampling_against_pytorch_float32_2_threads", false, 2, false},
    {"training_against_pytorch_one_core_busy", true, 0, true},
    {"sampling_against_pytorch_one_core_busy", false, 0, true},
};

/// Calls per second over about a turn, after one that does not count.
double rateOf(const std::function<void()>& work, const JobContext& job) {
    work();
    const auto start = Clock::now();
    for (int done = 1;; ++done) {
        job.throwIfStopped();
        work();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (seconds >= kTurnSeconds)
            return done / seconds;
    }
}

/// Our side of a case.
class Ours {
public:
    explicit Ours(const Case& what)
        : m_threads(what.threads == 0 ? physicalCores() : what.threads) {
        if (what.training) {
            m_training.emplace(kModel, m_threads);
            m_bfloat16 = what.threads == 0 && m_training->prefersBfloat16();
            m_training->setBfloat16(m_bfloat16);
        } else {
            auto impl = std::make_unique<GeneratorModel::Impl>();
            impl->family = kModel;
            Json settings = presetNamed(kModel, "demo").settings;
            settings["solver"]["overscan"] = false; // the script makes no more than it shows
            impl->network = familyNamed(kModel).network(settings, {64, 0.5, 0});
            m_model.emplace(std::move(impl));
            m_choice = {"cpu", m_threads,
                        what.threads == 0 ? Precision::automatic : Precision::float32};
            m_bfloat16 = planDevice(m_choice).bfloat16;
        }
    }

    /// Steps or images per second.
    [[nodiscard]] double rate(JobContext& job) {
        if (m_training)
            return rateOf([this] { m_training->step(); }, job);
        SamplingOptions options;
        options.count = kSamplesAtOnce;
        options.width = options.height = 64;
        options.device = m_choice;
        JobContext quiet(job.stopToken());
        return kSamplesAtOnce * rateOf([&] { (void)sampleModel(*m_model, options, quiet); }, job);
    }

    [[nodiscard]] Json describe() const {
        return {{"ours_threads", m_threads},
                {"ours_precision", m_bfloat16 ? "bfloat16" : "float32"},
                {"ours_unit", m_training ? "steps/s" : "images/s"}};
    }

private:
    int m_threads;
    DeviceChoice m_choice; ///< of sampling
    bool m_bfloat16 = false;
    std::optional<DemoTraining> m_training;
    std::optional<GeneratorModel> m_model;
};

double at(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

Json compared(const Case& what, Peer& peer, JobContext& job) {
    Ours ours(what);
    std::optional<ChildProcess> burden;
    if (what.busy)
        burden.emplace("/bin/sh", std::vector<std::string>{"-c", "while :; do :; done"},
                       std::map<std::string, std::string>{});
    std::vector<double> here;
    std::vector<double> there;
    std::vector<double> quotients;
    Json answer;
    for (int turn = 0; turn < kTurns; ++turn) {
        here.push_back(ours.rate(job));
        answer = peer.ask({{"do", what.training ? "train" : "sample"},
                           {"seconds", kTurnSeconds},
                           {"threads", what.threads}},
                          job);
        there.push_back(answer.at(what.training ? "steps" : "images").get<double>() /
                        answer.at("seconds").get<double>());
        quotients.push_back(here.back() / there.back());
    }
    Json row{{"name", what.name},
             {"median", at(quotients, 0.5)},
             {"p95", at(quotients, 0.95)},
             {"unit", "times"},
             {"n", kTurns},
             {"ours", at(here, 0.5)},
             {"peer", at(there, 0.5)},
             {"peer_threads", answer.value("threads", 0)}};
    row.update(ours.describe());
    return row;
}

} // namespace

Json benchAgainstPeer(const std::filesystem::path& script, JobContext& job) {
    Json settings = presetNamed(kModel, "demo").settings;
    Found found = findPeer(script, settings, job);
    if (!found.peer)
        return Json::array({{{"name", "against_pytorch"}, {"reason", found.reason}}});
    const std::int64_t own = DemoTraining(kModel, 1).parameterCount();
    if (found.described.value("parameters", std::int64_t{0}) != own)
        return Json::array({{{"name", "against_pytorch"},
                             {"reason", "the script's network has another number of parameters, " +
                                            found.described.value("parameters", Json()).dump() +
                                            " for " + std::to_string(own)}}});
    Json rows = Json::array();
    for (const Case& what : kCases) {
        if (what.threads > physicalCores())
            continue;
        Json row = compared(what, *found.peer, job);
        row["peer_version"] = found.described.value("torch", "");
        row["parameters"] = own;
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace likeness
