// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/definition.h"

#include "core/base/error.h"
#include "core/study/canonicaljson.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace likeness {

namespace {

constexpr std::string_view kMapping[] = {"none", "percentile", "range"};

std::string_view word(CanonicalForm::Mapping mapping) {
    return kMapping[static_cast<std::size_t>(mapping)];
}

// Reads fields of one object and collects what is wrong with them.
class FieldReader {
public:
    FieldReader(const Json& object, std::string prefix, std::vector<DefinitionFault>& faults)
        : m_object(object)
        , m_prefix(std::move(prefix))
        , m_faults(faults) {}

    void fault(const std::string& field, const std::string& message) {
        m_faults.push_back({m_prefix + field, message});
    }

    // The field's value, or null when it is absent.
    const Json* find(const std::string& field) {
        m_known.insert(field);
        const auto found = m_object.find(field);
        return found == m_object.end() ? nullptr : &*found;
    }

    bool text(const std::string& field, std::string& value, std::size_t maximum) {
        const Json* const json = find(field);
        if (json == nullptr)
            return false;
        if (!json->is_string()) {
            fault(field, "it must be text");
            return false;
        }
        value = json->get<std::string>();
        if (value.size() > maximum)
            fault(field, "it is longer than " + std::to_string(maximum) + " bytes");
        if (std::any_of(value.begin(), value.end(), [](unsigned char c) {
                return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
            }))
            fault(field, "it holds a control character");
        return true;
    }

    void requiredText(const std::string& field, std::string& value, std::size_t maximum) {
        if (find(field) == nullptr)
            fault(field, "it is missing");
        else if (text(field, value, maximum) && value.empty())
            fault(field, "it is empty");
    }

    template <typename T>
    void whole(const std::string& field, T& value, std::int64_t low, std::int64_t high) {
        const Json* const json = find(field);
        if (json == nullptr)
            return;
        const bool fits = json->is_number_integer() &&
                          !(json->is_number_unsigned() &&
                            json->get<std::uint64_t>() > static_cast<std::uint64_t>(high)) &&
                          json->get<std::int64_t>() >= low && json->get<std::int64_t>() <= high;
        if (fits)
            value = static_cast<T>(json->get<std::int64_t>());
        else
            fault(field, "it must be a whole number from " + std::to_string(low) + " to " +
                             std::to_string(high));
    }

    void number(const std::string& field, double& value) {
        const Json* const json = find(field);
        if (json == nullptr)
            return;
        if (json->is_number() && std::isfinite(json->get<double>()))
            value = json->get<double>();
        else
            fault(field, "it must be a number");
    }

    void list(const std::string& field, std::vector<std::string>& values) {
        const Json* const json = find(field);
        if (json == nullptr)
            return;
        values.clear();
        const bool texts =
            json->is_array() && std::all_of(json->begin(), json->end(), [](const Json& item) {
                return item.is_string() && !item.get<std::string>().empty();
            });
        if (!texts)
            fault(field, "it must be a list of texts, none of them empty");
        else
            values = json->get<std::vector<std::string>>();
        if (std::set<std::string>(values.begin(), values.end()).size() != values.size())
            fault(field, "it names something twice");
    }

