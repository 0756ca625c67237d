#include "tests/rpc/slots_import/import_fixture.h"

#include <algorithm>

#include "common/sql/migrate.h"
#include "services/slots/roles.h"

namespace sas::slots {

void ImportTest::SetUp() {
  Restart();
}

void ImportTest::TearDown() {
  server_->Stop([this] { service_->CloseStreams(); });
}

void ImportTest::Restart() {
  if (server_ != nullptr) server_->Stop([this] { service_->CloseStreams(); });
  stub_.reset();
  service_.reset();
  server_.reset();
  store_.reset();
  database_.reset();
  sql::Database::Options ledger;
  ledger.url = file_.url();
  auto opened = sql::Database::Open(ledger, clock_);
  ASSERT_THAT(opened, IsOk());
  database_ = *std::move(opened);
  ASSERT_THAT(
      sql::Migrate(*database_, base::InternalCall("migrate", clock_, std::chrono::seconds(30)),
                   SlotsMigrations()),
      IsOk());
  store_ = std::make_unique<SqlSlotsStore>(*database_, clock_);
  testing::InProcessServer::Options options;
  options.clock = &clock_;
  server_ = std::make_unique<testing::InProcessServer>(options);
  service_ = std::make_unique<ImportService>(
      server_->runtime(), *store_, server_->metrics(), kHorizonDays,
      [this](const base::Call&, const std::string& region) { changes_.push_back(region); });
  AllowImportMethods(server_->roles());
  ASSERT_THAT(server_->Start({service_.get()}, {v1::ImportService::service_full_name()}), IsOk());
  stub_ = v1::ImportService::NewStub(server_->Channel());
}

FileTold ImportTest::Send(const FileSent& file) {
  grpc::ClientContext context;
  server_->Authorize(context, file.actor, std::chrono::seconds(150));
  const auto stream = stub_->ImportFile(&context);
  FileTold told;
  const auto ask = [&](const v1::ImportFileRequest& request) {
    told.last.Clear();
    if (!stream->Write(request) || !stream->Read(&told.last)) return false;
    told.refused.insert(told.refused.end(), told.last.refused_lines().begin(),
                        told.last.refused_lines().end());
    return true;
  };
  v1::ImportFileRequest request;
  request.mutable_header()->set_parent(std::string("regions/") + kRegion);
  request.mutable_header()->set_format(file.format);
  request.mutable_header()->set_import_id(file.import_id);
  request.mutable_header()->set_validate_only(file.validate_only);
  for (const auto& code : file.territories) request.mutable_header()->add_territories(code);
  bool well = ask(request);
  told.first = told.last;
  told.resumed_at = told.first.progress().offset();
  int chunks = 0;
  for (std::size_t at = static_cast<std::size_t>(told.resumed_at);
       well && !told.last.has_totals() && at < file.bytes.size(); at += file.chunk) {
    if (chunks++ == file.break_after) {
      request.set_chunk(file.bytes.substr(at, file.chunk));
      stream->Write(request);  // Applied or not: nobody will tell.
      context.TryCancel();
      told.status = rpc::FromGrpc(stream->Finish());
      return told;
    }
    request.set_chunk(file.bytes.substr(at, file.chunk));
    well = ask(request);
  }
  request.set_end(true);
  if (well) ask(request);
  stream->WritesDone();
  told.status = rpc::FromGrpc(stream->Finish());
  return told;
}

FileTold ImportTest::SendWell(const FileSent& file) {
  FileTold told = Send(file);
  EXPECT_THAT(told.status, IsOk());
  const v1::ImportTotals& totals = told.last.totals();
  EXPECT_EQ(totals.line_count(), totals.applied_count() + totals.unchanged_count() +
                                     totals.refused_count() + totals.skipped_count());
  return told;
}

void ImportTest::ImportCommunes() {
  FileSent file;
  file.bytes = kCommunes;
  file.format = v1::ImportHeader::FORMAT_COMMUNES;
  EXPECT_EQ(SendWell(file).last.totals().applied_count(), 5);
}

Directory ImportTest::Read() {
  return Got([&](SlotsTransaction& transaction) {
    return ReadDirectory(transaction, kRegion, clock_.Now());
  });
}

RegionState ImportTest::Region() {
  return Got([](SlotsTransaction& transaction) { return transaction.GetRegion(kRegion); });
}

SiteChanges ImportTest::ChangesAfter(std::int64_t version) {
  return Got(
      [&](SlotsTransaction& transaction) { return transaction.ListSiteChanges(kRegion, version); });
}

std::string ImportTest::Picture() {
  const Directory directory = Read();
  std::string text;
  const auto add = [&](const auto& rows) {
    for (const auto& [name, row] : rows) text += row.DebugString();
  };
  add(directory.communes);
  add(directory.structures);
  add(directory.sites);
  add(directory.plans);
  return text;
}

std::string ImportTest::Establishment(const std::string& finess, const std::string& category,
                                      const std::string& commune, const std::string& department,
                                      const std::string& name) {
  return "structureet;" + finess + ";" + Finess(1, finess.substr(0, 2)) + ";" + name +
         ";;;;12;R;DES ESSAIS;;;" + commune + ";" + department +
         ";ESSAI;85300 CHALLANS;0199000001;;" + category +
         ";Essai;1110;Essai;;8621Z;;;;;2020-03-01;;2024-01-15\n";
}

std::string ImportTest::Position(const std::string& finess, const std::string& x,
                                 const std::string& y, const std::string& source) {
  return "geolocalisation;" + finess + ";" + x + ";" + y + ";" + source + ";2024-01-15\n";
}

std::string ImportTest::Finess(int n, const std::string& department) {
  std::string order = std::to_string(n);
  order.insert(0, 5 - std::min<std::size_t>(5, order.size()), '0');
  const std::string front = department + "9" + order;  // Order numbers of nobody.
  for (char key = '0'; key <= '9'; ++key) {
    int sum = 0;
    const std::string all = front + key;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const int value = (all[all.size() - 1 - i] - '0') * (i % 2 == 1 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    }
    if (sum % 10 == 0) return all;
  }
  return front;
}

}  // namespace sas::slots
