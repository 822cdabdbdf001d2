# Compiler, linker and sanitizer settings that hold for every target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# Asserted invariants (CHECK) stay on in every build, so NDEBUG only silences the libraries.
# -g1 keeps line numbers for stack traces at a fraction of the link time and disk of -g.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

# What the sanitizers check is the same at -O1, and it compiles sooner.
set(CMAKE_CXX_FLAGS_SANITIZED "-O1 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_SANITIZED "-O1 -g1 -DNDEBUG")

# For tests only, which are costly to compile and run once. Not for any file of a program: where two files
# instantiate the same template the linker keeps one copy, and may keep the slow one for all.
set(DERMAGA_UNOPTIMISED -O0 -U_FORTIFY_SOURCE)

set(DERMAGA_SANITIZE "" CACHE STRING "Comma-separated sanitizers, as clang's -fsanitize= takes them")
option(DERMAGA_FUZZ "Build the libFuzzer targets too; DERMAGA_SANITIZE has fuzzer-no-link" OFF)

find_program(DERMAGA_CCACHE ccache)
if(DERMAGA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DERMAGA_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${DERMAGA_CCACHE})
  # ccache compares precompiled headers by their content only when told so.
  list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
endif()

# -pthread everywhere, as gRPC asks of its users: precompiled headers serve one set of options.
add_compile_options(-fstack-protector-strong -pthread)
add_link_options(-fuse-ld=lld-19 -Wl,-z,relro,-z,now)
if(DERMAGA_SANITIZE)
  add_compile_options(-fsanitize=${DERMAGA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DERMAGA_SANITIZE})
else()
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

# Only our own targets get these; see add_module().
set(DERMAGA_WARNINGS
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wextra-semi -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
