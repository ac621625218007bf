cmake_minimum_required(VERSION 3.25)

# project_sources(OUT): the project's own C++ files below ROOT, relative to it.
function(project_sources out)
  file(GLOB_RECURSE files RELATIVE ${ROOT}
    ${ROOT}/app/*.cpp ${ROOT}/app/*.h ${ROOT}/ui/*.cpp ${ROOT}/ui/*.h ${ROOT}/viewers/*.cpp ${ROOT}/viewers/*.h
    ${ROOT}/db/*.cpp ${ROOT}/db/*.h ${ROOT}/core/*.cpp ${ROOT}/core/*.h)
  list(FILTER files EXCLUDE REGEX "/thirdparty/")
  if(NOT files)
    message(FATAL_ERROR "No sources were found below ${ROOT}.")
  endif()
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# finish(FAULTS...): one line a fault, and failure if there is any.
function(finish)
  if(ARGN)
    list(JOIN ARGN "\n  " text)
    list(LENGTH ARGN count)
    message(FATAL_ERROR "${count} faults:\n  ${text}")
  endif()
endfunction()
