# How programs of GoogleTest tests are built: unoptimised, and with its headers precompiled. Both halve
# what a test costs to compile; what is tested keeps its optimisation.
#
#   dermaga_test_program(<target>)   the settings for one program, made with add_executable()

function(dermaga_test_compilation target)
  target_link_libraries(${target} PRIVATE GTest::gmock GTest::gtest_main)
  target_compile_options(${target} PRIVATE ${DERMAGA_UNOPTIMISED} ${DERMAGA_PRECOMPILED_OPTIONS})
endfunction()

# Owns the precompiled headers; an executable, since libraries are compiled as -fPIC and tests as -fPIE.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/main.cpp CONTENT "int main() {}\n")
add_executable(precompiled_gtest EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled/main.cpp)
dermaga_test_compilation(precompiled_gtest)
target_precompile_headers(precompiled_gtest PRIVATE ${DERMAGA_PRECOMPILED} <gmock/gmock.h> <gtest/gtest.h>)

function(dermaga_test_program target)
  dermaga_test_compilation(${target})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${DERMAGA_WARNINGS})
  target_precompile_headers(${target} REUSE_FROM precompiled_gtest)
endfunction()
