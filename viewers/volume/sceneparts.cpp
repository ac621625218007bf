// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/sceneparts.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkIdTypeArray.h>
#include <vtkPlane.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkTexture.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr int kOpenGlPlanes = 6;

void addPlane(vtkPlaneCollection* planes,
              const std::array<double, 3>& origin,
              const std::array<double, 3>& normal) {
    const vtkNew<vtkPlane> plane;
    plane->SetOrigin(origin.data());
    plane->SetNormal(normal.data());
    planes->AddItem(plane);
}

vtkSmartPointer<vtkPolyData> polyDataOf(const IsoSurface& surface) {
    const auto count = static_cast<vtkIdType>(surface.points.size() / 3);
    const vtkNew<vtkFloatArray> places;
    places->SetNumberOfComponents(3);
    places->SetNumberOfTuples(count);
    std::copy(surface.points.begin(), surface.points.end(), places->GetPointer(0));
    const vtkNew<vtkPoints> points;
    points->SetData(places);
    const vtkNew<vtkFloatArray> normals;
    normals->SetNumberOfComponents(3);
    normals->SetNumberOfTuples(count);
    std::copy(surface.normals.begin(), surface.normals.end(), normals->GetPointer(0));
    const vtkNew<vtkCellArray> cells;
    for (std::size_t i = 0; i + 2 < surface.corners.size(); i += 3) {
        const vtkIdType ids[3]{surface.corners[i], surface.corners[i + 1], surface.corners[i + 2]};
        cells->InsertNextCell(3, ids);
    }
    auto data = vtkSmartPointer<vtkPolyData>::New();
    data->SetPoints(points);
    data->GetPointData()->SetNormals(normals);
    data->SetPolys(cells);
    return data;
}

/// The slice in 8 bits. Pictures of x are z-y, of y x-z, of z x-y (width-height).
vtkSmartPointer<vtkImageData> textureOf(const Volume& slice, DisplayRange range) {
    const vtkNew<vtkUnsignedCharArray> grey;
    grey->SetNumberOfComponents(3);
    grey->SetNumberOfTuples(slice.span().pixels());
    unsigned char* out = grey->GetPointer(0);
    const double window = range.window() > 0.0 ? range.window() : 1.0;
    visitPixels(slice.span(), [&](const auto* values) {
        for (std::int64_t i = 0; i < slice.span().pixels(); ++i) {
            const double share = (static_cast<double>(values[i]) - range.low) / window;
            const auto level =
                static_cast<unsigned char>(share > 0.0 ? 255.0 * std::min(share, 1.0) + 0.5 : 0.0);
            std::fill_n(out + 3 * i, 3, level);
        }
    });
    auto image = vtkSmartPointer<vtkImageData>::New();
    image->SetDimensions(static_cast<int>(slice.width()), static_cast<int>(slice.height()), 1);
    image->GetPointData()->SetScalars(grey);
    return image;
}

/// A rectangle whose corners belong to the picture's (0,0), (width,0), (width,height), (0,height).
vtkSmartPointer<vtkPolyData> quadOf(const std::array<std::array<double, 3>, 4>& corners) {
    const vtkNew<vtkPoints> points;
    const vtkNew<vtkFloatArray> places;
    places->SetNumberOfComponents(2);
    places->SetName("places");
    const vtkNew<vtkCellArray> cells;
    cells->InsertNextCell(4);
    for (int i = 0; i < 4; ++i) {
        points->InsertNextPoint(corners[static_cast<std::size_t>(i)].data());
        places->InsertNextTuple2(i == 1 || i == 2 ? 1.0 : 0.0, i >= 2 ? 1.0 : 0.0);
        cells->InsertCellPoint(i);
    }
    auto quad = vtkSmartPointer<vtkPolyData>::New();
    quad->SetPoints(points);
    quad->SetPolys(cells);
    quad->GetPointData()->SetTCoords(places);
    return quad;
}

} // namespace

void cutPlanes(const SceneOptions& options,
               vtkImageData* image,
               double linkSize,
               vtkPlaneCollection* planes) {
    planes->RemoveAllItems();
    if (options.plane) {
        std::array<double, 3> at{};
        for (std::size_t k = 0; k < 3; ++k)
            at[k] = options.plane->normal[k] * options.plane->offset * linkSize;
        addPlane(planes, at, options.plane->normal);
    }
    double bounds[6];
    image->GetBounds(bounds);
    for (std::size_t side = 0; side < 6; ++side) {
        const std::size_t axis = side / 2;
        const bool upper = side % 2 == 1;
        const double share = options.box.at(side);
        if (upper ? share >= 1.0 : share <= 0.0)
            continue;
        std::array<double, 3> origin{};
        std::array<double, 3> normal{};
        origin[axis] = std::lerp(bounds[2 * axis], bounds[2 * axis + 1], share);
        normal[axis] = upper ? -1.0 : 1.0;
        addPlane(planes, origin, normal);
    }
}

