# The standard headers that most files include, parsed once for all modules: a quarter of the time that
# a file of ours takes to compile. A file still includes what it uses: house.includes and
# house.headers_alone do not see these.
#
#   dermaga_precompile(<target>)             for a library of C++ with the common options
#   dermaga_precompile(<target> UNOPTIMISED) for one with DERMAGA_UNOPTIMISED

set(DERMAGA_PRECOMPILED
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstddef> <cstdint> <cstring> <deque>
  <expected> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view>
  <thread> <unordered_map> <utility> <variant> <vector>)

# -fpch-instantiate-templates: what the headers instantiate (std::string, say) is made once as well.
set(DERMAGA_PRECOMPILED_OPTIONS "SHELL:-Xclang -fno-pch-timestamp" -fpch-instantiate-templates)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/nothing.cpp CONTENT "\n")
foreach(owner precompiled_std precompiled_std_unoptimised)
  add_library(${owner} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled/nothing.cpp)
  target_compile_options(${owner} PRIVATE ${DERMAGA_PRECOMPILED_OPTIONS})
  target_precompile_headers(${owner} PRIVATE ${DERMAGA_PRECOMPILED})
endforeach()
target_compile_options(precompiled_std_unoptimised PRIVATE ${DERMAGA_UNOPTIMISED})

function(dermaga_precompile target)
  set(owner precompiled_std)
  if("UNOPTIMISED" IN_LIST ARGN)
    set(owner precompiled_std_unoptimised)
  endif()
  target_compile_options(${target} PRIVATE ${DERMAGA_PRECOMPILED_OPTIONS})
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
