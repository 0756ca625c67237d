#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <thread>

#include "common/base/status.h"
#include "sas/slots/v1/import_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl import: a file of a whole region, piece by piece, going on where it stopped.
namespace sasctl {
namespace {

constexpr std::size_t kChunkBytes = 128 * 1024;
constexpr int kAttemptsMax = 10;  ///< Without progress.
constexpr std::chrono::milliseconds kPause{500};
constexpr int kRefusedLeaves = 1;  ///< Exit code when lines were refused.

const std::map<std::string, slots::ImportHeader::Format>& Formats() {
  static const std::map<std::string, slots::ImportHeader::Format> kFormats = {
      {"finess", slots::ImportHeader::FORMAT_FINESS},
      {"communes", slots::ImportHeader::FORMAT_COMMUNES},
      {"sites", slots::ImportHeader::FORMAT_SITES},
      {"plans", slots::ImportHeader::FORMAT_SESSION_PLANS}};
  return kFormats;
}

struct Options {
  std::string path;
  std::string format;
  std::string import_id;
  std::vector<std::string> territories;
  bool validate_only = false;
};

std::int64_t SizeOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) Suite::Usage("cannot read " + path);
  return file.tellg();
}

/// The same bytes are the same import: a changed file begins anew and never goes on in the middle
/// of another one.
std::string IdOfContent(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  std::vector<char> piece(kChunkBytes);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    EVP_DigestUpdate(digest.get(), piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr);
  constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (std::size_t i = 0; i < 16; ++i) {
    id += kHex[sum.at(i) >> 4U];
    id += kHex[sum.at(i) & 15U];
  }
  return id;
}

class Importer {
 public:
  Importer(Suite& suite, Options options)
      : suite_(suite),
        options_(std::move(options)),
        size_(SizeOf(options_.path)),
        stub_(slots::ImportService::NewStub(suite.ChannelTo(suite.endpoints().slots))) {
    if (options_.import_id.empty()) options_.import_id = IdOfContent(options_.path);
  }

  /// All that was told: progress, refused lines, totals, full weeks of pilots.
  const slots::ImportFileResponse& Run() {
    for (int attempt = 1;; ++attempt) {
      const std::int64_t before = told_.progress().offset();
      const absl::Status status = Once();
      if (status.ok() && told_.has_totals()) break;
      if (told_.progress().offset() > before) attempt = 1;
      if (!MayGoOn(status) || attempt >= kAttemptsMax) suite_.Refuse(status);
      std::cerr << "\nthe connection broke; going on\n";
      std::this_thread::sleep_for(kPause * attempt);
    }
    std::cerr << "\n";
    return told_;
  }

 private:
  using Stream = grpc::ClientReaderWriter<slots::ImportFileRequest, slots::ImportFileResponse>;

