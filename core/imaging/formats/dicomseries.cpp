// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/dicom.h"
#include "core/imaging/formats/dicomheader.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr double kUmPerMm = 1000.0;
constexpr std::size_t kNamesListed = 5;
constexpr double kSameDirection = 1e-3;
constexpr double kUnevenPart = 0.01; ///< of the usual distance

/// One file of a folder.
struct Slice {
    fs::path file;
    ImageHeader header;
    DicomHeader dicom;
    double place = 0.0; ///< along the normal, mm
};

bool sameDirection(const std::optional<std::array<double, 6>>& a,
                   const std::optional<std::array<double, 6>>& b) {
    if (a.has_value() != b.has_value())
        return false;
    for (std::size_t i = 0; a && i < a->size(); ++i) {
        if (std::abs((*a)[i] - (*b)[i]) > kSameDirection)
            return false;
    }
    return true;
}

class SeriesReader final : public SliceReader {
public:
    SeriesReader(const std::vector<fs::path>& files, const ReadOptions& options)
        : m_limits{options.maximumBytes} {
        for (const fs::path& file : files)
            add(file);
        if (m_slices.empty())
            throw Error(ErrorCode::format, files.front().parent_path().string(),
                        "the folder's DICOM files hold no pixels", "name a folder with a series");
        checkOneSeries();
        sort();
        takeHeader();
        checkDeclaredSize(m_header, folder(), m_limits);
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const fs::path& file = m_slices[static_cast<std::size_t>(z)].file;
        const SliceReaderPtr reader = openDicom(openFile(file), m_limits);
        // A slice without rescale among rescaled ones, or the other way round, was refused before.
        if (reader->sliceBytes() != out.size() || reader->header().type != m_header.type)
            throw Error(ErrorCode::format, file.string(), "the file changed while it was read",
                        "read the folder again");
        reader->readSlice(0, out);
    }

private:
    [[nodiscard]] std::string folder() const {
        return m_slices.front().file.parent_path().string();
    }

    void add(const fs::path& file) {
        const ByteSourcePtr source = openFile(file);
        Slice slice{file, {}, readDicomHeader(*source), 0.0};
        if (slice.dicom.isDirectory || !slice.dicom.hasPixels()) {
            ++m_without;
            return;
        }
        slice.header = openDicom(source, m_limits)->header();
        if (slice.header.depth > 1)
            throw Error(ErrorCode::format, file.string(),
                        "it is a volume of " + std::to_string(slice.header.depth) +
                            " frames inside a folder of slices",
                        "name the file itself");
        m_slices.push_back(std::move(slice));
    }

    /// Slices belong together if their series, size, type and direction agree.
    void checkOneSeries() {
        std::vector<std::vector<const Slice*>> groups;
        for (const Slice& slice : m_slices) {
            const auto alike = [&](const std::vector<const Slice*>& group) {
                const Slice& first = *group.front();
                return first.dicom.series == slice.dicom.series &&
                       first.header.width == slice.header.width &&
                       first.header.height == slice.header.height &&
                       first.header.type == slice.header.type &&
                       first.header.channels == slice.header.channels &&
                       sameDirection(first.dicom.orientation, slice.dicom.orientation);
            };
            const auto group = std::find_if(groups.begin(), groups.end(), alike);
            if (group == groups.end())
                groups.push_back({&slice});
            else
                group->push_back(&slice);
        }
        if (groups.size() < 2)
            return;
        std::string list;
        for (std::size_t i = 0; i < std::min(groups.size(), kNamesListed); ++i) {
            const Slice& first = *groups[i].front();
            list.append(i == 0 ? "" : ", ")
                .append(std::to_string(groups[i].size()))
                .append(groups[i].size() == 1 ? " file like " : " files like ")
                .append(first.file.filename().string())
                .append(" (" + std::to_string(first.header.width) + " x " +
                        std::to_string(first.header.height) + ")");
        }
        if (groups.size() > kNamesListed)
            list += " and " + std::to_string(groups.size() - kNamesListed) + " more kinds";
        throw Error(ErrorCode::format, folder(),
                    "it holds " + std::to_string(groups.size()) + " different series: " + list,
                    "keep each series in a folder of its own");
    }

