# Debian 12 packages only. Each oddity of these exact versions is named where it bites.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(CURL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)  # Ships no version file: never ask for one.

# find_package(Hiredis) aborts: the package's version file is broken.
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)

# The allocator of released services, and of the load driver that is measured beside them: with
# glibc's, a room of ten thousand dossiers spent a third of its time in malloc. Not of what tests run:
# libfaketime, by which they move the wall clock, and jemalloc do not go together, and sanitizers bring
# their own.
add_library(sas_allocator INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL Release)
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
  target_link_libraries(sas_allocator INTERFACE PkgConfig::JEMALLOC)
endif()

# SOCI ships neither CMake nor pkg-config files; its headers need Boost.
find_package(Boost REQUIRED)
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE3 soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL soci_postgresql REQUIRED)
add_library(sas_soci INTERFACE)
target_include_directories(sas_soci SYSTEM INTERFACE /usr/include/soci)
target_link_libraries(sas_soci INTERFACE ${SOCI_CORE} ${SOCI_SQLITE3} ${SOCI_POSTGRESQL}
  SQLite::SQLite3 PostgreSQL::PostgreSQL Boost::headers ${CMAKE_DL_LIBS})

if(NOT SAS_CORE_ONLY)
  find_package(Protobuf REQUIRED)  # Module mode, and before gRPC.
  find_package(gRPC CONFIG REQUIRED)
endif()
if(SAS_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  include(GoogleTest)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
