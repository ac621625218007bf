# likeness_library(NAME SOURCES a.cpp ... HEADERS a.h ... [PUBLIC targets] [PRIVATE targets])
# makes the static target likeness_NAME with the alias Likeness::NAME. Includes are written from the
# project's root ("core/base/error.h"), so that a folder's layer can be read off every include line.
function(likeness_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target likeness_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(Likeness::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE build_flags ${arg_PRIVATE})
endfunction()

# likeness_program(NAME SOURCES ... LIBRARIES ...)
function(likeness_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE build_flags ${arg_LIBRARIES})
endfunction()
