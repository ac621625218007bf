# Size budgets: .cpp 600 lines (median 150), .h 150, function 60, main.cpp 120, mainwindow.cpp 400.
# Functions are measured with universal-ctags, whose spans count lambdas in their parent.
include(${CMAKE_CURRENT_LIST_DIR}/sources.cmake)
project_sources(files)

# Tables of constants, exempt by name.
set(exempt)

set(faults)
foreach(file IN LISTS files)
  if(file IN_LIST exempt)
    continue()
  endif()
  file(READ ${ROOT}/${file} text)
  string(REGEX REPLACE "[^\n]" "" newlines "${text}")
  string(LENGTH "${newlines}" lines)
  set(limit 600)
  if(file MATCHES "\\.h$")
    set(limit 150)
  elseif(file MATCHES "/main\\.cpp$")
    set(limit 120)
  elseif(file MATCHES "/mainwindow\\.cpp$")
    set(limit 400)
  endif()
  if(lines GREATER limit)
    list(APPEND faults "${file}: ${lines} lines, the budget is ${limit}")
  endif()
endforeach()

find_program(ctags NAMES ctags-universal ctags REQUIRED)
list(TRANSFORM files PREPEND ${ROOT}/ OUTPUT_VARIABLE paths)
# Per tree, so that both runs of this check may go on at once.
string(MD5 tree "${ROOT}")
set(listing_file $ENV{TMPDIR})
if(NOT listing_file)
  set(listing_file /tmp)
endif()
set(listing_file ${listing_file}/likeness-sizes-${tree}.txt)
list(JOIN paths "\n" listing)
file(WRITE ${listing_file} "${listing}\n")
execute_process(
  COMMAND ${ctags} --languages=C++ --langmap=C++:.cpp.h --kinds-C++=f --fields=+ne --sort=no -f -
    -L ${listing_file}
  OUTPUT_VARIABLE tags COMMAND_ERROR_IS_FATAL ANY)
# Semicolons and brackets would be list syntax.
string(REGEX REPLACE "[][;]" " " tags "${tags}")
string(REGEX MATCHALL "[^\n]+" tags "${tags}")
foreach(tag IN LISTS tags)
  if(tag MATCHES "^([^\t]+)\t([^\t]+)\t.*line:([0-9]+).*end:([0-9]+)")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    math(EXPR span "${CMAKE_MATCH_4} - ${CMAKE_MATCH_3} + 1")
    if(span GREATER 60)
      file(RELATIVE_PATH path ${ROOT} ${path})
      list(APPEND faults "${path}: ${name} has ${span} lines, the budget is 60")
    endif()
  endif()
endforeach()
finish(${faults})
