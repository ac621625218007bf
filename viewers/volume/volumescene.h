// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/volume/camerapose.h"
#include "viewers/volume/isosurface.h"
#include "viewers/volume/sceneoptions.h"
#include "viewers/volume/transfer.h"

#include <memory>
#include <string_view>

namespace likeness {

enum class WorldUnit { fraction, micrometre };

/// automatic: the CPU ray caster on software OpenGL, the graphics card's otherwise.
enum class VolumeMapper { automatic, cpu, gpu };

/// One volume with its outline, camera and transfer function, ready for any VTK render window. No
/// Qt. The volume's pixels are used in place. All calls from one thread.
class VolumeScene {
public:
    VolumeScene();
    ~VolumeScene();
    VolumeScene(const VolumeScene&) = delete;
    VolumeScene& operator=(const VolumeScene&) = delete;

    /// Null empties the scene. Throws Error(config) for fewer than two voxels along an edge (VTK
    /// draws nothing then). Colour volumes are shown by their luma.
    void setVolume(std::shared_ptr<const Volume> volume);

    [[nodiscard]] bool isEmpty() const noexcept;

    /// True if the volume has a voxel size.
    [[nodiscard]] bool isCalibrated() const noexcept;

    void setTransfer(const TransferFunction& transfer);
    [[nodiscard]] const TransferFunction& transfer() const noexcept;

    /// In um, or in voxels if there is no voxel size; 0 when empty.
    [[nodiscard]] double longestEdgeUm() const noexcept;

    void setWorldUnit(WorldUnit unit);

    /// The longest edge in world units.
    [[nodiscard]] double worldSize() const noexcept;

    void setPose(const CameraPose& pose);
    [[nodiscard]] CameraPose pose() const;

    /// Coarser and faster while the camera moves.
    void setMoving(bool moving);

    /// What is drawn and where it is cut. `linkSize`: the longest edge of the link, in world units.
    void setOptions(const SceneOptions& options, double linkSize);
    [[nodiscard]] const SceneOptions& options() const noexcept;

    /// The surface that options may show; of this scene's volume. Null takes it away.
    void setSurface(std::shared_ptr<const IsoSurface> surface);

    void setMapper(VolumeMapper mapper);

    /// True if the CPU ray caster draws; decided by GL_RENDERER once a window is attached.
    [[nodiscard]] bool usesCpu() const noexcept;

    struct Impl; ///< for files of this folder only

    [[nodiscard]] Impl& impl() noexcept { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

/// True for a GL_RENDERER string of a software rasteriser.
[[nodiscard]] bool isSoftwareRenderer(std::string_view glRenderer) noexcept;

} // namespace likeness
