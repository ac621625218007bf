// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/volumearrays.h"

#include <vtkFloatArray.h>
#include <vtkUnsignedCharArray.h>
#include <vtkUnsignedShortArray.h>

namespace likeness {

namespace {

template <typename Array, typename T>
vtkSmartPointer<vtkDataArray>
arrayOver(const Volume& volume, std::int64_t firstSlice, std::int64_t slices) {
    const std::int64_t plane = volume.width() * volume.height();
    auto array = vtkSmartPointer<Array>::New();
    // VTK has no arrays of constants; filters and mappers only read. The last argument leaves the
    // memory to us.
    array->SetArray(const_cast<T*>(volume.pixels<T>()) + firstSlice * plane, slices * plane, 1);
    array->SetName("values");
    return array;
}

} // namespace

vtkSmartPointer<vtkDataArray>
volumeArray(const Volume& volume, std::int64_t firstSlice, std::int64_t slices) {
    switch (volume.type()) {
    case PixelType::u8:
        return arrayOver<vtkUnsignedCharArray, unsigned char>(volume, firstSlice, slices);
    case PixelType::u16:
        return arrayOver<vtkUnsignedShortArray, unsigned short>(volume, firstSlice, slices);
    case PixelType::f32:
        break;
    }
    return arrayOver<vtkFloatArray, float>(volume, firstSlice, slices);
}

} // namespace likeness
