#pragma once

#include <string>
#include <vector>

#include "sas/regulation/v1/protocol.pb.h"
#include "sas/regulation/v1/triage.pb.h"
#include "services/regulation/domain/protocol.h"
#include "services/regulation/domain/protocol_evaluator.h"
#include "services/regulation/domain/protocol_life.h"

/// Between the messages of protocols and triages and the values of the rules.
namespace sas::regulation {

inline constexpr char kVersionName[] = "regions/*/scopes/*/protocols/*/versions/*";
inline constexpr char kProtocolName[] = "regions/*/scopes/*/protocols/*";

Protocol ToValue(const v1::Protocol& proto);
Facts ToValue(const v1::TriageFacts& proto);

/// An answer without a value is left out: it was not asked.
std::vector<Answer> ToValues(const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers);
v1::TriageResult ToProto(const TriageResult& result);

VersionTimes TimesOf(const v1::Protocol& proto);

/// `regions/…/protocols/…` of the name of a version.
std::string ProtocolOfVersion(const std::string& version_name);
/// Scope of the name of a protocol or version.
std::string ScopeOf(const std::string& name);

/// What a file may say of a version, without what the server keeps on it: equal for equal files.
v1::Protocol WrittenPart(const v1::Protocol& proto);

}  // namespace sas::regulation
