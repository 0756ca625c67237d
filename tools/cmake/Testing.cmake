# `sas_tests_unit` and so on build all programs of a label: tools/test --quick needs no more.
if(SAS_BUILD_TESTS)
  foreach(label unit contract rpc e2e)
    add_custom_target(sas_tests_${label})
  endforeach()
endif()

# sas_test(NAME status_test LABEL unit SOURCES common/status_test.cpp LINK sas_base)
#
# One program per test file group; each test case becomes one CTest with the label
# unit (pure, milliseconds) | contract (stores on real engines) | rpc (in-process server) | e2e.
# PRECOMPILE names the fixture that most of the files include: gRPC's headers are read once.
function(sas_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT;PRECOMPILE" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  sas_target(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LINK} GTest::gtest_main GTest::gmock)
  if(ARG_PRECOMPILE)
    target_precompile_headers(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/${ARG_PRECOMPILE})
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  add_dependencies(sas_tests_${ARG_LABEL} ${ARG_NAME})
endfunction()
