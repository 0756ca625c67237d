#include "services/regulation/domain/delegation.h"

#include <algorithm>
#include <array>
#include <set>

#include "common/base/status.h"
#include "common/care/nomenclature.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kDoctorProfession = "10";
constexpr std::string_view kDoctor = "médecin";
constexpr char kMotifNotAsked[] = "M07.00";
constexpr std::size_t kActCodeMax = 40;
constexpr std::size_t kActLabelMax = 120;
constexpr std::array kDelegates{base::Role::kCoordinatingNurse, base::Role::kMedicalAssistant,
                                base::Role::kSpecialisedNurse, base::Role::kSecretariat,
                                base::Role::kProfessional};

template <typename List, typename Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool IsActCode(std::string_view code) {
  return !code.empty() && code.size() <= kActCodeMax &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// TRE_G15: two digits, the first ones not 0.
bool IsProfession(std::string_view code) {
  return code.size() == 2 && code[0] >= '1' && code[0] <= '9' && code[1] >= '0' && code[1] <= '9';
}

const DelegatedAct* FindAct(const Protocol& protocol, std::string_view code) {
  for (const DelegatedAct& act : protocol.delegated_acts) {
    if (act.code == code) return &act;
  }
  return nullptr;
}

// "specialised_nurse (60), coordinating_nurse" and always a doctor.
std::string WhoMay(const DelegatedAct* act) {
  std::string who(kDoctor);
  if (act == nullptr) return who;
  for (const base::Role role : act->roles) who += ", " + std::string(base::RoleName(role));
  if (act->profession_codes.empty()) return who;
  who += " (";
  for (const std::string& code : act->profession_codes) {
    who += (who.back() == '(' ? "" : " ") + code;
  }
  return who + ")";
}

absl::Status NotDelegated(std::string_view code, const char* why, const DelegatedAct* act) {
  return base::Fail(absl::StatusCode::kPermissionDenied, "ACT_NOT_DELEGATED",
                    "the protocol of délégation in force does not leave this act to you for this "
                    "patient: hand it to one of those who may, or escalate",
                    {{"act", std::string(code)}, {"why", why}, {"who", WhoMay(act)}});
}

bool MotifFits(const std::vector<std::string>& motifs, const std::string& motif) {
  return motifs.empty() || Has(motifs, motif);
}

class ActsChecker {
 public:
  explicit ActsChecker(const Protocol& protocol) : protocol_(protocol) {}

  std::vector<ProtocolFault> Run() {
    const auto& acts = protocol_.delegated_acts;
    if (acts.empty()) {
      Fault("delegated_acts", "DELEGATED_ACT_REQUIRED", "a délégation names its acts");
    }
    if (acts.size() > kDelegatedActsMax) {
      Fault("delegated_acts", "TOO_MANY_ITEMS",
            "at most " + std::to_string(kDelegatedActsMax) + " acts");
    }
    CheckVital(protocol_.motif_codes, "motif_codes");
    for (std::size_t i = 0; i < acts.size(); ++i) {
      CheckAct(acts[i], "delegated_acts[" + std::to_string(i) + "]");
    }
    return std::move(faults_);
  }

 private:
  void Fault(const std::string& field, const char* reason, const std::string& message) {
    faults_.push_back({field, reason, message});
  }

  void CheckAct(const DelegatedAct& act, const std::string& field) {
    if (!IsActCode(act.code)) {
      Fault(field + ".code", "INVALID_ID", "1 to 40 of A-Z, 0-9 and _");
    } else if (!codes_.insert(act.code).second) {
      Fault(field + ".code", "ID_TWICE", act.code + " stands twice");
    }
    const std::size_t label = CharactersOf(act.label);
    if (label == 0) Fault(field + ".label", "TEXT_REQUIRED", "must not be empty");
    if (label > kActLabelMax) Fault(field + ".label", "TEXT_TOO_LONG", "at most 120 characters");
    CheckMotifs(act.motif_codes, field + ".motif_codes");
    CheckRoles(act.roles, field + ".roles");
    if (act.profession_codes.size() > kProfessionsOfActMax) {
      Fault(field + ".profession_codes", "TOO_MANY_ITEMS", "at most 20 professions");
    }
    for (std::size_t i = 0; i < act.profession_codes.size(); ++i) {
      if (IsProfession(act.profession_codes[i])) continue;
      Fault(field + ".profession_codes[" + std::to_string(i) + "]", "UNKNOWN_CODE",
            "a TRE_G15 profession has two digits, for example 60");
    }
  }

  void CheckMotifs(const std::vector<std::string>& motifs, const std::string& field) {
    if (motifs.size() > kMotifsOfProtocolMax) {
      Fault(field, "TOO_MANY_ITEMS", "at most 30 motifs");
    }
    for (std::size_t i = 0; i < motifs.size(); ++i) {
      const std::string path = field + "[" + std::to_string(i) + "]";
      if (const absl::Status known = care::CheckMotif(motifs[i], path); !known.ok()) {
        Fault(path, "UNKNOWN_CODE", std::string(base::FromAbsl(known.message())));
      }
    }
    CheckVital(motifs, field);
  }

  void CheckVital(const std::vector<std::string>& motifs, const std::string& field) {
    for (std::size_t i = 0; i < motifs.size(); ++i) {
      if (!care::IsVitalMotif(motifs[i])) continue;
      Fault(field + "[" + std::to_string(i) + "]", "VITAL_MOTIF_DELEGATED",
            "an act on a vital motif is a doctor's");
    }
  }

  void CheckRoles(const std::vector<base::Role>& roles, const std::string& field) {
    if (roles.empty()) Fault(field, "ROLE_REQUIRED", "say who may close it");
    std::set<base::Role> seen;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const std::string path = field + "[" + std::to_string(i) + "]";
      if (!Has(kDelegates, roles[i])) {
        Fault(path, "ROLE_NOT_DELEGABLE",
              "COORDINATING_NURSE, MEDICAL_ASSISTANT, SPECIALISED_NURSE, SECRETARIAT or "
              "PROFESSIONAL");
      } else if (!seen.insert(roles[i]).second) {
        Fault(path, "ID_TWICE", "the role stands twice");
      }
    }
  }

  const Protocol& protocol_;
  std::set<std::string> codes_;
  std::vector<ProtocolFault> faults_;
};

}  // namespace

