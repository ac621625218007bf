# Words that must not stand in the sources: nested event loops, loaders that run code, generators whose output differs
# between standard libraries, and promises of things that are not there.
include(${CMAKE_CURRENT_LIST_DIR}/sources.cmake)
project_sources(files)

set(forbidden
  "processEvents *\\(" "torch::load *\\(" "jit::load *\\(" "pickle_load" "std::shuffle" "uniform_int_distribution"
  "normal_distribution" "random_device" "[^a-zA-Z]rand *\\(" "cv::imread" "not implemented" "unimplemented" "coming soon"
  "[^a-zA-Z](TODO|FIXME|XXX|HACK)[^a-zA-Z]" "Qt::RichText" "setHtml *\\(")

set(faults)
foreach(file IN LISTS files)
  foreach(pattern IN LISTS forbidden)
    file(STRINGS ${ROOT}/${file} hits REGEX "${pattern}")
    foreach(hit IN LISTS hits)
      string(STRIP "${hit}" hit)
      list(APPEND faults "${file}: ${hit}")
    endforeach()
  endforeach()
endforeach()
finish(${faults})
