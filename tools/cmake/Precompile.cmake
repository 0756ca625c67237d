# What nearly every file of a service includes, read once and not once for each file: half of the time that
# a file takes at -O0. Optimised, g++ 12 warns of what it inlines from such a header, wrongly and where
# no system header would be blamed: these builds go without. A file that lacks an include of its own would
# fail there alone, so tools/check_includes.py looks for it; not for headers of protos, which those builds find.
option(SAS_PRECOMPILE "Precompiled headers for the services, for builds that do not optimise" OFF)

# sas_precompile(slots_hot SHARED_BY slots_store … HEADERS sas/slots/v1/slot_service.pb.h …)
#
# The libraries that share it must be compiled with the same flags and definitions.
function(sas_precompile owner)
  cmake_parse_arguments(ARG "" "" "SHARED_BY;HEADERS" ${ARGN})
  if(NOT SAS_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(${owner} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <set> <string>
    <string_view> <utility> <vector> <absl/status/statusor.h> <absl/strings/str_cat.h>
    <soci/soci.h> <common/base/status.h> <common/ledger/journal.h> <common/rpc/serve_unary.h>)
  foreach(header IN LISTS ARG_HEADERS)
    target_precompile_headers(${owner} PRIVATE <${header}>)
  endforeach()
  foreach(library IN LISTS ARG_SHARED_BY)
    target_precompile_headers(${library} REUSE_FROM ${owner})
  endforeach()
endfunction()
