# hiredis.pc adds this to its users only, which would make precompiled headers disagree.
add_compile_definitions(_FILE_OFFSET_BITS=64)

add_library(sas_warnings INTERFACE)
target_compile_options(sas_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# g++ 12 sees an overlap in every `"text" + std::string` it inlines (GCC bug 105651).
target_compile_options(sas_warnings INTERFACE $<$<CONFIG:Release>:-Wno-restrict>)

if(SAS_SANITIZE)
  # SOCI hides a typeinfo that -fsanitize=vptr needs.
  add_compile_options(-fsanitize=${SAS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(SAS_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr)
  endif()
  add_link_options(-fsanitize=${SAS_SANITIZE})
endif()

# A library or program of ours: warnings are errors, includes start at the project's root.
function(sas_target name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${name} PRIVATE sas_warnings)
endfunction()
