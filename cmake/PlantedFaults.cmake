# Programs with planted faults (base/planted): the sources that have any are compiled a second time,
# unoptimised, with DERMAGA_PLANTED. Everything else is the object code of the normal build. That costs
# a dozen files instead of a second build tree, and what is tested is what is shipped but for the
# faults: the linker takes a symbol from an archive only when no object file has it.

# Called by add_module() for a module with planted faults.
function(dermaga_plant target)
  if(DERMAGA_SANITIZE)
    return()
  endif()
  add_library(${target}_planted OBJECT EXCLUDE_FROM_ALL ${ARGN})
  target_compile_definitions(${target}_planted PRIVATE DERMAGA_PLANTED)
  target_compile_options(${target}_planted PRIVATE ${DERMAGA_WARNINGS} ${DERMAGA_UNOPTIMISED})
  dermaga_precompile(${target}_planted UNOPTIMISED)
  target_include_directories(${target}_planted PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_link_libraries(${target}_planted PRIVATE ${target} $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)
  set_property(GLOBAL APPEND PROPERTY DERMAGA_PLANTED_OBJECTS ${target}_planted)
endfunction()

# add_planted_program(<program> <sources> LIKE <other program> WITHOUT <source of its that is left out>)
#   the other program's objects, all planted ones, and the sources, which may switch a fault on.
function(add_planted_program program)
  cmake_parse_arguments(ARG "" "LIKE;WITHOUT" "" ${ARGN})
  if(DERMAGA_SANITIZE)
    return()
  endif()
  string(REPLACE "." "\\." left_out "/${ARG_WITHOUT}.o$")
  add_executable(${program} ${ARG_UNPARSED_ARGUMENTS}
    $<FILTER:$<TARGET_OBJECTS:${ARG_LIKE}>,EXCLUDE,${left_out}>)
  get_property(planted GLOBAL PROPERTY DERMAGA_PLANTED_OBJECTS)
  foreach(objects IN LISTS planted)
    target_sources(${program} PRIVATE $<TARGET_OBJECTS:${objects}>)
  endforeach()
  target_compile_definitions(${program} PRIVATE DERMAGA_PLANTED)
  target_compile_options(${program} PRIVATE ${DERMAGA_WARNINGS} ${DERMAGA_UNOPTIMISED})
  target_link_libraries(${program} PRIVATE $<TARGET_PROPERTY:${ARG_LIKE},LINK_LIBRARIES>)
endfunction()
