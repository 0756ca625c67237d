#pragma once

namespace sas::bench {

/// `sas-bench fill`: a synthetic region into the ledger of a sas-slots that does not run yet,
/// through the service's own store, and, where other engines are asked too, the same slots and
/// questions as CSV files for these. One JSON line says how many of each there are.
int FillMain(int argc, char** argv);

}  // namespace sas::bench
