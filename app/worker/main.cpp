// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/channel.h"
#include "app/worker/directrun.h"
#include "app/worker/verbs.h"
#include "core/generation/device.h"

#include <cstdio>
#include <exception>
#include <malloc.h>
#include <new>
#include <string_view>

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kStopped = 130;

constexpr const char* kHelp =
    "likeness-worker: trains and samples image generators for likeness and likeness-cli.\n"
    "\n"
    "  likeness-worker            reads one request from standard input, answers on standard "
    "output\n"
    "  likeness-worker --request FILE  carries out the request in a file; torchrun, mpirun or "
    "srun\n"
    "                             start several that train one model together\n"
    "  likeness-worker --version  prints the versions of this program and of LibTorch\n"
    "  likeness-worker --help     prints this text\n"
    "\n"
    "Requests and answers are JSON objects, one a line:\n"
    "  "
    "{\"verb\":\"train\",\"packed_set\":FILE,\"output\":FILE.safetensors,\"minutes\":3,\"size\":64,"
    "\"seed\":0}\n"
    "  {\"verb\":\"sample\",\"checkpoint\":FILE,\"output\":FILE,\"count\":16,\"seed\":0}\n"
    "  {\"verb\":\"latents\",\"checkpoint\":FILE,\"output\":FILE,"
    "\"points\":[{\"seed\":1,\"offsets\":[2]}],\"keep\":false}\n"
    "  {\"verb\":\"probe\"}  {\"verb\":\"bench\"}\n"
    "\"estimate\" in place of \"train\" says what it would take. The line {\"verb\":\"stop\"} ends "
    "a\n"
    "running request, what is finished is kept; {\"verb\":\"pause\"}, {\"verb\":\"resume\"} and\n"
    "{\"verb\":\"finish\"} (end soon, with a falling learning rate) steer a training. Answers are\n"
    "{\"event\":\"progress\",...}, then {\"event\":\"result\",...} or {\"event\":\"error\",...}.\n"
    "Exit: 0 done, 1 failed, 2 bad usage, 130 stopped.\n";

/// Large tensors are freed and asked for again at every step: given back to the system each time,
/// their pages would be cleared anew, which costs several times the arithmetic.
void keepFreedMemory() {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    ::mallopt(M_TOP_PAD, 64 << 20);
}

int serve() {
    likeness::Channel channel;
    try {
        const auto request = channel.readRequest();
        if (!request)
            return kUsage;
        likeness::Json answer = likeness::carryOut(*request, channel);
        answer["event"] = "result";
        channel.send(answer);
        return kDone;
    } catch (const likeness::Error& error) {
        channel.sendError(error);
        return error.code() == likeness::ErrorCode::cancelled ? kStopped : kFailed;
    } catch (const std::bad_alloc&) {
        channel.sendError({likeness::ErrorCode::memory, "the request", "there is not enough memory",
                           "use a smaller size or close other programs"});
    } catch (const std::exception& error) {
        channel.sendError({likeness::ErrorCode::process, "the request", error.what()});
    }
    return kFailed;
}

/// Without a program that asked: for a person, a script or a launcher of several processes.
int serveDirectly(const char* file) {
    try {
        likeness::DirectRun run;
        const likeness::Json answer = likeness::carryOut(likeness::DirectRun::requestIn(file), run);
        run.send(answer);
        return answer.value("stopped_early", false) ? kStopped : kDone;
    } catch (const likeness::Error& error) {
        std::fprintf(stderr, "likeness-worker: error: %s\n", error.what());
        return error.code() == likeness::ErrorCode::cancelled ? kStopped : kFailed;
    }
}

} // namespace

int main(int argc, char** argv) {
    keepFreedMemory();
    const std::string_view argument = argc == 2 ? argv[1] : "";
    if (argument == "--help") {
        std::fputs(kHelp, stdout);
        return kDone;
    }
    if (argument == "--version") {
        std::printf("likeness-worker %s, LibTorch %s\n", LIKENESS_VERSION,
                    likeness::torchVersion().c_str());
        return kDone;
    }
    const bool direct = argc == 3 && std::string_view(argv[1]) == "--request";
    if (argc > 1 && !direct) {
        std::fputs("likeness-worker: error: it takes no arguments but --help, --version and "
                   "--request FILE\n",
                   stderr);
        return kUsage;
    }
    try {
        return direct ? serveDirectly(argv[2]) : serve();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "likeness-worker: error: %s\n", error.what());
        return kFailed;
    }
}
