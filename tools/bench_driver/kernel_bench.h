#pragma once

namespace sas::bench {

/// `sas-bench kernel`: the search in this process, without gRPC. One line of JSON for each number
/// of slots; exit code.
int KernelMain(int argc, char** argv);

}  // namespace sas::bench