  // A service that is away, drains or was killed will be back; what it refuses by a reason of its
  // own will be refused again.
  static bool MayGoOn(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsAborted(status) ||
           absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status) ||
           base::ReasonOf(status).rfind("PEER_", 0) == 0;  // Said by the transport.
  }

  absl::Status Once() {
    grpc::ClientContext context;
    context.AddMetadata("authorization", suite_.Authorization(base::Role::kPlanner));
    const std::unique_ptr<Stream> stream = stub_->ImportFile(&context);
    if (Begin(*stream) && Send(*stream)) {
      slots::ImportFileRequest end;
      end.set_end(true);
      Ask(*stream, end);
      stream->WritesDone();
    }
    return sas::rpc::FromGrpc(stream->Finish());
  }

  bool Begin(Stream& stream) {
    slots::ImportFileRequest request;
    slots::ImportHeader& header = *request.mutable_header();
    header.set_parent(suite_.Parent());
    header.set_format(Formats().at(options_.format));
    header.set_import_id(options_.import_id);
    header.set_validate_only(options_.validate_only);
    for (const std::string& code : options_.territories) header.add_territories(code);
    told_.Clear();  // The first answer tells all refused lines of the part that is done.
    return Ask(stream, request);
  }

  bool Send(Stream& stream) {
    if (told_.has_totals()) return true;  // Done before.
    std::ifstream file(options_.path, std::ios::binary);
    file.seekg(told_.progress().offset());
    slots::ImportFileRequest request;
    std::string piece(kChunkBytes, '\0');
    while (true) {
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      if (file.gcount() == 0) return true;
      request.set_chunk(piece.data(), static_cast<std::size_t>(file.gcount()));
      if (!Ask(stream, request)) return false;
      Show();
    }
  }

  bool Ask(Stream& stream, const slots::ImportFileRequest& request) {
    slots::ImportFileResponse answer;
    if (!stream.Write(request) || !stream.Read(&answer)) return false;
    *told_.mutable_progress() = answer.progress();
    told_.mutable_refused_lines()->MergeFrom(answer.refused_lines());
    if (answer.has_totals()) {
      *told_.mutable_totals() = answer.totals();
      *told_.mutable_full_pilot_weeks() = answer.full_pilot_weeks();  // All of them, each time.
      told_.set_pilot_weeks_truncated(answer.pilot_weeks_truncated());
    }
    return true;
  }

  void Show() const {
    const auto& progress = told_.progress();
    const std::int64_t share = size_ == 0 ? 100 : progress.offset() * 100 / size_;
    std::cerr << "\r" << share << " %  " << progress.line_count() << " lines, "
              << progress.applied_count() << " applied, " << progress.refused_count() << " refused"
              << std::flush;
  }

  Suite& suite_;
  Options options_;
  const std::int64_t size_;
  const std::unique_ptr<slots::ImportService::Stub> stub_;
  slots::ImportFileResponse told_;
};

void Print(const slots::ImportFileResponse& told, bool validate_only) {
  const slots::ImportTotals& totals = told.totals();
  if (told.refused_lines_size() > 0) {
    Table table({"LIGNE", "COLONNE", "MOTIF", "QUE FAIRE"});
    for (const slots::RefusedLine& line : told.refused_lines()) {
      table.Row({std::to_string(line.line()), line.field(), line.reason(), line.message()});
    }
    table.Print();
  }
  if (totals.refused_count() > told.refused_lines_size()) {
    std::cout << "and " << totals.refused_count() - told.refused_lines_size()
              << " more refused lines\n";
  }
  std::cout << totals.line_count() << " lines: " << totals.applied_count()
            << (validate_only ? " would be applied, " : " applied, ") << totals.unchanged_count()
            << " unchanged, " << totals.refused_count() << " refused, " << totals.skipped_count()
            << " passed over\n";
  std::string site;
  for (const slots::PilotWeek& week : told.full_pilot_weeks()) {
    if (week.site() != site) std::cout << week.site() << "\n";
    site = week.site();
    std::cout << "  ! " << week.explanation() << "\n";
  }
  if (told.pilot_weeks_truncated()) std::cout << "  ! and more weeks of pilots\n";
}

}  // namespace

void AddImportCommands(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand(
      "import", "Imports a file of a region; leaves with 1 when lines were refused");
  auto options = std::make_shared<Options>();
  sub->add_option("file", options->path, "File as services/slots/README.md describes it")
      ->required();
  sub->add_option("--format", options->format, "finess, communes, sites or plans")
      ->required()
      ->check(CLI::IsMember({"finess", "communes", "sites", "plans"}));
  sub->add_option("--import-id", options->import_id,
                  "Name of this import, to go on with it; by the file's content unless given");
  sub->add_option("--territories", options->territories,
                  "SAS territories to take, for example 85,44; all of yours unless given")
      ->delimiter(',');
  sub->add_flag("--validate-only", options->validate_only, "Only check: nothing is written");
  sub->callback([&suite, options] {
    Importer importer(suite, *options);
    const slots::ImportFileResponse& told = importer.Run();
    if (suite.json()) {
      PrintJson(told);
    } else {
      Print(told, options->validate_only);
    }
    if (told.totals().refused_count() > 0) throw CLI::RuntimeError(kRefusedLeaves);
  });
}

}  // namespace sasctl
