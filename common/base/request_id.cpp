#include "common/base/request_id.h"

#include <string>

#include "common/base/status.h"

namespace sas::base {

absl::Status RequestIdReused(std::string_view request_id) {
  return InvalidField("request_id", "REQUEST_ID_REUSED",
                      "this request_id belongs to another request; a changed request needs a "
                      "new one",
                      {{"request_id", std::string(request_id)}});
}

}  // namespace sas::base
