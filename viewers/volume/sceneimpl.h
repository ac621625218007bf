// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/volume/sceneparts.h"
#include "viewers/volume/volumescene.h"

#include <vtkActor.h>
#include <vtkColorTransferFunction.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPlaneCollection.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>
#include <vtkVolume.h>
#include <vtkVolumeMapper.h>
#include <vtkVolumeProperty.h>

#include <string_view>

namespace likeness {

/// The VTK side of a scene. Only files of this folder include it.
struct VolumeScene::Impl {
    Impl();

    /// What the window's context can do; called with each new context, before its first frame.
    void setDevice(std::string_view glRenderer, int maximumTexture);

    void loadImage();
    void placeImage();
    void buildMapper();
    void applyTransfer();
    void applyQuality();
    void applyOptions();
    [[nodiscard]] bool isCpu() const noexcept;
    [[nodiscard]] double worldSize() const noexcept;
    [[nodiscard]] double longestEdge() const noexcept; ///< um, or voxels without a voxel size

    vtkNew<vtkRenderer> renderer;
    vtkNew<vtkVolume> prop;
    vtkNew<vtkVolumeProperty> property;
    vtkNew<vtkColorTransferFunction> colours;
    vtkNew<vtkPiecewiseFunction> opacities;
    vtkNew<vtkImageData> image;
    vtkNew<vtkActor> outline;
    vtkNew<vtkPlaneCollection> cuts;
    SceneParts parts{renderer};
    vtkSmartPointer<vtkVolumeMapper> mapper;

    std::shared_ptr<const Volume> volume; ///< grey; owns what `image` points at
    DisplayRange firstView;
    TransferFunction transfer;
    SceneOptions options;
    double linkSize = 1.0;
    VolumeMapper choice = VolumeMapper::automatic;
    WorldUnit unit = WorldUnit::fraction;
    bool software = true;
    bool moving = false;
    int maximumTexture = 2048;
};

} // namespace likeness
