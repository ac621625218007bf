// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/external.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/externalcommand.h"
#include "core/imaging/io.h"
#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/database.h"
#include "db/folders.h"
#include "db/samplerepository.h"
#include "db/workflow/provenance.h"

#include <algorithm>
#include <cstdio>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMaximumCount = 1'000'000;
constexpr std::string_view kPlace = "{manifest}";

/// The program's file name: the first word of the command without its folder.
std::string programName(const std::string& command) {
    const std::string word = command.substr(0, command.find(' '));
    return fs::path(word).filename().string();
}

class ExternalRun {
public:
    ExternalRun(Project& project, const ExternalRequest& request, JobContext& job)
        : m_project(project)
        , m_request(request)
        , m_job(job)
        , m_work(project.folder()) {}

    ExternalResult carryOut() {
        check();
        writeManifest();
        const ExternalEnd end = run();
        m_result.seconds = end.seconds;
        m_result.exitCode = end.exitCode;
        m_result.stopped = end.stopped;
        m_result.timedOut = end.timedOut;
        m_result.lastWords = end.lastWords;
        store(madeImages());
        return std::move(m_result);
    }

private:
    void check() {
        if (m_request.command.find(kPlace) == std::string::npos)
            throw Error(ErrorCode::config, "the command", "it does not say {manifest}",
                        "put {manifest} where the program takes the path of its manifest");
        if (m_request.count < 1 || m_request.count > kMaximumCount)
            throw Error(ErrorCode::config, std::to_string(m_request.count) + " images",
                        "this is not between 1 and 1000000", "ask for another number");
        if (m_request.mask && !fs::is_regular_file(*m_request.mask))
            throw Error(ErrorCode::notFound, m_request.mask->string(), "there is no such file",
                        "check the name of the mask");
        if (m_request.parentSet)
            readParents();
        const auto existing = m_project.findSet(m_request.setName);
        if (existing && existing->origin != Origin::synthetic)
            throw Error(ErrorCode::conflict, "set " + existing->name,
                        "it does not hold synthetic images", "choose another set name");
        if (existing)
            m_domain = existing->domain;
        if (existing && m_request.domain && *m_request.domain != existing->domain)
            throw Error(ErrorCode::conflict, "set " + existing->name, "it is of another domain",
                        "choose another set name");
        if (!existing && m_request.domain)
            m_domain = *m_request.domain;
        if (!existing && !m_request.domain && !m_request.parentSet)
            throw Error(ErrorCode::config, "set " + m_request.setName,
                        "it is new, and its domain is not given",
                        "say rock, fibre or root, or name the set of the parents");
    }

    void readParents() {
        const SetRecord set = m_project.set(*m_request.parentSet);
        m_domain = set.domain;
        m_parents = m_project.samples(set.id);
        if (m_parents.empty())
            throw Error(ErrorCode::config, "set " + set.name, "it is empty", "import images first");
    }

    [[nodiscard]] const SampleRecord* parentOf(std::size_t item) const {
        return m_parents.empty() ? nullptr : &m_parents[item % m_parents.size()];
    }

    [[nodiscard]] std::optional<std::string> promptOf(std::size_t item) const {
        if (m_request.prompts.empty())
            return std::nullopt;
        return m_request.prompts[item % m_request.prompts.size()];
    }

    [[nodiscard]] std::uint64_t seedOf(std::size_t item) const {
        return derivedSeed(m_request.seed, static_cast<std::uint64_t>(item));
    }

    [[nodiscard]] fs::path outputOf(std::size_t item) const {
        std::string name(24, '\0');
        name.resize(
            static_cast<std::size_t>(std::snprintf(name.data(), name.size(), "%06zu.png", item)));
        return m_output / name;
    }

    [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(m_request.count); }

    void writeManifest() {
        m_output = fs::absolute(m_work.path() / "images");
        makeFolder(m_output);
        Json items = Json::array();
        for (std::size_t i = 0; i < count(); ++i) {
            m_job.throwIfStopped();
            const SampleRecord* parent = parentOf(i);
            const auto prompt = promptOf(i);
            items.push_back(
                {{"index", i},
                 {"seed", seedOf(i)},
                 {"prompt", prompt ? Json(*prompt) : Json(nullptr)},
                 {"output", outputOf(i).string()},
                 {"parent",
                  parent ? Json{{"id", parent->id}, {"image", copyOf(*parent)}} : Json(nullptr)}});
        }
        const Json manifest{
            {"schema", "likeness-external-1"},
            {"output", m_output.string()},
            {"table", (m_output / "images.csv").string()},
            {"domain", toString(m_domain)},
            {"mask", m_request.mask ? Json(fs::absolute(*m_request.mask).string()) : Json(nullptr)},
            {"items", items}};
        writeFileDurably(m_work.path() / "manifest.json", manifest.dump(2) + "\n");
    }

    /// Of a parent's pixels, so that the program can spoil no asset.
    std::string copyOf(const SampleRecord& parent) {
        const fs::path folder = fs::absolute(m_work.path() / "parents");
        const fs::path copy = folder / (parent.id + "." + parent.extension);
        if (!fs::exists(copy)) {
            makeFolder(folder);
            writeFileUnsynced(copy, m_project.assets().bytes(parent.sha256, parent.extension));
        }
        return copy.string();
    }

