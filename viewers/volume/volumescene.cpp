// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/volumescene.h"

#include "core/base/error.h"
#include "viewers/volume/sceneimpl.h"

#include <vtkCamera.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>

namespace likeness {

bool isSoftwareRenderer(std::string_view glRenderer) noexcept {
    static constexpr std::array<std::string_view, 5> kNames{"llvmpipe", "softpipe", "swiftshader",
                                                            "microsoft basic", "software"};
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
    };
    return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
        return std::search(glRenderer.begin(), glRenderer.end(), name.begin(), name.end(), same) !=
               glRenderer.end();
    });
}

VolumeScene::VolumeScene()
    : m_impl(std::make_unique<Impl>()) {
    m_impl->applyTransfer();
    setPose(defaultPose(1.0));
}

VolumeScene::~VolumeScene() = default;

void VolumeScene::setVolume(std::shared_ptr<const Volume> volume) {
    if (volume && volume->isEmpty())
        volume.reset();
    if (volume) {
        if (std::min({volume->width(), volume->height(), volume->depth()}) < 2)
            throw Error(ErrorCode::config, "Cannot show the volume in 3-D", "it is one voxel thin",
                        "choose a stack of at least two slices");
        if (volume->channels() != 1) {
            Volume grey = toGrey(volume->span());
            grey.voxelSize = volume->voxelSize;
            volume = std::make_shared<const Volume>(std::move(grey));
        }
    }
    m_impl->volume = std::move(volume);
    m_impl->loadImage();
}

bool VolumeScene::isEmpty() const noexcept {
    return m_impl->volume == nullptr;
}

bool VolumeScene::isCalibrated() const noexcept {
    return m_impl->volume && m_impl->volume->voxelSize.has_value();
}

void VolumeScene::setTransfer(const TransferFunction& transfer) {
    const bool ascends =
        std::is_sorted(transfer.points.begin(), transfer.points.end(),
                       [](const auto& a, const auto& b) { return a.position < b.position; });
    if (transfer.points.empty() || !ascends)
        throw Error(ErrorCode::config, "Cannot use the transfer function",
                    "its points are not in ascending order", "sort them by position");
    m_impl->transfer = transfer;
    m_impl->applyTransfer();
}

const TransferFunction& VolumeScene::transfer() const noexcept {
    return m_impl->transfer;
}

void VolumeScene::setWorldUnit(WorldUnit unit) {
    if (unit == m_impl->unit)
        return;
    m_impl->unit = unit;
    m_impl->placeImage();
}

double VolumeScene::longestEdgeUm() const noexcept {
    return m_impl->volume ? m_impl->longestEdge() : 0.0;
}

double VolumeScene::worldSize() const noexcept {
    return m_impl->worldSize();
}

void VolumeScene::setPose(const CameraPose& pose) {
    vtkCamera* camera = m_impl->renderer->GetActiveCamera();
    camera->SetPosition(pose.position.data());
    camera->SetFocalPoint(pose.focus.data());
    camera->SetViewUp(pose.up.data());
    m_impl->renderer->ResetCameraClippingRange();
}

CameraPose VolumeScene::pose() const {
    vtkCamera* camera = m_impl->renderer->GetActiveCamera();
    CameraPose pose;
    camera->GetPosition(pose.position.data());
    camera->GetFocalPoint(pose.focus.data());
    camera->GetViewUp(pose.up.data());
    return pose;
}

void VolumeScene::setMoving(bool moving) {
    if (moving == m_impl->moving)
        return;
    m_impl->moving = moving;
    m_impl->applyQuality();
}

void VolumeScene::setOptions(const SceneOptions& options, double linkSize) {
    m_impl->options = options;
    m_impl->linkSize = linkSize;
    m_impl->applyOptions();
}

const SceneOptions& VolumeScene::options() const noexcept {
    return m_impl->options;
}

void VolumeScene::setSurface(std::shared_ptr<const IsoSurface> surface) {
    m_impl->parts.setSurface(surface);
    m_impl->applyOptions();
}

void VolumeScene::setMapper(VolumeMapper mapper) {
    if (mapper == m_impl->choice)
        return;
    m_impl->choice = mapper;
    m_impl->buildMapper();
}

bool VolumeScene::usesCpu() const noexcept {
    return m_impl->isCpu();
}

} // namespace likeness
