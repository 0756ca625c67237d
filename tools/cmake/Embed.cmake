# sas_embed(NAME slots_scripts NAMESPACE sas::slots::scripts FILES scripts/hold.lua …)
#
# Makes the INTERFACE library NAME with the header "embedded/NAME.h": one std::string_view per file
# (hold_lua for hold.lua) and `kFiles`, the list of {file name, content} in the order given. A binary
# and its scripts or migrations can then never disagree.
function(sas_embed)
  cmake_parse_arguments(ARG "" "NAME;NAMESPACE" "FILES" ${ARGN})
  set(header ${PROJECT_BINARY_DIR}/generated/embedded/${ARG_NAME}.h)
  set(inputs)
  foreach(file IN LISTS ARG_FILES)
    list(APPEND inputs ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DNAMESPACE=${ARG_NAMESPACE} "-DFILES=${inputs}"
            -P ${PROJECT_SOURCE_DIR}/tools/cmake/EmbedFiles.cmake
    DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/tools/cmake/EmbedFiles.cmake VERBATIM)
  add_custom_target(${ARG_NAME}_header DEPENDS ${header})
  add_library(${ARG_NAME} INTERFACE)
  add_dependencies(${ARG_NAME} ${ARG_NAME}_header)
  target_include_directories(${ARG_NAME} INTERFACE ${PROJECT_BINARY_DIR}/generated)
endfunction()
