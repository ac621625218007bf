// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/isosurface.h"

#include "core/base/error.h"
#include "viewers/volume/volumearrays.h"

#include <vtkCellArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

namespace likeness {

namespace {

/// Voxels of a slab: a few tens of milliseconds of work.
constexpr std::int64_t kSlabVoxels = std::int64_t{1} << 21;

/// Slices `from`..`to` as an image of VTK, in place.
vtkSmartPointer<vtkImageData> slabOf(const Volume& volume, std::int64_t from, std::int64_t to) {
    auto image = vtkSmartPointer<vtkImageData>::New();
    image->SetDimensions(static_cast<int>(volume.width()), static_cast<int>(volume.height()),
                         static_cast<int>(to - from + 1));
    image->SetOrigin(0.0, 0.0, static_cast<double>(from));
    image->GetPointData()->SetScalars(volumeArray(volume, from, to - from + 1));
    return image;
}

void append(vtkPolyData& piece, IsoSurface& surface) {
    const auto first = static_cast<std::uint32_t>(surface.points.size() / 3);
    const vtkIdType points = piece.GetNumberOfPoints();
    for (vtkIdType i = 0; i < points; ++i) {
        double p[3];
        piece.GetPoint(i, p);
        for (const double x : p)
            surface.points.push_back(static_cast<float>(x));
    }
    vtkIdType count = 0;
    const vtkIdType* ids = nullptr;
    vtkCellArray* cells = piece.GetPolys();
    for (cells->InitTraversal(); cells->GetNextCell(count, ids) != 0;)
        if (count == 3)
            for (int i = 0; i < 3; ++i)
                surface.corners.push_back(first + static_cast<std::uint32_t>(ids[i]));
}

/// Down the slope of the volume, by central differences of the nearest voxels: the same on both
/// sides of a slab's border.
template <typename T>
std::array<float, 3> normalAt(const Volume& volume, const T* values, const float* point) {
    const std::array<std::int64_t, 3> size{volume.width(), volume.height(), volume.depth()};
    const std::array<std::int64_t, 3> stride{1, size[0], size[0] * size[1]};
    std::array<double, 3> slope{};
    std::array<std::int64_t, 3> base{};
    std::array<double, 3> share{};
    for (std::size_t k = 0; k < 3; ++k) {
        base[k] = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(point[k])), 0,
                                           size[k] - 2);
        share[k] = static_cast<double>(point[k]) - static_cast<double>(base[k]);
    }
    for (int corner = 0; corner < 8; ++corner) {
        double weight = 1.0;
        std::array<std::int64_t, 3> at = base;
        for (std::size_t k = 0; k < 3; ++k) {
            const bool far = ((corner >> k) & 1) != 0;
            at[k] += far ? 1 : 0;
            weight *= far ? share[k] : 1.0 - share[k];
        }
        if (weight <= 0.0)
            continue;
        const std::int64_t i = at[0] + at[1] * stride[1] + at[2] * stride[2];
        for (std::size_t k = 0; k < 3; ++k) {
            const std::int64_t low = at[k] > 0 ? stride[k] : 0;
            const std::int64_t high = at[k] + 1 < size[k] ? stride[k] : 0;
            const double steps = static_cast<double>((low + high) / stride[k]);
            slope[k] +=
                weight *
                (static_cast<double>(values[i + high]) - static_cast<double>(values[i - low])) /
                steps;
        }
    }
    const double length = std::hypot(slope[0], slope[1], slope[2]);
    if (!(length > 0.0))
        return {0.0F, 0.0F, 1.0F};
    return {static_cast<float>(-slope[0] / length), static_cast<float>(-slope[1] / length),
            static_cast<float>(-slope[2] / length)};
}

void addNormals(const Volume& volume, std::size_t from, IsoSurface& surface) {
    surface.normals.resize(surface.points.size());
    visitPixels(volume.span(), [&](const auto* values) {
        for (std::size_t i = from; i < surface.points.size(); i += 3) {
            const auto normal = normalAt(volume, values, surface.points.data() + i);
            std::copy(normal.begin(), normal.end(),
                      surface.normals.begin() + static_cast<std::ptrdiff_t>(i));
        }
    });
}

} // namespace

IsoSurface isoSurface(const Volume& volume, double level, JobContext& job) {
    if (volume.channels() != 1 || std::min({volume.width(), volume.height(), volume.depth()}) < 2)
        throw Error(ErrorCode::config, "Cannot make the surface",
                    "the volume is in colour or one voxel thin", "choose a grey stack");
    const std::int64_t slices =
        std::max<std::int64_t>(1, kSlabVoxels / (volume.width() * volume.height()));
    IsoSurface surface;
    surface.level = level;
    for (std::int64_t z = 0; z + 1 < volume.depth(); z += slices) {
        job.throwIfStopped();
        const std::int64_t last = std::min(z + slices, volume.depth() - 1);
        const vtkNew<vtkFlyingEdges3D> edges;
        edges->SetInputData(slabOf(volume, z, last));
        edges->SetValue(0, level);
        edges->ComputeNormalsOff();
        edges->ComputeGradientsOff();
        edges->ComputeScalarsOff();
        edges->Update();
        job.throwIfStopped();
        const std::size_t from = surface.points.size();
        append(*edges->GetOutput(), surface);
        if (surface.triangles() > kMaximumTriangles)
            throw Error(ErrorCode::memory, "Cannot make the surface",
                        "it has more than 12 million triangles at this level",
                        "choose another level");
        addNormals(volume, from, surface);
        job.report(static_cast<double>(last) / static_cast<double>(volume.depth() - 1),
                   "Making the surface");
    }
    return surface;
}

} // namespace likeness
