#pragma once

#include <string>

namespace sas::regulation {

/// What a platform of téléexpertise is told: codes, and nothing of the patient. Also the key by
/// which a repeat is recognised.
struct ExpertiseNotice {
  std::string case_ref;
  std::string specialty;
  std::string territory;
};

struct ExpertiseOutcome {
  enum class Kind {
    kAccepted,  ///< The platform knows the reference.
    kRefused,   ///< It will never take it.
    kNotTaken,  ///< It has not, or perhaps; try again under the same reference.
  };

  Kind kind = Kind::kNotTaken;
  std::string reason;  ///< For the log: a code.
};

/// The way to a platform. Used by one thread at a time; blocks at most 10 s.
class ExpertiseClient {
 public:
  virtual ~ExpertiseClient() = default;
  virtual ExpertiseOutcome Announce(const ExpertiseNotice& notice) = 0;
};

}  // namespace sas::regulation
