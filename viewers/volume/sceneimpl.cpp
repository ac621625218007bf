// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/sceneimpl.h"

#include "core/base/log.h"
#include "viewers/volume/volumearrays.h"

#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkEncodedGradientShader.h>
#include <vtkFixedPointVolumeRayCastMapper.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLGPUVolumeRayCastMapper.h>
#include <vtkOutputWindow.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>

#include <algorithm>
#include <mutex>
#include <thread>

namespace likeness {

namespace {

constexpr double kSurround = 119.0 / 255.0; ///< the canvas' grey

constexpr float kFlatLight = 0.9F;

/// Opacities are gathered along this share of the longest edge.
constexpr double kOpacityLength = 0.01;

/// Above this many voxels gradients cost the CPU ray caster too much time and memory.
constexpr std::int64_t kShadedVoxelsCpu = std::int64_t{32} << 20;

/// VTK's messages go to the program's log; otherwise they open a window or vanish.
class LogWindow final : public vtkOutputWindow {
public:
    static LogWindow* New();
    LogWindow(const LogWindow&) = delete;
    LogWindow& operator=(const LogWindow&) = delete;

    void DisplayText(const char* text) override {
        const bool isError = GetCurrentMessageType() == MESSAGE_TYPE_ERROR;
        log(isError ? LogLevel::error : LogLevel::warning, std::string("VTK: ") + text);
    }

private:
    LogWindow() = default;
};

vtkStandardNewMacro(LogWindow)

    /// Where a value does not change there is no normal, and the mapper draws black: every cut face
    /// of a two-phase volume. Light it as if it faced the viewer at a slant.
    class CpuMapper final : public vtkFixedPointVolumeRayCastMapper {
public:
    static CpuMapper* New();
    CpuMapper(const CpuMapper&) = delete;
    CpuMapper& operator=(const CpuMapper&) = delete;

private:
    CpuMapper() { GradientShader->SetZeroNormalDiffuseIntensity(kFlatLight); }
};

vtkStandardNewMacro(CpuMapper)

