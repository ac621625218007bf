# Every target of the project links build_flags privately; nothing else sets a compiler flag.
add_library(build_flags INTERFACE)
target_compile_options(build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Wcast-align -Wdouble-promotion -Wimplicit-fallthrough -Wextra-semi -Wsuggest-override
  -fstack-protector-strong
  # GCC 12 warns of overlaps that cannot happen in "literal" + std::string (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_compile_definitions(build_flags INTERFACE
  QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_USE_QSTRINGBUILDER
  QT_DISABLE_DEPRECATED_BEFORE=0x060400
  LIKENESS_VERSION="${PROJECT_VERSION}"
  $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>
  $<$<CONFIG:Debug>:QT_FORCE_ASSERTS _GLIBCXX_ASSERTIONS>)
if(LIKENESS_SANITIZE)
  target_compile_options(build_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(build_flags INTERFACE -fsanitize=address,undefined)
endif()
