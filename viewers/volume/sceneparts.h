// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/volume/isosurface.h"
#include "viewers/volume/sceneoptions.h"

#include <vtkActor.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPlaneCollection.h>
#include <vtkRenderer.h>

#include <array>
#include <memory>

namespace likeness {

/// The surface and the three slice planes beside the ray cast. Only files of this folder include
/// it.
class SceneParts {
public:
    /// Adds its actors to the renderer.
    explicit SceneParts(vtkRenderer* renderer);

    /// Forgets what belonged to another volume.
    void clear();

    void setSurface(const std::shared_ptr<const IsoSurface>& surface);

    /// Puts everything where `image` lies. `planes` cut the surface; OpenGL has six at most.
    void place(vtkImageData* image, vtkPlaneCollection* planes);

    void show(const SceneOptions& options, const Volume& volume, DisplayRange firstView);

private:
    void drawSlice(std::size_t axis,
                   const Volume& volume,
                   const SceneOptions& options,
                   DisplayRange range);

    struct Drawn {
        const Volume* volume = nullptr;
        std::int64_t slice = -1;
        DisplayRange range;

        friend bool operator==(const Drawn&, const Drawn&) = default;
    };

    vtkNew<vtkActor> m_surface;
    std::array<vtkNew<vtkActor>, 3> m_slices;
    std::array<Drawn, 3> m_drawn;
    std::array<double, 3> m_spacing{1.0, 1.0, 1.0};
    std::array<double, 3> m_origin{};
    bool m_hasSurface = false;
};

/// The planes of a cut, in world coordinates: up to six sides of the box that differ from the
/// volume's, and the oblique one. `linkSize`: the longest edge of the link, in world units.
void cutPlanes(const SceneOptions& options,
               vtkImageData* image,
               double linkSize,
               vtkPlaneCollection* planes);

} // namespace likeness
