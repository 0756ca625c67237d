#include "common/ledger/audit_chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/testing/fake_clock.h"

namespace sas::ledger {
namespace {

AuditRecord Sample() {
  const testing::FakeClock clock;
  base::Call call = base::InternalCall("test", clock, std::chrono::seconds(1));
  call.actor.subject = "arm-7";
  call.actor.role = base::Role::kArm;
  call.trace_id = "0af7651916cd43dd8448eb211c80319c";
  return ChainNext(3, 41, kFirstPreviousHash, call, clock.Now(),
                   {"ClaimRegulationCase", "regions/fr-pdl/cases/1", "fr-pdl", "priority=P1"});
}

TEST(Sha256Hex, KnownVectors) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(AuditChain, RecordFollowsItsPredecessorAndNamesTheActor) {
  const AuditRecord record = Sample();
  EXPECT_EQ(record.chain, 3);
  EXPECT_EQ(record.sequence, 42);
  EXPECT_EQ(record.actor, "arm-7");
  EXPECT_EQ(record.role, "arm");
  EXPECT_EQ(record.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(record.previous_hash, kFirstPreviousHash);
  EXPECT_EQ(record.hash, AuditHash(record));
}

// Ledgers hold these hashes for ten years and more: the way to make them may never change.
TEST(AuditChain, HashIsTheSameForEver) {
  EXPECT_EQ(Sample().hash, "7db9024a01c04f7f300419f0d362cbd2bef881aad6fcc5ba02089fae63472af0");
}

TEST(AuditChain, EveryFieldCounts) {
  const AuditRecord original = Sample();
  const std::vector<std::function<void(AuditRecord&)>> changes = {
      [](AuditRecord& record) { ++record.chain; },
      [](AuditRecord& record) { ++record.sequence; },
      [](AuditRecord& record) { record.time += std::chrono::microseconds(1); },
      [](AuditRecord& record) { record.actor += "x"; },
      [](AuditRecord& record) { record.role += "x"; },
      [](AuditRecord& record) { record.trace_id += "x"; },
      [](AuditRecord& record) { record.entry.action += "x"; },
      [](AuditRecord& record) { record.entry.subject += "x"; },
      [](AuditRecord& record) { record.entry.region += "x"; },
      [](AuditRecord& record) { record.entry.detail += "x"; },
      [](AuditRecord& record) { record.previous_hash[0] = '1'; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    AuditRecord changed = original;
    changes[i](changed);
    EXPECT_NE(AuditHash(changed), original.hash) << "change " << i;
  }
}

TEST(AuditChain, TextCannotMoveBetweenFields) {
  AuditRecord one = Sample();
  one.actor = "ab";
  one.role = "c";
  AuditRecord two = one;
  two.actor = "a";
  two.role = "bc";
  EXPECT_NE(AuditHash(one), AuditHash(two));
}

}  // namespace
}  // namespace sas::ledger
