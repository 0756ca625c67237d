# sas_proto(NAME sas_slots_proto DEPENDS sas_type_proto PROTOS sas/slots/v1/slot.proto …)
#
# One static library per proto package. Generated headers are system headers for their users, so that
# our warnings stay ours. SERVICES lists the protos that define services.
find_path(SAS_GOOGLE_RPC_DIR google/rpc/error_details.proto REQUIRED
  PATHS /usr/share/gocode/src/github.com/gogo/googleapis NO_DEFAULT_PATH)
find_path(SAS_GRPC_PROTO_DIR grpc/health/v1/health.proto REQUIRED PATHS /usr/share/grpc-proto
  NO_DEFAULT_PATH)

function(sas_proto)
  cmake_parse_arguments(ARG "" "NAME;ROOT" "PROTOS;SERVICES;DEPENDS" ${ARGN})
  set(root ${PROJECT_SOURCE_DIR}/proto)
  if(ARG_ROOT)
    set(root ${ARG_ROOT})
  endif()
  set(out ${PROJECT_BINARY_DIR}/generated/proto)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto IN LISTS ARG_PROTOS ARG_SERVICES)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(files ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(flags --cpp_out=${out})
    if(proto IN_LIST ARG_SERVICES)
      list(APPEND files ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND flags --grpc_out=${out}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(OUTPUT ${files}
      COMMAND protobuf::protoc -I${root} -I${PROJECT_SOURCE_DIR}/proto ${flags} ${root}/${proto}
      DEPENDS ${root}/${proto} VERBATIM)
    list(APPEND sources ${files})
  endforeach()
  add_library(${ARG_NAME} STATIC ${sources})
  target_include_directories(${ARG_NAME} SYSTEM PUBLIC ${out})
  target_link_libraries(${ARG_NAME} PUBLIC protobuf::libprotobuf gRPC::grpc++ ${ARG_DEPENDS})
endfunction()
