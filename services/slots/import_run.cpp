#include "services/slots/import_run.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/import_header.h"

namespace sas::slots {
namespace {

absl::Status PieceOrder(const char* message) {
  return base::Fail(absl::StatusCode::kInvalidArgument, "IMPORT_PIECE_ORDER", message);
}

/// What one of several streams of one import is told.
absl::Status Superseded() {
  return base::Fail(absl::StatusCode::kAborted, "IMPORT_SUPERSEDED",
                    "another stream goes on with this import; connect again and read its offset");
}

/// Ends a transaction that only checks; never leaves this file.
absl::Status OnlyChecked() {
  return base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "only checked");
}

std::string Joined(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) text += (text.empty() ? "" : " ") + code;
  return text;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t;,") == std::string_view::npos;
}

}  // namespace

/// One transaction's work. The transaction may run twice: each time begins with a fresh one.
struct ImportRun::Batch {
  ImportState next;
  LineCounts counts;
  std::set<std::string> touched;
  std::vector<v1::RefusedLine> refused;

  void Take(std::int64_t number, const LineResult& result, const LineImporter& importer) {
    counts.Add(result.outcome);
    if (result.outcome != LineOutcome::kRefused) return;
    if (next.report.refused_lines_size() >= kReportedLinesMax) return;
    refused.push_back(ToRefusedLine(number, result.refusal, importer.columns()));
    *next.report.add_refused_lines() = refused.back();
  }

  void Close(const std::vector<FileLine>& lines, bool last) {
    if (!lines.empty()) next.offset = lines.back().end;
    next.finished = last;
    v1::ImportTotals& totals = *next.report.mutable_totals();
    totals.set_line_count(totals.line_count() + static_cast<std::int64_t>(lines.size()));
    totals.set_applied_count(totals.applied_count() + counts.applied);
    totals.set_unchanged_count(totals.unchanged_count() + counts.unchanged);
    totals.set_refused_count(totals.refused_count() + counts.refused);
    totals.set_skipped_count(totals.skipped_count() + counts.skipped);
    v1::ImportProgress& progress = *next.report.mutable_progress();
    progress.set_offset(next.offset);
    progress.set_line_count(totals.line_count());
    progress.set_applied_count(totals.applied_count());
    progress.set_refused_count(totals.refused_count());
  }
};

ImportRun::ImportRun(
    SlotsStore& store, ImportMetrics& metrics, const base::Clock& clock, int horizon_days,
    std::function<void(const base::Call& call, const std::string& region)> on_change)
    : store_(store),
      metrics_(metrics),
      clock_(clock),
      horizon_days_(horizon_days),
      on_change_(std::move(on_change)) {}

absl::StatusOr<v1::ImportFileResponse> ImportRun::Take(const base::Call& call,
                                                       const v1::ImportFileRequest& request) {
  if (request.has_header()) return Begin(call, request.header());
  if (!begun_) return PieceOrder("the first message carries the header");
  if (ended_) return PieceOrder("the file has ended: nothing follows");
  if (request.piece_case() == v1::ImportFileRequest::kChunk) return Read(call, request.chunk());
  if (request.end()) return End(call);
  return PieceOrder("a message carries a chunk, or the end");
}

absl::StatusOr<v1::ImportFileResponse> ImportRun::Begin(const base::Call& call,
                                                        const v1::ImportHeader& header) {
  if (begun_) return PieceOrder("one stream carries one file");
  SAS_ASSIGN_OR_RETURN(ImportScope scope, CheckImportHeader(call, header, clock_.Now()));
  validate_only_ = header.validate_only();
  scope.horizon_days = horizon_days_;
  scope.validate_only = validate_only_;
  ImportState fresh;
  fresh.region = scope.region;
  fresh.import_id = header.import_id();
  fresh.format = header.format();
  fresh.territories = Joined(scope.wanted);
  state_ = fresh;
  if (!validate_only_) {
    SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(
          auto known, transaction.imports().GetImport(fresh.region, fresh.import_id, fresh.format));
      state_ = known ? *std::move(known) : fresh;
      return absl::OkStatus();
    }));
  }
  if (state_.territories != fresh.territories) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "IMPORT_ID_REUSED",
                      "this import has begun for other territories; use another import_id");
  }
  importer_ = MakeLineImporter(header.format(), scope);
  if (importer_->HasHeader() && !state_.header.empty()) {
    SAS_RETURN_IF_ERROR(importer_->ReadHeader(state_.header));
  }
  reader_ = LineReader(state_.offset, state_.report.progress().line_count());
  begun_ = true;
  v1::ImportFileResponse answer = state_.report;  // Refused lines too: their answer may be lost.
  answer.mutable_progress();
  if (!state_.finished) {
    answer.clear_totals();
    answer.clear_full_pilot_weeks();  // As yet: a later line may take a session away.
    answer.clear_pilot_weeks_truncated();
  }
  return answer;
}

absl::StatusOr<v1::ImportFileResponse> ImportRun::Read(const base::Call& call,
                                                       std::string_view bytes) {
  if (bytes.size() > kChunkBytesMax) {
    return base::InvalidField("chunk", "CHUNK_TOO_LARGE", "at most 256 kB a message");
  }
  if (state_.finished) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "IMPORT_FINISHED",
                      "this file is imported; use another import_id to import it anew");
  }
  if (state_.offset == 0) SAS_RETURN_IF_ERROR(CheckFirstBytes(bytes));
  v1::ImportFileResponse answer;
  std::vector<FileLine> lines;
  reader_.Feed(bytes);
  while (auto line = reader_.Next()) {
    lines.push_back(*std::move(line));
    if (lines.size() < kBatchLines) continue;
    SAS_RETURN_IF_ERROR(Commit(call, lines, false, answer));
    lines.clear();
  }
  if (!lines.empty()) SAS_RETURN_IF_ERROR(Commit(call, lines, false, answer));
  *answer.mutable_progress() = state_.report.progress();
  return answer;
}