    void routeMessages() {
    static std::once_flag once;
    std::call_once(once, [] {
        const vtkNew<LogWindow> window;
        vtkOutputWindow::SetInstance(window);
    });
}

std::array<double, 3> edgesOf(const Volume& volume) {
    const std::array<double, 3> voxel =
        volume.voxelSize ? volume.voxelSize->um : std::array{1.0, 1.0, 1.0};
    return {voxel[0] * static_cast<double>(volume.width()),
            voxel[1] * static_cast<double>(volume.height()),
            voxel[2] * static_cast<double>(volume.depth())};
}

/// The twelve edges of the box.
vtkSmartPointer<vtkPolyData> boxOf(const double bounds[6]) {
    const vtkNew<vtkPoints> points;
    for (int i = 0; i < 8; ++i)
        points->InsertNextPoint(bounds[i & 1], bounds[2 + ((i >> 1) & 1)], bounds[4 + (i >> 2)]);
    const vtkNew<vtkCellArray> lines;
    for (int i = 0; i < 8; ++i)
        for (int bit = 1; bit < 8; bit *= 2)
            if ((i & bit) == 0) {
                lines->InsertNextCell(2);
                lines->InsertCellPoint(i);
                lines->InsertCellPoint(i | bit);
            }
    auto box = vtkSmartPointer<vtkPolyData>::New();
    box->SetPoints(points);
    box->SetLines(lines);
    return box;
}

unsigned short partsOf(int voxels, int limit) {
    return static_cast<unsigned short>((voxels + limit - 1) / limit);
}

} // namespace

VolumeScene::Impl::Impl() {
    routeMessages();
    renderer->SetBackground(kSurround, kSurround, kSurround);
    renderer->GetActiveCamera()->SetViewAngle(kViewAngle);
    property->SetColor(colours);
    property->SetScalarOpacity(opacities);
    property->SetInterpolationTypeToLinear();
    property->SetSpecular(0.1);
    prop->SetProperty(property);
    outline->GetProperty()->SetColor(0.75, 0.75, 0.75);
    outline->GetProperty()->LightingOff();
    transfer = transferFunction(TransferPreset::plain);
}

void VolumeScene::Impl::setDevice(std::string_view glRenderer, int textureLimit) {
    software = isSoftwareRenderer(glRenderer);
    maximumTexture = std::max(textureLimit, 64);
    buildMapper();
}

void VolumeScene::Impl::loadImage() {
    renderer->RemoveVolume(prop);
    renderer->RemoveActor(outline);
    prop->SetMapper(nullptr);
    mapper = nullptr;
    parts.clear();
    image->Initialize();
    if (!volume)
        return;
    image->SetDimensions(static_cast<int>(volume->width()), static_cast<int>(volume->height()),
                         static_cast<int>(volume->depth()));
    image->GetPointData()->SetScalars(volumeArray(*volume, 0, volume->depth()));
    firstView = ValueSample(volume->span()).firstView();
    placeImage();
    renderer->AddVolume(prop);
    renderer->AddActor(outline);
    buildMapper();
    applyTransfer();
}

double VolumeScene::Impl::longestEdge() const noexcept {
    const auto edges = edgesOf(*volume);
    return *std::max_element(edges.begin(), edges.end());
}

double VolumeScene::Impl::worldSize() const noexcept {
    return volume && unit == WorldUnit::micrometre ? longestEdge() : 1.0;
}

void VolumeScene::Impl::placeImage() {
    if (!volume)
        return;
    const auto edges = edgesOf(*volume);
    const double scale = worldSize() / longestEdge();
    const std::array<std::int64_t, 3> voxels{volume->width(), volume->height(), volume->depth()};
    std::array<double, 3> spacing{};
    std::array<double, 3> origin{};
    for (std::size_t i = 0; i < 3; ++i) {
        spacing[i] = scale * edges[i] / static_cast<double>(voxels[i]);
        // Voxel centres are VTK's points.
        origin[i] = -0.5 * spacing[i] * static_cast<double>(voxels[i] - 1);
    }
    image->SetSpacing(spacing.data());
    image->SetOrigin(origin.data());
    double bounds[6];
    image->GetBounds(bounds);
    const vtkNew<vtkPolyDataMapper> lines;
    lines->SetInputData(boxOf(bounds));
    outline->SetMapper(lines);
    property->SetScalarOpacityUnitDistance(kOpacityLength * worldSize());
    applyOptions();
}

bool VolumeScene::Impl::isCpu() const noexcept {
    return choice == VolumeMapper::cpu || (choice == VolumeMapper::automatic && software);
}

void VolumeScene::Impl::buildMapper() {
    if (!volume)
        return;
    if (isCpu()) {
        const vtkNew<CpuMapper> cpu;
        cpu->SetAutoAdjustSampleDistances(0);
        // VTK counts the machine's processors, not those this process may use.
        cpu->SetNumberOfThreads(
            static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
        mapper = cpu;
    } else {
        const vtkNew<vtkOpenGLGPUVolumeRayCastMapper> gpu;
        gpu->SetAutoAdjustSampleDistances(0);
        gpu->UseJitteringOn();
        // One texture beyond the limit draws nothing at all.
        const std::array<unsigned short, 3> pieces{
            partsOf(static_cast<int>(volume->width()), maximumTexture),
            partsOf(static_cast<int>(volume->height()), maximumTexture),
            partsOf(static_cast<int>(volume->depth()), maximumTexture)};
        if (pieces[0] * pieces[1] * pieces[2] > 1)
            gpu->SetPartitions(pieces[0], pieces[1], pieces[2]);
        mapper = gpu;
    }
    mapper->SetInputData(image);
    mapper->SetBlendModeToComposite();
    mapper->SetClippingPlanes(cuts);
    prop->SetMapper(mapper);
    applyQuality();
}

void VolumeScene::Impl::applyTransfer() {
    const DisplayRange range = transfer.range.value_or(firstView);
    colours->RemoveAllPoints();
    opacities->RemoveAllPoints();
    for (const TransferPoint& point : transfer.points) {
        const double value = range.low + point.position * range.window();
        colours->AddRGBPoint(value, point.colour[0], point.colour[1], point.colour[2]);
        opacities->AddPoint(value, point.opacity);
    }
    applyQuality();
}

void VolumeScene::Impl::applyQuality() {
    if (!volume || !mapper)
        return;
    double spacing[3];
    image->GetSpacing(spacing);
    const double step = *std::min_element(spacing, spacing + 3);
    const bool coarse = moving || options.quality == StillQuality::draft;
    const bool fine = options.quality == StillQuality::fine;
    bool shaded = transfer.shading;
    if (auto* cpu = vtkFixedPointVolumeRayCastMapper::SafeDownCast(mapper)) {
        shaded = shaded && !coarse && volume->span().pixels() <= kShadedVoxelsCpu;
        cpu->SetImageSampleDistance(coarse ? 2.0F : 1.0F);
        cpu->SetSampleDistance(static_cast<float>(coarse ? 1.5 * step : fine ? 0.5 * step : step));
        property->SetAmbient(0.3);
        property->SetDiffuse(0.9);
    } else if (auto* gpu = vtkGPUVolumeRayCastMapper::SafeDownCast(mapper)) {
        gpu->SetImageSampleDistance(coarse ? 2.0F : 1.0F);
        gpu->SetSampleDistance(static_cast<float>((coarse ? 1.0 : fine ? 0.25 : 0.5) * step));
        // Ambient light is all that flat places get here.
        property->SetAmbient(0.5);
        property->SetDiffuse(0.6);
    }
    property->SetShade(shaded ? 1 : 0);
}

void VolumeScene::Impl::applyOptions() {
    if (!volume)
        return;
    cutPlanes(options, image, linkSize, cuts);
    prop->SetVisibility(options.rayCast ? 1 : 0);
    parts.place(image, cuts);
    parts.show(options, *volume, firstView);
    if (mapper)
        mapper->Modified();
    applyQuality();
}

} // namespace likeness
