// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/package.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"
#include "db/signedarchive.h"

#include <bit>
#include <cstring>
#include <map>

namespace likeness {

static_assert(std::endian::native == std::endian::little,
              "stimuli are stored little-endian and read as they are");

namespace {

constexpr const char* kFormat = "likeness-study";
constexpr int kSchema = 1;

std::string planName(std::size_t slot) {
    return "plans/" + std::to_string(slot) + ".json";
}

std::string stimulusName(const std::string& id) {
    return "stimuli/" + id + ".raw";
}

std::function<std::vector<std::byte>()> constant(std::string text) {
    return [text = std::move(text)] {
        const auto* const data = reinterpret_cast<const std::byte*>(text.data());
        return std::vector<std::byte>(data, data + text.size());
    };
}

} // namespace

void writePackage(const std::filesystem::path& path,
                  const PackageSource& source,
                  const KeyPair& key) {
    SignedContent content;
    content.format = kFormat;
    content.schema = kSchema;
    content.facts["definition_sha256"] = canonicalSha256(source.definition);
    content.files["definition.json"] = constant(canonicalJson(source.definition));
    for (std::size_t i = 0; i < source.plans.size(); ++i)
        content.files[planName(i + 1)] = constant(canonicalJson(source.plans[i]));
    try {
        for (const Json& stimulus : source.definition.at("stimuli")) {
            const auto id = stimulus.at("id").get<std::string>();
            content.files[stimulusName(id)] = [&source, id] { return source.pixels(id); };
        }
    } catch (const Json::exception&) {
        throw Error(ErrorCode::config, path.string(), "the frozen definition lists no stimuli");
    }
    writeSigned(path, content, key);
}

struct StudyPackage::State {
    explicit State(const std::filesystem::path& path)
        : archive(path, kFormat, kSchema) {}

    void readDefinition();
    void readForm();
    void readPlans();
    void readStimuli();

