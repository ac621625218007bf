#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Likeness authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""writesamples.py hdf5|netcdf|dicom|tiff FOLDER: files as the usual libraries of each format write them.

Values are those of patterned() in testimages.h, so that the tests know them without these libraries.
"""
import os
import sys

import numpy as np


def pattern(shape, dtype="u2"):
    mixed = (np.arange(np.prod(shape), dtype=np.uint64) * np.uint64(2654435761)) >> np.uint64(7)
    return (mixed & np.uint64(0xFFFF)).astype("u2").astype(np.dtype(dtype).newbyteorder("="), casting="unsafe").reshape(shape)


SHAPE = (5, 12, 10)


def hdf5(folder):
    import h5py

    def at(name):
        return os.path.join(folder, name)

    volume = pattern(SHAPE)
    with h5py.File(at("plain.h5"), "w") as f:
        f["volume"] = volume
    with h5py.File(at("chunked.h5"), "w") as f:
        d = f.create_dataset("deep/er/volume", data=volume, chunks=(2, 5, 4), compression="gzip", shuffle=True,
                             fletcher32=True)
        d.attrs["element_size_um"] = [3.0, 2.0, 1.5]
    with h5py.File(at("lzf.h5"), "w") as f:
        f.create_dataset("volume", data=volume // 256 * 256, chunks=(3, 12, 10), compression="lzf")
        f["plain"] = volume[0, 0] # Rank 1 is no image.
    with h5py.File(at("userblock.h5"), "w", userblock_size=1024) as f:
        f.create_dataset("volume", data=volume, chunks=True, compression="gzip")
    with h5py.File(at("big_endian.h5"), "w") as f:
        f["volume"] = volume.astype(">u2")
    with h5py.File(at("squeezed.h5"), "w") as f:
        f.create_dataset("volume", data=volume[None, :, :, :], chunks=(1, 2, 5, 4), maxshape=(None, 5, 12, 10))
    with h5py.File(at("many_chunks.h5"), "w") as f:
        f.create_dataset("volume", data=pattern((700, 4, 5)), chunks=(1, 2, 5), compression="gzip")
    with h5py.File(at("compact.h5"), "w") as f:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple(SHAPE)
        h5py.h5d.create(f.id, b"volume", h5py.h5t.STD_U16LE, space, plist).write(space, space, volume)
    for name, options in {
        "latest_single": {"chunks": SHAPE, "compression": "gzip"},
        "latest_single_plain": {"chunks": SHAPE},
        "latest_fixed": {"chunks": (1, 5, 4), "compression": "gzip", "shuffle": True},
        "latest_fixed_plain": {"chunks": (1, 5, 4)},
        "latest_growing": {"chunks": (1, 12, 10), "maxshape": (None, 12, 10), "compression": "gzip"},
        "latest_growing_y": {"chunks": (2, 3, 10), "maxshape": (5, None, 10)},
        "latest_tree": {"chunks": (1, 3, 4), "maxshape": (None, None, 10), "compression": "gzip"},
        "latest_tree_plain": {"chunks": (1, 3, 4), "maxshape": (None, None, 10)},
    }.items():
        with h5py.File(at(name + ".h5"), "w", libver="latest") as f:
            f.create_dataset("volume", data=volume, **options)
    with h5py.File(at("latest_implicit.h5"), "w", libver="latest") as f:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((2, 5, 4))
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple(SHAPE)
        h5py.h5d.create(f.id, b"volume", h5py.h5t.STD_U16LE, space, plist).write(space, space, volume)
    many = pattern((3000, 2, 4))
    for name, options in {
        "long_fixed": {"chunks": (1, 2, 4)},
        "long_growing": {"chunks": (1, 2, 4), "maxshape": (None, 2, 4)},
        "long_tree": {"chunks": (1, 2, 4), "maxshape": (None, None, 4)},
    }.items():
        with h5py.File(at(name + ".h5"), "w", libver="latest") as f:
            f.create_dataset("volume", data=many, **options)
    for name, libver in {"names": "earliest", "names_latest": "latest"}.items():
        with h5py.File(at(name + ".h5"), "w", libver=libver) as f:
            for i in range(60):
                f["group/number %d" % i] = i
            f["group/volume"] = volume
            for i in range(20):
                f["group/volume"].attrs["note %d" % i] = i
            f["group/volume"].attrs["element_size_um"] = [3.0, 2.0, 1.5]
    types(at, h5py)
    choices(at, h5py, volume)
    elsewhere(at, h5py, volume)


def types(at, h5py):
    values = np.array([[0, 1, 2], [3, 4, 5]])
    with h5py.File(at("types.h5"), "w") as f:
        f["half"] = np.array([[0.5, -2.0, 65504.0], [6e-8, np.inf, -0.25]], "f2")
        f["double"] = np.array([[0.5, -1024.25, 3], [4, 5, 6]], "f8")
        f["fine"] = np.array([[0.1, 1, 2], [3, 4, 5]], "f8")
        f["int16"] = np.array([[-1000, 3071, 2], [3, 4, 5]], ">i2")
        f["wide"] = np.array([[2**40, 1, 2], [3, 4, 5]], "i8")
        f["bool"] = values % 2 == 1
        f["colour"] = pattern((4, 5, 3), "u1")
        f.create_dataset("fill", shape=(4, 6), dtype="u2", chunks=(2, 3), fillvalue=7)
        f["fill"][0:2, 0:3] = 9
        f.create_dataset("never", shape=(4, 6), dtype="u2", fillvalue=5)


def choices(at, h5py, volume):
    with h5py.File(at("dxchange.h5"), "w") as f:
        f["exchange/data"] = volume
        f["exchange/data_white"] = np.ones((50, 12, 10), "u2")
        f["exchange/theta"] = np.arange(5.0)
        f["measurement/instrument/detector/pixel_size"] = 0.65
        f["measurement/instrument/detector/pixel_size"].attrs["units"] = "microns"
    with h5py.File(at("nexus.nxs"), "w") as f:
        entry = f.create_group("entry1/tomo_entry")
        detector = entry.create_group("instrument/detector")
        detector.attrs["NX_class"] = "NXdetector"
        detector["data"] = volume
        detector["x_pixel_size"] = 0.004
        detector["x_pixel_size"].attrs["units"] = "mm"
        detector["y_pixel_size"] = 0.008
        detector["y_pixel_size"].attrs["units"] = "mm"
        data = entry.create_group("data")
        data.attrs["NX_class"] = "NXdata"
        data.attrs["signal"] = "data"
        data["data"] = h5py.SoftLink("/entry1/tomo_entry/instrument/detector/data")
        f.attrs["default"] = "entry1"
        f["entry1"].attrs["default"] = "tomo_entry"
        entry.attrs["default"] = "data"
        f["entry1/flats"] = np.ones((50, 12, 10), "u2")
    with h5py.File(at("several.h5"), "w") as f:
        f["a/small"] = volume[0]
        f["b/volume"] = volume
        f["c/small"] = volume[:2]
        f["record"] = np.zeros((20, 20), [("x", "f4"), ("y", "f4")])
    with h5py.File(at("loop.h5"), "w") as f:
        f["group/volume"] = volume
        f["group/itself"] = f["group"]
        f["soft"] = h5py.SoftLink("/soft")
    with h5py.File(at("empty.h5"), "w") as f:
        f["text"] = "no image"


def elsewhere(at, h5py, volume):
    with h5py.File(at("linked.h5"), "w") as f:
        f["volume"] = h5py.ExternalLink("plain.h5", "/volume")
        f["own"] = volume
    with h5py.File(at("external.h5"), "w") as f:
        f.create_dataset("volume", shape=SHAPE, dtype="u2", external=[(at("external.raw"), 0, 5 * 12 * 10 * 2)])
    with h5py.File(at("virtual.h5"), "w", libver="latest") as f:
        layout = h5py.VirtualLayout(SHAPE, "u2")
        layout[:] = h5py.VirtualSource(at("plain.h5"), "volume", SHAPE)
        f.create_virtual_dataset("volume", layout)
    with h5py.File(at("offset.h5"), "w") as f:
        f.create_dataset("volume", data=volume.astype("i4"), chunks=True, scaleoffset=0)


def netcdf(folder):
    import netCDF4

    volume = pattern(SHAPE, "i2")
    for name, kind in {"classic": "NETCDF3_CLASSIC", "offset64": "NETCDF3_64BIT_OFFSET",
                       "data64": "NETCDF3_64BIT_DATA", "netcdf4": "NETCDF4"}.items():
        with netCDF4.Dataset(os.path.join(folder, name + ".nc"), "w", format=kind) as f:
            heliscan(f, volume, {"zlib": True} if kind == "NETCDF4" else {})
    with netCDF4.Dataset(os.path.join(folder, "records.nc"), "w", format="NETCDF3_CLASSIC") as f:
        for axis, size in zip("zyx", (None, 12, 10)):
            f.createDimension(axis, size)
        f.createDimension("odd", 3)
        a = f.createVariable("volume", "i2", ("z", "y", "x"))
        a.setncattr("_Unsigned", "true")
        b = f.createVariable("note", "i1", ("z", "odd"))
        a[:] = volume
        b[:] = np.ones((5, 3), "i1")
        a.voxel_size = "5.5 um"
    blocks = os.path.join(folder, "tomo_nc")
    os.mkdir(blocks)
    for i, (first, last) in enumerate([(0, 2), (2, 4), (4, 5)]):
        with netCDF4.Dataset(os.path.join(blocks, "block%08d.nc" % i), "w", format="NETCDF3_64BIT_OFFSET") as f:
            heliscan(f, volume[first:last], {})


def heliscan(f, volume, options):
    for axis, size in zip("zyx", volume.shape):
        f.createDimension("tomo_%sdim" % axis, size)
    f.createVariable("tomo", "i2", ("tomo_zdim", "tomo_ydim", "tomo_xdim"), **options)[:] = volume
    f.voxel_size_xyz = np.array([0.00549, 0.00549, 0.011])
    f.voxel_unit = "mm"


def dicom(folder):
    import subprocess

    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.sequence import Sequence
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

    def base(pixels, syntax=ExplicitVRLittleEndian):
        d = Dataset()
        d.file_meta = FileMetaDataset()
        d.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        d.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(syntax)])
        d.file_meta.TransferSyntaxUID = syntax
        d.is_little_endian = syntax != ExplicitVRBigEndian
        d.is_implicit_VR = syntax == ImplicitVRLittleEndian
        d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID
        d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID
        d.PatientName = "Secret^Person"
        d.PatientID = "ID-4711"
        d.SeriesInstanceUID = "1.2.3.4"
        d.Rows, d.Columns = pixels.shape[-2:]
        d.SamplesPerPixel = 1
        d.PhotometricInterpretation = "MONOCHROME2"
        d.BitsAllocated = d.BitsStored = 8 * pixels.dtype.itemsize
        d.HighBit = d.BitsStored - 1
        d.PixelRepresentation = int(pixels.dtype.kind == "i")
        d.PixelSpacing = [0.1, 0.2]
        d.PixelData = pixels.astype(pixels.dtype.newbyteorder("<" if d.is_little_endian else ">")).tobytes()
        if d.BitsAllocated == 8:
            d["PixelData"].VR = "OB"
        else:
            d["PixelData"].VR = "OW"
        return d

    def save(d, *name):
        path = os.path.join(folder, *name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        pydicom.dcmwrite(path, d, write_like_original=False)
        return path

    volume = pattern(SHAPE)
    signed = pattern(SHAPE, "i2") // 16
    explicit = save(base(volume[0]), "explicit.dcm")
    save(base(volume[0], ImplicitVRLittleEndian), "implicit.dcm")
    save(base(volume[0], ExplicitVRBigEndian), "big_endian.dcm")
    subprocess.run(["dcmcrle", explicit, os.path.join(folder, "rle.dcm")], check=True)
    subprocess.run(["dcmcjpeg", explicit, os.path.join(folder, "jpeg.dcm")], check=False)

    multi = base(volume)
    multi.NumberOfFrames = SHAPE[0]
    multi.SpacingBetweenSlices = 0.3
    save(multi, "multi.dcm")
    twelve = base(volume[0] & 0xFFF)
    twelve.BitsStored, twelve.HighBit, twelve.PhotometricInterpretation = 12, 11, "MONOCHROME1"
    save(twelve, "monochrome1.dcm")
    colour = base(pattern((3, 12, 10), "u1"))
    colour.SamplesPerPixel, colour.PlanarConfiguration, colour.PhotometricInterpretation = 3, 1, "RGB"
    save(colour, "planar.dcm")

    enhanced = base(volume[::-1])
    del enhanced.PixelSpacing
    enhanced.NumberOfFrames = SHAPE[0]
    shared = Dataset()
    measures = Dataset()
    measures.PixelSpacing = [0.1, 0.2]
    measures.SliceThickness = 9
    shared.PixelMeasuresSequence = Sequence([measures])
    orientation = Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PlaneOrientationSequence = Sequence([orientation])
    enhanced.SharedFunctionalGroupsSequence = Sequence([shared])
    frames = []
    for i in range(SHAPE[0]):
        frame, position = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, 10 - 0.25 * i]
        frame.PlanePositionSequence = Sequence([position])
        frames.append(frame)
    enhanced.PerFrameFunctionalGroupsSequence = Sequence(frames)
    save(enhanced, "enhanced.dcm")

    def slices(name, count=SHAPE[0], change=lambda d, z: None):
        for z in range(count):
            d = base(signed[z])
            d.RescaleSlope, d.RescaleIntercept = 2, -1024.5
            d.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            d.ImagePositionPatient = [-5, -5, -3 + 0.25 * z]
            d.InstanceNumber = z + 1
            change(d, z)
            # The names go backwards.
            save(d, name, "IM%04d" % (count - z))

    def other(d, z):
        if z == 3:
            d.SeriesInstanceUID = "1.2.3.5"

    def missing(d, z):
        d.ImagePositionPatient = [-5, -5, -3 + 0.25 * (z + (z > 2))]

    def same(d, z):
        d.ImagePositionPatient = [-5, -5, -3 + 0.25 * (z // 2)]

    slices("series")
    slices("mixed", change=other)
    slices("gap", change=missing)
    slices("times", change=same)
    directory = base(volume[0])
    directory.SOPClassUID = directory.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    del directory.PixelData
    save(directory, "series", "DICOMDIR")


def tiff(folder):
    import tifffile

    five = pattern((2, 3, 2, 6, 5))  # t, z, c, y, x
    at = lambda name: os.path.join(folder, name)
    tifffile.imwrite(at("imagej.tif"), five, imagej=True, resolution=(2, 2),
                     metadata={"axes": "TZCYX", "unit": "um", "spacing": 3})
    tifffile.imwrite(at("ome.tif"), five, ome=True,
                     metadata={"axes": "TZCYX", "PhysicalSizeX": 650, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.65,
                               "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 2, "PhysicalSizeZUnit": "µm"})
    tifffile.imwrite(at("ome_z.tif"), five[0, :, 0], ome=True, metadata={"axes": "ZYX"})
    tifffile.imwrite(at("times.tif"), five[:, 0, 0], imagej=True, metadata={"axes": "TYX"})
    tifffile.imwrite(at("half.tif"), np.array([[0.5, -2.0, 65504.0], [6e-8, np.inf, -0.25]], "f2"))


if __name__ == "__main__":
    {"hdf5": hdf5, "netcdf": netcdf, "dicom": dicom, "tiff": tiff}[sys.argv[1]](sys.argv[2])