    void refuseUnknown() {
        for (const auto& item : m_object.items()) {
            if (!m_known.contains(item.key()))
                fault(item.key(), "this field is not known");
        }
    }

private:
    const Json& m_object;
    std::string m_prefix;
    std::vector<DefinitionFault>& m_faults;
    std::set<std::string> m_known;
};

void readCanonical(const Json& object, CanonicalForm& form, std::vector<DefinitionFault>& faults) {
    FieldReader reader(object, "canonical.", faults);
    reader.whole("width", form.width, 0, 16384);
    reader.whole("height", form.height, 0, 16384);
    reader.whole("bits", form.bits, 8, 16);
    if (form.bits != 8 && form.bits != 16)
        reader.fault("bits", "it must be 8 or 16");
    std::string colour = "grey";
    reader.text("colour", colour, 16);
    if (colour != "grey" && colour != "rgb")
        reader.fault("colour", "it must be 'grey' or 'rgb'");
    form.colour = colour == "rgb";
    std::string mapping(word(form.mapping));
    reader.text("mapping", mapping, 16);
    const auto* const found = std::find(std::begin(kMapping), std::end(kMapping), mapping);
    if (found == std::end(kMapping))
        reader.fault("mapping", "it must be 'none', 'percentile' or 'range'");
    else
        form.mapping = static_cast<CanonicalForm::Mapping>(found - std::begin(kMapping));
    reader.number("low", form.low);
    reader.number("high", form.high);
    if (form.mapping == CanonicalForm::Mapping::range &&
        (!object.contains("low") || !object.contains("high")))
        reader.fault("mapping", "'range' needs the grey values 'low' and 'high'");
    if (form.mapping != CanonicalForm::Mapping::none && !(form.low < form.high))
        reader.fault("low", "it must be less than 'high'");
    if (form.mapping == CanonicalForm::Mapping::percentile && (form.low < 0 || form.high > 100))
        reader.fault("low", "percentiles lie between 0 and 100");
    reader.refuseUnknown();
}

void readTexts(FieldReader& reader, StudyDefinition& d) {
    reader.requiredText("name", d.name, 80);
    if (d.name.find_first_of("/\\\n\t") != std::string::npos || d.name.starts_with('.'))
        reader.fault("name", "it must be usable as a file name: no slash, no leading dot");
    reader.requiredText("title", d.title, 200);
    reader.text("instructions", d.instructions, 8000);
    std::string protocol;
    reader.requiredText("protocol", protocol, 40);
    if (const auto found = protocolFrom(protocol))
        d.protocol = *found;
    else if (!protocol.empty())
        reader.fault("protocol", "it must be 'real-or-synthetic' or 'acr'");
    d.question = defaultQuestion(d.protocol);
    d.labels = defaultLabels(d.protocol);
    const std::size_t levels = d.labels.size();
    if (reader.text("question", d.question, 400) && d.question.empty())
        reader.fault("question", "it is empty");
    reader.list("labels", d.labels);
    if (!d.labels.empty() && d.labels.size() != levels)
        reader.fault("labels", "this protocol has " + std::to_string(levels) + " levels, but " +
                                   std::to_string(d.labels.size()) + " labels are given");
    for (const std::string& label : d.labels) {
        if (label.size() > 80)
            reader.fault("labels", "a label is longer than 80 bytes");
    }
}

void readSets(FieldReader& reader, StudyDefinition& d) {
    std::string domain;
    reader.requiredText("domain", domain, 16);
    if (const auto found = domainFrom(domain))
        d.domain = *found;
    else if (!domain.empty())
        reader.fault("domain", "it must be 'rock', 'fibre' or 'root'");
    reader.requiredText("reference_set", d.referenceSet, 200);
    if (reader.find("sets") == nullptr)
        reader.fault("sets", "it is missing");
    reader.list("sets", d.sets);
    if (reader.find("sets") != nullptr && d.sets.empty())
        reader.fault("sets", "at least one synthetic set is needed");
    if (std::find(d.sets.begin(), d.sets.end(), d.referenceSet) != d.sets.end())
        reader.fault("sets", "the reference set cannot be judged against itself");
    reader.whole("samples_per_set", d.samplesPerSet, 1, 2000);
    reader.whole("reference_samples", d.referenceSamples, 0, 10000);
}

StudyDefinition read(const Json& document, std::vector<DefinitionFault>& faults) {
    StudyDefinition d;
    if (!document.is_object()) {
        faults.push_back({"", "the definition is not a JSON object"});
        return d;
    }
    FieldReader reader(document, "", faults);
    readTexts(reader, d);
    readSets(reader, d);
    reader.whole("raters", d.raters, 1, 1000);
    reader.number("repeats", d.repeats);
    if (d.repeats < 0.0 || d.repeats > 0.5)
        reader.fault("repeats", "it must lie between 0 and 0.5");
    int practice = 0;
    reader.whole("practice", practice, 0, 0);
    if (const Json* const seed = reader.find("seed")) {
        if (seed->is_number_unsigned() ||
            (seed->is_number_integer() && seed->get<std::int64_t>() >= 0))
            d.seed = seed->get<std::uint64_t>();
        else
            reader.fault("seed", "it must be a whole number from 0 to 18446744073709551615");
    }
    if (const Json* const canonical = reader.find("canonical")) {
        if (canonical->is_object())
            readCanonical(*canonical, d.canonical, faults);
        else
            reader.fault("canonical", "it must be an object");
    }
    reader.whole("min_view_ms", d.minViewMs, 0, 10000);
    reader.whole("gap_ms", d.gapMs, 0, 10000);
    reader.whole("max_run", d.maxRun, 1, 100);
    reader.whole("block_size", d.blockSize, 2, 500);
    reader.refuseUnknown();
    return d;
}

Json millionths(double value) {
    return std::llround(value * 1e6);
}

} // namespace