    SignedArchive archive;
    Json definition;
    std::string definitionSha256;
    std::vector<Plan> plans;
    std::map<std::string, std::string> stimuli; ///< id -> SHA-256 of the bytes
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t channels = 1;
    PixelType type = PixelType::u8;
};

void StudyPackage::State::readDefinition() {
    const std::string text = archive.text("definition.json");
    definition = Json::parse(text, nullptr, false);
    if (!definition.is_object() || canonicalJson(definition) != text)
        archive.refuse("its definition is not canonical JSON");
    definitionSha256 = sha256Hex(text);
    if (archive.facts().at("definition_sha256") != definitionSha256)
        archive.refuse("its definition is not the one that was frozen");
    const auto levels = definition.at("levels").size();
    if (levels < 2 || levels > 100)
        archive.refuse("its rating scale has " + std::to_string(levels) + " levels");
    static_cast<void>(definition.at("title").get<std::string>());
}

void StudyPackage::State::readForm() {
    const Json& image = definition.at("image");
    width = image.at("width").get<std::int64_t>();
    height = image.at("height").get<std::int64_t>();
    channels = image.at("channels").get<std::int64_t>();
    const int bits = image.at("bits").get<int>();
    const bool known = width >= 1 && width <= 65'535 && height >= 1 && height <= 65'535 &&
                       (channels == 1 || channels == 3) && (bits == 8 || bits == 16) &&
                       image.at("byte_order") == "little";
    if (!known)
        archive.refuse("its images have a form that is not known");
    type = bits == 8 ? PixelType::u8 : PixelType::u16;
}

void StudyPackage::State::readPlans() {
    for (const Json& row : definition.at("plans")) {
        const std::size_t slot = plans.size() + 1;
        if (row.at("slot") != slot)
            archive.refuse("its plans are not numbered from 1");
        const Json document = Json::parse(archive.text(planName(slot)), nullptr, false);
        Plan plan = planFromJson(document);
        if (plan.sha256 != row.at("sha256") || plan.slot != static_cast<int>(slot))
            archive.refuse("plan " + std::to_string(slot) + " is not the one that was frozen");
        for (const PlanItem& item : plan.items)
            if (!stimuli.contains(item.stimulusId))
                archive.refuse("plan " + std::to_string(slot) +
                               " shows a stimulus that is missing");
        plans.push_back(std::move(plan));
    }
    if (plans.empty())
        archive.refuse("it holds no plan");
}

void StudyPackage::State::readStimuli() {
    const auto size = static_cast<std::size_t>(width * height * channels) * bytesOf(type);
    for (const Json& row : definition.at("stimuli")) {
        const auto id = row.at("id").get<std::string>();
        const auto sha256 = row.at("sha256").get<std::string>();
        const auto bytes = archive.bytes(stimulusName(id));
        if (bytes.size() != size || sha256Hex(bytes) != sha256)
            archive.refuse("stimulus " + id + " is not the one that was frozen");
        if (!stimuli.emplace(id, sha256).second)
            archive.refuse("a stimulus stands twice in its definition");
    }
}

StudyPackage::StudyPackage(const std::filesystem::path& path)
    : m_state(std::make_unique<State>(path)) {
    try {
        m_state->readDefinition();
        m_state->readForm();
        m_state->readStimuli();
        m_state->readPlans();
    } catch (const Json::exception&) {
        m_state->archive.refuse("its definition lacks what a frozen definition holds");
    } catch (const Error& error) {
        const bool ofContent =
            error.code() == ErrorCode::format || error.code() == ErrorCode::config;
        if (!ofContent || error.subject() == path.string())
            throw;
        m_state->archive.refuse(error.subject() + ", " + error.why());
    }
    if (m_state->archive.names().size() != 1 + m_state->plans.size() + m_state->stimuli.size())
        m_state->archive.refuse("it holds files that do not belong to a study");
}

StudyPackage::~StudyPackage() = default;
StudyPackage::StudyPackage(StudyPackage&&) noexcept = default;
StudyPackage& StudyPackage::operator=(StudyPackage&&) noexcept = default;

const std::filesystem::path& StudyPackage::path() const noexcept {
    return m_state->archive.path();
}

const Json& StudyPackage::definition() const noexcept {
    return m_state->definition;
}

const std::string& StudyPackage::definitionSha256() const noexcept {
    return m_state->definitionSha256;
}

const std::string& StudyPackage::manifestSha256() const noexcept {
    return m_state->archive.manifestSha256();
}

const std::string& StudyPackage::signingKey() const noexcept {
    return m_state->archive.signingKey();
}

int StudyPackage::slots() const noexcept {
    return static_cast<int>(m_state->plans.size());
}

int StudyPackage::levels() const noexcept {
    return static_cast<int>(m_state->definition["levels"].size());
}

const Plan& StudyPackage::plan(int slot) const {
    if (slot < 1 || slot > slots())
        throw Error(ErrorCode::notFound, path().string(),
                    "it has plans 1 to " + std::to_string(slots()) + ", and none numbered " +
                        std::to_string(slot),
                    "choose one of its plans");
    return m_state->plans[static_cast<std::size_t>(slot) - 1];
}

Image StudyPackage::stimulus(const std::string& id) const {
    const auto found = m_state->stimuli.find(id);
    if (found == m_state->stimuli.end())
        throw Error(ErrorCode::notFound, path().string(), "it holds no stimulus " + id);
    const auto bytes = m_state->archive.bytes(stimulusName(id));
    Image image(m_state->type, m_state->width, m_state->height, 1, m_state->channels);
    if (sha256Hex(bytes) != found->second || bytes.size() != image.span().bytes())
        m_state->archive.refuse("stimulus " + id + " was altered after the package was opened");
    std::memcpy(image.bytes(), bytes.data(), bytes.size());
    return image;
}

} // namespace likeness
