# dermaga_embed_openapi(<file.yaml> <namespace>): sets openapi_cpp to a source that defines
# dermaga::<namespace>::kOpenApiJson, the description as compact JSON; Debian's python3-yaml
# converts it.
find_program(DERMAGA_DEBIAN_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
set(DERMAGA_EMBED_OPENAPI ${CMAKE_CURRENT_LIST_DIR}/embed_openapi.py)

function(dermaga_embed_openapi yaml namespace)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/openapi.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${DERMAGA_DEBIAN_PYTHON} ${DERMAGA_EMBED_OPENAPI} ${yaml} ${namespace} ${source}
    DEPENDS ${DERMAGA_EMBED_OPENAPI} ${yaml})
  set(openapi_cpp ${source} PARENT_SCOPE)
endfunction()
