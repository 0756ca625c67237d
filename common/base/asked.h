#pragma once

#include "common/base/call.h"

namespace sas::base {

/// A request with the call that it came by.
template <typename Request>
struct Asked {
  const Call& call;
  const Request& request;
};

}  // namespace sas::base
