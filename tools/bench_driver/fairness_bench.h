#pragma once

namespace sas::bench {

/// `sas-bench fairness`: simulated requests on the territories of deploy/demo, answered by the
/// rotation of the search, by the nearest and by the earliest slot. In process, over the rules
/// alone; nothing else is measured, so the figures are the same on every machine. The last line is
/// one JSON object.
int FairnessMain(int argc, char** argv);

}  // namespace sas::bench
