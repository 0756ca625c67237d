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
# Files of an rpc program are compiled eight together: at the end of each, the compiler instantiates
# what gRPC's stubs left pending (10 s of 13 s for regulation, with a precompiled header too). So two
# files of a program share no name in their unnamed namespaces.
function(sas_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  sas_target(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LINK} GTest::gtest_main GTest::gmock)
  if(ARG_LABEL STREQUAL "rpc")
    set_target_properties(${ARG_NAME} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  add_dependencies(sas_tests_${ARG_LABEL} ${ARG_NAME})
endfunction()
