# Shared by packaging/run and packaging/test: where things are, and the one build.
# Sourced, never run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

# configure PRESET [CMAKE ARGUMENTS...]
configure() {
  local preset=$1
  shift
  cmake -S "$root" --preset "$preset" "$@" >"$root/build/configure-$preset.log" 2>&1 || {
    tail -n 30 "$root/build/configure-$preset.log" >&2
    echo "error: the build could not be configured (see build/configure-$preset.log)" >&2
    return 1
  }
}

# Arguments that make CMake use the CUDA LibTorch that install-dependencies --cuda fetched.
cuda_arguments() {
  echo "-DLIKENESS_TORCH_WHEEL=$(echo "$root"/build/cuda-libtorch/lib/python3*/site-packages/torch)"
}