    ExternalEnd run() {
        ExternalCommand command;
        command.command = m_request.command;
        const std::string path =
            shellQuoted(fs::absolute(m_work.path() / "manifest.json").string());
        for (std::size_t at = 0; (at = command.command.find(kPlace, at)) != std::string::npos;
             at += path.size())
            command.command.replace(at, kPlace.size(), path);
        command.folder = fs::current_path();
        command.seconds = m_request.seconds;
        std::string said;
        const std::string stage = "Running " + programName(m_request.command);
        return runExternal(
            command, m_job,
            [&](std::string_view line) {
                said = line;
                if (m_request.output)
                    m_request.output(line);
            },
            [&] {
                std::error_code ignored;
                while (m_ready < count() && fs::exists(outputOf(m_ready), ignored))
                    ++m_ready;
                m_job.report(0.95 * static_cast<double>(m_ready) / static_cast<double>(count()),
                             stage, said);
            });
    }

    /// What there is to take in: the rows of the table, or else the files of the items.
    [[nodiscard]] std::vector<Provenance> madeImages() {
        const fs::path table = m_output / "images.csv";
        std::error_code ignored;
        if (fs::exists(table, ignored))
            return readProvenance(table);
        std::vector<Provenance> rows;
        for (std::size_t i = 0; i < count(); ++i) {
            if (!fs::exists(outputOf(i), ignored)) {
                m_result.findings.push_back({outputOf(i).filename(), "it was not made", true});
                continue;
            }
            Provenance row;
            row.file = outputOf(i);
            row.seed = seedOf(i);
            row.prompt = promptOf(i);
            if (const SampleRecord* parent = parentOf(i))
                row.parentId = parent->id;
            rows.push_back(std::move(row));
        }
        return rows;
    }

    void store(const std::vector<Provenance>& rows) {
        const std::string named = modelOf(rows, "the table of the program");
        Database::Transaction transaction(m_project.database());
        const SetRecord set = targetSet(named);
        JobContext unstopped; // what is there is kept, even after a stop
        for (const Provenance& row : rows)
            takeIn(set, row, unstopped);
        if (m_result.samples.empty())
            refuseNothing();
        m_project.audit().add("external.run", set.id,
                              {{"command", m_request.command},
                               {"exit_code", m_result.exitCode},
                               {"seconds", m_result.seconds},
                               {"images", m_result.samples.size()},
                               {"model", named},
                               {"cost", m_result.cost ? Json(*m_result.cost) : Json(nullptr)}});
        transaction.commit();
        m_result.set = m_project.set(m_request.setName);
    }

    SetRecord targetSet(const std::string& named) {
        SetRecord set;
        set.name = m_request.setName;
        set.domain = m_domain;
        set.origin = Origin::synthetic;
        set.generator = !m_request.generator.empty() ? m_request.generator
                        : !named.empty()             ? named
                                                     : programName(m_request.command);
        set.notes = {{"command", m_request.command}};
        const auto existing = m_project.findSet(m_request.setName);
        if (existing && existing->generator != set.generator)
            throw Error(ErrorCode::conflict, "set " + existing->name,
                        "it holds images of " + existing->generator + ", not of " + set.generator,
                        "choose another set name");
        return existing ? *existing : m_project.sampleRepository().addSet(set);
    }

    void takeIn(const SetRecord& set, const Provenance& row, JobContext& job) {
        try {
            const Volume image = readVolume(row.file, {}, job);
            if (m_project.sampleRepository().findPixels(set.id, pixelsSha256(image.span())))
                throw Error(ErrorCode::conflict, row.file.filename().string(),
                            "the set holds these pixels already");
            SampleRecord sample;
            sample.setId = set.id;
            sample.sourceName = row.file.filename().string();
            adopt(m_project, row, sample);
            if (sample.parentId) {
                sample.voxelUm = m_project.sample(*sample.parentId).voxelUm;
                sample.voxelSource = sample.voxelUm ? "parent" : "";
            }
            m_result.samples.push_back(m_project.sampleRepository().addSample(sample, image));
            if (row.cost)
                m_result.cost = m_result.cost.value_or(0.0) + *row.cost;
        } catch (const Error& error) {
            if (error.code() == ErrorCode::database || error.code() == ErrorCode::io)
                throw;
            m_result.findings.push_back({row.file.filename(), error.what(), true});
        }
    }

    [[noreturn]] void refuseNothing() const {
        if (m_result.stopped)
            throw Cancelled();
        std::string why = m_result.timedOut ? "it ran out of time and left no image"
                          : m_result.exitCode != 0
                              ? "it ended with exit code " + std::to_string(m_result.exitCode) +
                                    " and left no image"
                              : "it left no image that can be read";
        if (!m_result.findings.empty() && m_result.exitCode == 0 && !m_result.timedOut)
            why += ", " + m_result.findings.front().message;
        std::string words = m_result.lastWords;
        words.erase(words.find_last_not_of(" \r\n") + 1);
        if (!words.empty())
            why += "; its last words: " + words.substr(words.find_last_of('\n') + 1);
        throw Error(ErrorCode::process, programName(m_request.command), why,
                    "run the command by hand to see what it needs");
    }

    Project& m_project;
    const ExternalRequest& m_request;
    JobContext& m_job;
    TemporaryFolder m_work;
    fs::path m_output;
    Domain m_domain = Domain::rock;
    std::vector<SampleRecord> m_parents;
    std::size_t m_ready = 0;
    ExternalResult m_result;
};

} // namespace

ExternalResult
runExternalGenerator(Project& project, const ExternalRequest& request, JobContext& job) {
    return ExternalRun(project, request, job).carryOut();
}

} // namespace likeness
