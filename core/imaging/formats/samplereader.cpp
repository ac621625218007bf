// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/samplereader.h"

#include "core/base/error.h"
#include "core/imaging/formats/headertext.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

/// Edges outside of this are hardly those of a tomogram or a scan.
constexpr double kSmallestUm = 1e-3;
constexpr double kLargestUm = 1e4;

class SampleReader final : public SliceReader {
public:
    SampleReader(DescribedSamples samples, SampleBytesPtr bytes, std::string name)
        : m_format(samples.format)
        , m_bytes(std::move(bytes))
        , m_name(std::move(name)) {
        m_header = std::move(samples.header);
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const std::size_t stored = bytesOf(m_format.type);
        const bool direct = isDirect();
        std::span<std::byte> samples = out;
        if (!direct) {
            m_samples.resize(out.size() / bytesOf(m_header.type) * stored);
            samples = m_samples;
        }
        m_bytes->read(static_cast<std::uint64_t>(z) * samples.size(), samples);
        if (m_format.bigEndian != (std::endian::native == std::endian::big))
            swapBytes(samples, stored);
        if (direct)
            return;
        const bool exact = m_format.scaling ? scale(samples, out)
                                            : samplesToPixels(m_format.type, samples, out.data());
        if (!exact)
            throw Error(ErrorCode::unsupported, m_name,
                        "its " + std::string(toString(m_format.type)) +
                            " values do not fit float32 without loss",
                        "save it as float32");
    }

    [[nodiscard]] std::optional<PlainPixels> plainPixels() override {
        const SampleBytes::Place place = m_bytes->place();
        if (!place.source || !isDirect())
            return std::nullopt;
        PlainPixels pixels = evenSlices(place.source, place.begin, sliceBytes(), m_header.depth);
        pixels.swapped = m_format.bigEndian != (std::endian::native == std::endian::big);
        return pixels;
    }

private:
    /// What is stored is what a Volume holds.
    [[nodiscard]] bool isDirect() const {
        return !m_format.scaling && toString(m_format.type) == toString(m_header.type);
    }

    [[nodiscard]] bool scale(std::span<const std::byte> samples, std::span<std::byte> out) const {
        constexpr std::size_t kAtOnce = 4096;
        std::array<double, kAtOnce> values{};
        const std::size_t bytes = bytesOf(m_format.type);
        const std::size_t count = samples.size() / bytes;
        for (std::size_t done = 0; done < count; done += kAtOnce) {
            const auto part = std::span(values).first(std::min(kAtOnce, count - done));
            if (!samplesToDoubles(m_format.type, samples.subspan(done * bytes, part.size() * bytes),
                                  part))
                return false;
            for (std::size_t i = 0; i < part.size(); ++i) {
                const auto pixel = static_cast<float>(part[i] * m_format.scaling->slope +
                                                      m_format.scaling->intercept);
                std::memcpy(out.data() + (done + i) * sizeof(float), &pixel, sizeof(float));
            }
        }
        return true;
    }

    SampleFormat m_format;
    SampleBytesPtr m_bytes;
    std::string m_name;
    std::vector<std::byte> m_samples;
};

std::string edgesText(std::span<const double> edges) {
    std::string text;
    for (const double edge : edges)
        text.append(text.empty() ? "" : " x ").append(shortText(edge));
    return text;
}

} // namespace

std::uint64_t storedBytes(const DescribedSamples& samples) noexcept {
    const ImageHeader& header = samples.header;
    return static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(header.height) *
           static_cast<std::uint64_t>(header.depth) * static_cast<std::uint64_t>(header.channels) *
           bytesOf(samples.format.type);
}

void takePixelType(DescribedSamples& samples) {
    const SampleFormat& format = samples.format;
    ImageHeader& header = samples.header;
    header.type = format.scaling ? PixelType::f32 : pixelTypeFor(format.type);
    if (format.scaling)
        header.warnings.push_back(
            "the values are the stored " + std::string(toString(format.type)) + " numbers x " +
            shortText(format.scaling->slope) + " + " + shortText(format.scaling->intercept) +
            ", as the header says, held as float32");
    else if (toString(format.type) != toString(header.type))
        header.warnings.push_back("the " + std::string(toString(format.type)) +
                                  " values are held as float32");
}

SliceReaderPtr sampleReader(DescribedSamples samples, SampleBytesPtr bytes, std::string name) {
    return std::make_unique<SampleReader>(std::move(samples), std::move(bytes), std::move(name));
}

void takeVoxelSize(ImageHeader& header,
                   const std::array<double, 3>& um,
                   const std::string& source) {
    const auto isLength = [](double edge) { return std::isfinite(edge) && edge > 0.0; };
    if (!std::all_of(um.begin(), um.end(), isLength)) {
        header.warnings.push_back("the voxel size " + edgesText(um) + " um (" + source +
                                  ") is no size, so none is taken");
        return;
    }
    header.voxelSize = VoxelSize{um, source};
    const auto [least, most] = std::minmax_element(um.begin(), um.end());
    if (*least < kSmallestUm || *most > kLargestUm)
        header.warnings.push_back("a voxel of " + edgesText(um) + " um (" + source +
                                  ") is implausible; check its unit");
}

void warnOfUnitlessSpacing(ImageHeader& header, std::span<const double> spacing) {
    header.warnings.push_back("the header states a spacing of " + edgesText(spacing) +
                              " in no unit that it names, so no voxel size is taken; give the "
                              "voxel size if you know the unit");
}

void warnOfBytesLeftOver(ImageHeader& header, std::uint64_t bytes) {
    if (bytes > 0)
        header.warnings.push_back(std::to_string(bytes) +
                                  (bytes == 1 ? " byte after the pixels is left out"
                                              : " bytes after the pixels are left out"));
}

} // namespace likeness