absl::StatusOr<v1::ImportFileResponse> ImportRun::End(const base::Call& call) {
  v1::ImportFileResponse answer;
  if (!state_.finished) {
    std::vector<FileLine> lines;
    if (auto rest = reader_.Rest()) lines.push_back(*std::move(rest));
    SAS_RETURN_IF_ERROR(Commit(call, lines, true, answer));
    if (on_change_ && !validate_only_) on_change_(call, state_.region);
  }
  ended_ = true;
  *answer.mutable_progress() = state_.report.progress();
  *answer.mutable_totals() = state_.report.totals();
  *answer.mutable_full_pilot_weeks() = state_.report.full_pilot_weeks();
  answer.set_pilot_weeks_truncated(state_.report.pilot_weeks_truncated());
  return answer;
}

absl::Status ImportRun::Commit(const base::Call& call, const std::vector<FileLine>& lines,
                               bool last, v1::ImportFileResponse& answer) {
  Batch batch;
  bool checked = false;
  const absl::Status status = store_.Write(call, [&](SlotsTransaction& transaction) {
    batch = Batch();
    checked = false;
    SAS_RETURN_IF_ERROR(Work(transaction, lines, last, batch));
    checked = validate_only_;
    return validate_only_ ? OnlyChecked() : absl::OkStatus();
  });
  if (!status.ok() && !checked) return status;
  state_ = std::move(batch.next);
  for (v1::RefusedLine& line : batch.refused) *answer.add_refused_lines() = std::move(line);
  if (!validate_only_) metrics_.Count(batch.counts);
  return absl::OkStatus();
}

absl::Status ImportRun::Work(SlotsTransaction& transaction, const std::vector<FileLine>& lines,
                             bool last, Batch& batch) {
  if (!validate_only_) SAS_RETURN_IF_ERROR(CheckStillOurs(transaction));
  batch.next = state_;
  importer_->BeginBatch();
  for (const FileLine& line : lines) {
    SAS_ASSIGN_OR_RETURN(const LineResult result, ApplyLine(transaction, line, batch));
    batch.Take(line.number, result, *importer_);
  }
  SAS_RETURN_IF_ERROR(importer_->CountPilotWeeks(transaction, batch.next.report));
  batch.Close(lines, last);
  const bool many = batch.touched.count("") != 0 || batch.touched.size() > kSiteChangesMax;
  if (many) batch.touched = {""};
  for (const std::string& site : batch.touched) {
    SAS_RETURN_IF_ERROR(transaction.TouchSite(state_.region, site));
  }
  SAS_RETURN_IF_ERROR(Note(transaction, batch, last));
  return transaction.imports().PutImport(batch.next, clock_.Now());
}

absl::StatusOr<LineResult> ImportRun::ApplyLine(SlotsTransaction& transaction, const FileLine& line,
                                                Batch& batch) {
  if (line.too_long) {
    return RefusedLine(base::Fail(absl::StatusCode::kInvalidArgument, "LINE_TOO_LONG",
                                  "a line has at most 16 kB: is it the file of this format?"));
  }
  const auto text = LineToUtf8(line.text);
  const bool names_columns = importer_->HasHeader() && batch.next.header.empty();
  if (!text.ok())
    return names_columns ? absl::StatusOr<LineResult>(text.status()) : RefusedLine(text.status());
  if (IsBlank(*text)) return LineResult{};
  if (!names_columns) return importer_->Apply(transaction, *text, batch.touched);
  SAS_RETURN_IF_ERROR(importer_->ReadHeader(*text));
  batch.next.header = *text;
  return LineResult{};
}

absl::Status ImportRun::CheckStillOurs(SlotsTransaction& transaction) const {
  SAS_ASSIGN_OR_RETURN(const auto known, transaction.imports().GetImport(
                                             state_.region, state_.import_id, state_.format));
  const std::int64_t offset = known ? known->offset : 0;
  const std::int64_t lines = known ? known->report.progress().line_count() : 0;
  const bool ours = offset == state_.offset && lines == state_.report.progress().line_count() &&
                    !(known && known->finished);
  return ours ? absl::OkStatus() : Superseded();
}

absl::Status ImportRun::Note(SlotsTransaction& transaction, const Batch& batch, bool last) const {
  const std::string subject = base::JoinName({{"regions", state_.region}});
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  SAS_RETURN_IF_ERROR(transaction.journal().Audit(
      {"ImportFile", subject, state_.region,
       "format=" + number(state_.format) + ",import=" + state_.import_id +
           ",offset=" + number(batch.next.offset) + ",applied=" + number(batch.counts.applied) +
           ",unchanged=" + number(batch.counts.unchanged) + ",refused=" +
           number(batch.counts.refused) + ",skipped=" + number(batch.counts.skipped)}));
  if (!last) return absl::OkStatus();
  const auto applied = static_cast<std::int32_t>(batch.next.report.totals().applied_count());
  const bool plans = state_.format == v1::ImportHeader::FORMAT_SESSION_PLANS;
  const bool sites = state_.format == v1::ImportHeader::FORMAT_SITES ||
                     state_.format == v1::ImportHeader::FORMAT_FINESS;
  events::v1::Event event;
  event.set_type("territory.imported");
  event.set_subject(subject);
  event.set_region(state_.region);
  event.mutable_territory_change()->set_site_count(sites ? applied : 0);
  event.mutable_territory_change()->set_session_plan_count(plans ? applied : 0);
  return transaction.journal().Publish(
      {state_.region, event.type(), subject, event.SerializeAsString()});
}

}  // namespace sas::slots