std::string_view toString(Protocol protocol) noexcept {
    return protocol == Protocol::realOrSynthetic ? "real-or-synthetic" : "acr";
}

std::optional<Protocol> protocolFrom(std::string_view word) noexcept {
    for (const Protocol p : {Protocol::realOrSynthetic, Protocol::acr}) {
        if (toString(p) == word)
            return p;
    }
    return std::nullopt;
}

std::string defaultQuestion(Protocol protocol) {
    return protocol == Protocol::realOrSynthetic
               ? "Is this image a real scan or a synthetic one?"
               : "How good is this image as a picture of such a specimen?";
}

std::vector<std::string> defaultLabels(Protocol protocol) {
    if (protocol == Protocol::acr)
        return {"bad", "poor", "fair", "good", "excellent"};
    return {"definitely synthetic", "probably synthetic", "possibly synthetic",
            "possibly real",        "probably real",      "definitely real"};
}

std::vector<DefinitionFault> validateDefinition(const Json& definition) {
    std::vector<DefinitionFault> faults;
    (void)read(definition, faults);
    return faults;
}

StudyDefinition definitionFromJson(const Json& definition) {
    std::vector<DefinitionFault> faults;
    StudyDefinition result = read(definition, faults);
    if (faults.empty())
        return result;
    std::string all;
    for (const DefinitionFault& fault : faults)
        all += (all.empty() ? "" : "; ") + (fault.field.empty() ? "" : "'" + fault.field + "': ") +
               fault.message;
    throw Error(ErrorCode::config, "study definition", all, "correct these fields");
}

Json toJson(const StudyDefinition& d) {
    return {{"name", d.name},
            {"title", d.title},
            {"instructions", d.instructions},
            {"protocol", toString(d.protocol)},
            {"question", d.question},
            {"labels", d.labels},
            {"domain", toString(d.domain)},
            {"reference_set", d.referenceSet},
            {"sets", d.sets},
            {"samples_per_set", d.samplesPerSet},
            {"reference_samples", d.referenceSamples},
            {"raters", d.raters},
            {"repeats", d.repeats},
            {"practice", 0},
            {"seed", d.seed},
            {"canonical",
             {{"width", d.canonical.width},
              {"height", d.canonical.height},
              {"bits", d.canonical.bits},
              {"colour", d.canonical.colour ? "rgb" : "grey"},
              {"mapping", word(d.canonical.mapping)},
              {"low", d.canonical.low},
              {"high", d.canonical.high}}},
            {"min_view_ms", d.minViewMs},
            {"gap_ms", d.gapMs},
            {"max_run", d.maxRun},
            {"block_size", d.blockSize}};
}

std::string definitionHash(const StudyDefinition& definition) {
    Json document = toJson(definition);
    document["repeats"] = millionths(definition.repeats);
    document["canonical"]["low"] = millionths(definition.canonical.low);
    document["canonical"]["high"] = millionths(definition.canonical.high);
    return canonicalSha256(document);
}

} // namespace likeness
