# Includes may only point down the layers of ARCHITECTURE.md, and heavy libraries stay where they belong.
include(${CMAKE_CURRENT_LIST_DIR}/sources.cmake)
project_sources(files)

# Folder (longest match wins) and the project folders it may include.
set(layers
  "core/base=core/base"
  "core/imaging=core/base core/imaging"
  "core/phantoms=core/base core/imaging core/phantoms"
  "core/generation/client=core/base core/generation/client"
  "core/generation=core/base core/generation"
  "core/metrics=core/base core/imaging core/metrics"
  "core/structure=core/base core/imaging core/structure"
  "core/statistics=core/base core/statistics"
  "core/study=core/base core/imaging core/statistics core/study"
  "db=db core/base core/imaging core/phantoms core/generation/client core/metrics core/structure core/statistics core/study"
  "viewers=viewers core/base core/imaging"
  "ui=ui viewers db core/base core/imaging core/phantoms core/generation/client core/metrics core/structure core/statistics core/study"
  "app/worker=app/worker core/base core/generation"
  "app/cli=app/cli db core/base core/imaging core/phantoms core/generation/client core/metrics core/structure core/statistics core/study"
  "app/likeness=app/likeness ui viewers db core/base core/imaging core/generation/client core/study")

# Library headers and the only folders that may include them.
set(libraries
  "<Q[A-Z]=ui viewers app/likeness"
  "<vtk=viewers/volume"
  "<(torch|ATen|c10)/=core/generation app/worker"
  "<(opencv2)/=core/imaging core/phantoms"
  "<(sqlite3|SQLiteCpp)=db"
  "<sodium=db"
  "<(Eigen|boost)/=core/statistics core/study"
  "<(tiffio|png|jpeglib)=core/imaging"
  "<fftw3=core/metrics core/structure core/phantoms")

function(inside path folders out)
  set(${out} FALSE PARENT_SCOPE)
  foreach(folder IN LISTS folders)
    string(FIND "${path}" "${folder}/" position)
    if(position EQUAL 0)
      set(${out} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

set(faults)
foreach(file IN LISTS files)
  set(allowed)
  set(best 0)
  foreach(layer IN LISTS layers)
    string(REGEX REPLACE "=.*" "" folder "${layer}")
    string(FIND "${file}" "${folder}/" position)
    string(LENGTH "${folder}" length)
    if(position EQUAL 0 AND length GREATER best)
      set(best ${length})
      string(REGEX REPLACE "^[^=]*=" "" allowed "${layer}")
    endif()
  endforeach()
  if(best EQUAL 0)
    list(APPEND faults "${file}: its folder has no layer in layers.cmake")
    continue()
  endif()
  string(REPLACE " " ";" allowed "${allowed}")
  file(STRINGS ${ROOT}/${file} includes REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS includes)
    if(line MATCHES "\"([^\"]+)\"")
      set(target "${CMAKE_MATCH_1}")
      if(target MATCHES "^(core|db|viewers|ui|app)/")
        inside("${target}" "${allowed}" ok)
        if(NOT ok)
          list(APPEND faults "${file}: includes ${target}, which is not below it")
        endif()
      elseif(target MATCHES "/")
        list(APPEND faults "${file}: \"${target}\" is not written from the project's root")
      endif()
    endif()
    foreach(library IN LISTS libraries)
      string(REGEX REPLACE "=.*" "" pattern "${library}")
      string(REGEX REPLACE "^[^=]*=" "" homes "${library}")
      string(REPLACE " " ";" homes "${homes}")
      if(line MATCHES "include[ \t]*${pattern}")
        inside("${file}" "${homes}" ok)
        if(NOT ok)
          list(JOIN homes ", " where)
          list(APPEND faults "${file}: ${line} belongs into ${where} only")
        endif()
      endif()
    endforeach()
  endforeach()
endforeach()
finish(${faults})
