# The LibTorch inside an installed `torch` wheel, as the target torch_wheel. Its own CMake package asks for
# nvcc and a whole CUDA toolkit, which C++ code that links the libraries does not need.
function(find_torch_wheel folder)
  if(NOT EXISTS ${folder}/include/torch/csrc/api/include/torch/torch.h OR NOT EXISTS ${folder}/lib/libtorch.so)
    message(FATAL_ERROR "LIKENESS_TORCH_WHEEL: ${folder} holds no LibTorch: name the folder `torch` of an installed wheel.")
  endif()
  add_library(torch_wheel INTERFACE)
  target_include_directories(torch_wheel SYSTEM INTERFACE
    ${folder}/include ${folder}/include/torch/csrc/api/include)
  set(libraries)
  foreach(name torch torch_cpu torch_cuda c10 c10_cuda)
    if(EXISTS ${folder}/lib/lib${name}.so)
      list(APPEND libraries ${folder}/lib/lib${name}.so)
    endif()
  endforeach()
  # The CUDA backend registers itself when it is loaded; no symbol of it is named.
  target_link_libraries(torch_wheel INTERFACE -Wl,--no-as-needed ${libraries} -Wl,--as-needed)
  # Where the wheel's own libraries find NVIDIA's at run time, told to the linker.
  file(GLOB vendor_folders ${folder}/../nvidia/*/lib)
  foreach(vendor_folder ${vendor_folders})
    target_link_options(torch_wheel INTERFACE -Wl,-rpath-link,${vendor_folder})
  endforeach()
endfunction()