    void sort() {
        const auto& first = m_slices.front().dicom;
        m_placed = first.orientation &&
                   std::all_of(m_slices.begin(), m_slices.end(),
                               [](const Slice& slice) { return slice.dicom.frame(0).position; });
        const bool numbered = std::all_of(m_slices.begin(), m_slices.end(), [](const Slice& slice) {
            return slice.dicom.number.has_value();
        });
        if (m_placed) {
            for (Slice& slice : m_slices)
                slice.place = alongDicomNormal(*first.orientation, *slice.dicom.frame(0).position);
        } else if (numbered) {
            for (Slice& slice : m_slices)
                slice.place = static_cast<double>(*slice.dicom.number);
        } else {
            m_header.warnings.emplace_back(
                "the files state neither positions nor numbers, so the slices are in the order of "
                "their names");
            return;
        }
        std::stable_sort(m_slices.begin(), m_slices.end(),
                         [](const Slice& a, const Slice& b) { return a.place < b.place; });
        for (std::size_t i = 1; i < m_slices.size(); ++i) {
            if (m_slices[i].place - m_slices[i - 1].place > 1e-6)
                continue;
            throw Error(ErrorCode::format, folder(),
                        m_slices[i - 1].file.filename().string() + " and " +
                            m_slices[i].file.filename().string() +
                            " are at the same place, so this is no single volume",
                        "keep one time point or echo in a folder");
        }
        if (!m_placed)
            m_numbered = true;
    }

    void takeHeader() {
        auto warnings = std::move(m_header.warnings);
        m_header = m_slices.front().header;
        m_header.warnings.insert(m_header.warnings.end(), warnings.begin(), warnings.end());
        m_header.format = "dicom-folder";
        m_header.depth = static_cast<std::int64_t>(m_slices.size());
        if (m_numbered && m_slices.size() > 1)
            m_header.warnings.emplace_back(
                "the files state no positions, so the slices are in the order of their numbers");
        if (m_without > 0)
            m_header.warnings.push_back(std::to_string(m_without) +
                                        (m_without == 1 ? " file without pixels is left out"
                                                        : " files without pixels are left out"));
        takeVoxelSize();
    }

    void takeVoxelSize() {
        for (const Slice& slice : m_slices) {
            const bool same = slice.dicom.spacing == m_slices.front().dicom.spacing;
            if (same)
                continue;
            m_header.voxelSize.reset();
            m_header.warnings.emplace_back(
                "the slices state different pixel spacings, so none is taken");
            return;
        }
        if (!m_placed || m_slices.size() < 2)
            return;
        std::vector<double> gaps;
        for (std::size_t i = 1; i < m_slices.size(); ++i)
            gaps.push_back(m_slices[i].place - m_slices[i - 1].place);
        std::vector<double> sorted = gaps;
        std::nth_element(sorted.begin(),
                         sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                         sorted.end());
        const double usual = sorted[sorted.size() / 2];
        std::size_t uneven = 0;
        std::size_t where = 0;
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            if (std::abs(gaps[i] - usual) <= kUnevenPart * usual)
                continue;
            where = uneven++ == 0 ? i : where;
        }
        if (uneven > 0)
            m_header.warnings.push_back(
                "the slices are not evenly spaced: " + std::to_string(uneven) +
                (uneven == 1 ? " distance differs" : " distances differ") + ", the first between " +
                m_slices[where].file.filename().string() + " and " +
                m_slices[where + 1].file.filename().string());
        if (m_header.voxelSize) {
            m_header.voxelSize->um[2] = usual * kUmPerMm;
            m_header.voxelSize->source =
                "DICOM " + m_slices.front().dicom.spacingName + " and positions";
        }
    }

    ReadLimits m_limits;
    std::vector<Slice> m_slices;
    std::size_t m_without = 0;
    bool m_placed = false;
    bool m_numbered = false;
};

} // namespace

SliceReaderPtr openDicomSeries(const std::vector<fs::path>& files, const ReadOptions& options) {
    return std::make_unique<SeriesReader>(files, options);
}

} // namespace likeness
