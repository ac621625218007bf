// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.h"

#include "app/cli/command.h"
#include "app/cli/help.h"
#include "app/cli/interrupt.h"
#include "app/cli/progressline.h"
#include "core/base/error.h"

#include <algorithm>
#include <cstdio>
#include <exception>

namespace likeness::cli {

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kInterrupted = 130;

/// False if the text did not arrive: a full disk or a closed pipe behind the stream.
bool print(std::string_view text, std::FILE* stream) {
    std::fwrite(text.data(), 1, text.size(), stream);
    if (text.empty() || text.back() != '\n')
        std::fputc('\n', stream);
    return std::fflush(stream) == 0 && std::ferror(stream) == 0;
}

/// Bytes that are no UTF-8 (in file names) are replaced; JSON cannot hold them.
std::string jsonText(const OrderedJson& json) {
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

void printError(std::string_view message) {
    print(std::string("likeness-cli: error: ").append(message), stderr);
}

int fail(bool json, std::string_view code, const std::string& message, int exitCode) {
    printError(message);
    if (json)
        print(jsonText({{"error", {{"code", code}, {"message", message}}}}), stdout);
    return exitCode;
}

int finish(const Output& output, bool json) {
    for (const std::string& failure : output.failures)
        printError(failure);
    if (!print(json ? jsonText(output.json) : output.text, stdout)) {
        printError("standard output: the result could not be written (check the free space)");
        return kFailed;
    }
    if (output.interrupted)
        return kInterrupted;
    return output.failures.empty() ? kDone : kFailed;
}

struct Found {
    const Command* command = nullptr;
    std::size_t words = 0; ///< of its name
};

Found findCommand(const std::vector<std::string>& words) {
    for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
        if (words.size() < count)
            continue;
        const std::string name = count == 1 ? words[0] : words[0] + " " + words[1];
        const auto it = std::ranges::find(commandTable(), name, &Command::name);
        if (it != commandTable().end())
            return {&*it, count};
    }
    return {};
}

std::vector<Option> withCommonOptions(const Command& command) {
    std::vector<Option> options = command.options;
    options.insert(options.end(), kCommonOptions.begin(), kCommonOptions.end());
    return options;
}

int runCommand(const Command& command, std::span<const std::string> words) {
    const bool json = std::ranges::find(words, "--json") != words.end();
    try {
        const std::vector<Option> options = withCommonOptions(command);
        const Arguments arguments(words, options);
        if (arguments.has("--help")) {
            print(commandHelp(command), stdout);
            return kDone;
        }
        ProgressLine progress;
        JobContext job(
            stopOnInterrupt(), arguments.has("--quiet")
                                   ? JobContext::Sink{}
                                   : [&](const Progress& p) { progress.show(p); });
        Output output;
        try {
            output = command.run(arguments, job);
        } catch (...) {
            progress.finish();
            throw;
        }
        progress.finish();
        return finish(output, json);
    } catch (const UsageError& error) {
        return fail(json, "usage",
                    std::string(command.name) + ": " + error.what() + " (see likeness-cli " +
                        std::string(command.name) + " --help)",
                    kUsage);
    } catch (const Cancelled& error) {
        return fail(json, toString(error.code()), error.what(), kInterrupted);
    } catch (const Error& error) {
        return fail(json, toString(error.code()), error.what(), kFailed);
    } catch (const std::bad_alloc&) {
        return fail(json, "memory",
                    "memory: there is not enough of it (use smaller images or fewer of them)",
                    kFailed);
    } catch (const std::exception& error) {
        return fail(json, "internal",
                    std::string("an unexpected failure: ") + error.what() +
                        " (please report it with the command you gave)",
                    kFailed);
    }
}

} // namespace

int runProgram(std::vector<std::string> words) {
    // These two may also stand before the command.
    while (words.size() > 1 && (words[0] == "--json" || words[0] == "--quiet"))
        std::ranges::rotate(words, words.begin() + 1);
    const bool json = std::ranges::find(words, "--json") != words.end();
    if (words.empty()) {
        print(programHelp(), stderr);
        return kUsage;
    }
    if (words[0] == "--version") {
        print("likeness-cli " LIKENESS_VERSION, stdout);
        return kDone;
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        print(programHelp(), stdout);
        return kDone;
    }
    const Found found = findCommand(words);
    if (found.command != nullptr)
        return runCommand(*found.command, std::span(words).subspan(found.words));
    const bool wantsHelp = words.size() > 1 && words[1] == "--help";
    const std::string group = groupHelp(words[0]);
    if (wantsHelp && !group.empty()) {
        print(group, stdout);
        return kDone;
    }
    return fail(json, "usage", unknownCommand(words), kUsage);
}

} // namespace likeness::cli