bool IsDoctor(const base::Actor& actor) {
  return base::IsRegulator(actor.role) || actor.profession == kDoctorProfession;
}

std::vector<ProtocolFault> CheckDelegatedActs(const Protocol& protocol) {
  return ActsChecker(protocol).Run();
}

absl::Status CheckActAsked(const Protocol& protocol, std::string_view code, base::Role role) {
  const DelegatedAct* act = FindAct(protocol, code);
  if (act == nullptr) return NotDelegated(code, "ACT", act);
  // A doctor may be asked anything; whether he is one shows when he closes it.
  const bool doctors = base::IsRegulator(role) || role == base::Role::kEffecteur;
  return doctors || Has(act->roles, role) ? absl::OkStatus() : NotDelegated(code, "ROLE", act);
}

absl::Status CheckActClosed(const Protocol& protocol, std::string_view code,
                            const base::Actor& actor, const Facts& facts) {
  const DelegatedAct* act = FindAct(protocol, code);
  if (act == nullptr) return NotDelegated(code, "ACT", act);
  if (!Has(act->roles, actor.role)) return NotDelegated(code, "ROLE", act);
  if (!act->profession_codes.empty() && !Has(act->profession_codes, actor.profession)) {
    return NotDelegated(code, "PROFESSION", act);
  }
  const bool known = !facts.motif_code.empty() && facts.motif_code != kMotifNotAsked;
  if (!known || care::IsVitalMotif(facts.motif_code) ||
      !MotifFits(protocol.motif_codes, facts.motif_code) ||
      !MotifFits(act->motif_codes, facts.motif_code)) {
    return NotDelegated(code, "MOTIF", act);
  }
  // In a triage what is unknown excludes no sign; here it leaves the act to the doctor.
  if (In(protocol.audience, facts) != Belongs::kYes || In(act->audience, facts) != Belongs::kYes) {
    return NotDelegated(code, "PATIENT", act);
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