SceneParts::SceneParts(vtkRenderer* renderer) {
    m_surface->GetProperty()->SetColor(0.86, 0.80, 0.68);
    m_surface->GetProperty()->SetAmbient(0.2);
    m_surface->GetProperty()->SetDiffuse(0.8);
    m_surface->VisibilityOff();
    renderer->AddActor(m_surface);
    for (const auto& slice : m_slices) {
        slice->GetProperty()->LightingOff();
        slice->VisibilityOff();
        renderer->AddActor(slice);
    }
}

void SceneParts::clear() {
    m_surface->SetMapper(nullptr);
    m_surface->VisibilityOff();
    m_hasSurface = false;
    m_drawn = {};
    for (const auto& slice : m_slices)
        slice->VisibilityOff();
}

void SceneParts::setSurface(const std::shared_ptr<const IsoSurface>& surface) {
    m_hasSurface = surface && surface->triangles() > 0;
    m_surface->SetMapper(nullptr);
    if (!m_hasSurface)
        return;
    const vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(polyDataOf(*surface));
    m_surface->SetMapper(mapper);
}

void SceneParts::place(vtkImageData* image, vtkPlaneCollection* planes) {
    const auto spacing = m_spacing;
    const auto origin = m_origin;
    image->GetSpacing(m_spacing.data());
    image->GetOrigin(m_origin.data());
    m_surface->SetScale(m_spacing.data());
    m_surface->SetPosition(m_origin.data());
    if (spacing != m_spacing || origin != m_origin)
        m_drawn = {};
    if (!m_hasSurface)
        return;
    const vtkNew<vtkPlaneCollection> some;
    for (int i = 0; i < std::min(planes->GetNumberOfItems(), kOpenGlPlanes); ++i)
        some->AddItem(planes->GetItem(i));
    m_surface->GetMapper()->SetClippingPlanes(some);
}

void SceneParts::show(const SceneOptions& options, const Volume& volume, DisplayRange firstView) {
    m_surface->SetVisibility(options.surface && m_hasSurface ? 1 : 0);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        m_slices.at(axis)->SetVisibility(options.slices ? 1 : 0);
        if (options.slices)
            drawSlice(axis, volume, options, options.sliceRange.value_or(firstView));
    }
}

void SceneParts::drawSlice(std::size_t axis,
                           const Volume& volume,
                           const SceneOptions& options,
                           DisplayRange range) {
    const std::array<std::int64_t, 3> size{volume.width(), volume.height(), volume.depth()};
    const auto last = static_cast<double>(size.at(axis) - 1);
    const auto index = static_cast<std::int64_t>(
        std::lround(std::clamp(options.slicePlaces.at(axis), 0.0, 1.0) * last));
    const Drawn now{&volume, index, range};
    if (m_drawn.at(axis) == now)
        return;
    m_drawn.at(axis) = now;
    // The directions of the picture's width and height.
    constexpr std::array<std::array<std::size_t, 2>, 3> kAxes{{{2, 1}, {0, 2}, {0, 1}}};
    const auto [across, down] = kAxes.at(axis);
    std::array<std::array<double, 3>, 4> corners{};
    for (std::size_t i = 0; i < 4; ++i) {
        auto voxel = std::array{-0.5, -0.5, -0.5};
        voxel.at(axis) = static_cast<double>(index);
        if (i == 1 || i == 2)
            voxel.at(across) += static_cast<double>(size.at(across));
        if (i >= 2)
            voxel.at(down) += static_cast<double>(size.at(down));
        for (std::size_t k = 0; k < 3; ++k)
            corners.at(i).at(k) = m_origin.at(k) + voxel.at(k) * m_spacing.at(k);
    }
    const vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(quadOf(corners));
    m_slices.at(axis)->SetMapper(mapper);
    const vtkNew<vtkTexture> texture;
    texture->InterpolateOn();
    texture->SetInputData(textureOf(volume.slice(static_cast<int>(axis), index), range));
    m_slices.at(axis)->SetTexture(texture);
}

} // namespace likeness
