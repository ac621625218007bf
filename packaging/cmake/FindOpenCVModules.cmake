# Only the two OpenCV modules in use. Debian's OpenCVConfig.cmake comes with all modules (and GDAL, ffmpeg, Qt 5 with
# them); their single packages have none.
find_package(OpenCV 4.6 QUIET COMPONENTS core imgproc)
if(NOT OpenCV_FOUND)
  find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
  set(OpenCV_LIBS)
  foreach(module core imgproc)
    find_library(OPENCV_${module}_LIBRARY opencv_${module} REQUIRED)
    add_library(opencv_${module} UNKNOWN IMPORTED)
    set_target_properties(opencv_${module} PROPERTIES
      IMPORTED_LOCATION ${OPENCV_${module}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${OPENCV_INCLUDE_DIR})
    list(APPEND OpenCV_LIBS opencv_${module})
  endforeach()
endif()
add_library(likeness_opencv INTERFACE)
target_include_directories(likeness_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
target_link_libraries(likeness_opencv INTERFACE opencv_core opencv_imgproc)
