# add_process_test(<label>.<name> <script.py> [ARGS …] [TIMEOUT seconds] [LABELS extra …])
#
# LABELS: long for --long only; load for what the sanitizers run with --long only, since it is about the
# order of events and the machine's speed rather than about memory, or unit tests go the same ways.
#
# A test that starts real programs and drives them from Python; see tests/support/shop.py. Exit code
# 77 means skipped, with the reason printed.
find_program(DERMAGA_DEBIAN_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

function(add_process_test name script)
  cmake_parse_arguments(ARG "" "TIMEOUT" "ARGS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  string(REGEX REPLACE "\\..*" "" label ${name})
  add_test(NAME ${name}
    COMMAND ${DERMAGA_DEBIAN_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES
    LABELS "${label};${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77 RUN_SERIAL ON
    ENVIRONMENT "DERMAGA_BUILD=${CMAKE_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1;PYTHONUNBUFFERED=1")
endfunction()
