"""The layer check: one planted violation of each kind is found, what the table allows passes."""

import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_includes  # noqa: E402

UNFINISHED = "TO" + "DO"

REFUSED = [
    ("common/base/status.h", "grpcpp/grpcpp.h"),
    ("common/base/status.h", "prometheus/counter.h"),
    ("common/base/status.h", "common/observe/log.h"),
    ("common/base/status.h", "absl/synchronization/mutex.h"),
    ("common/care/age.h", "common/config/env.h"),
    ("common/config/env.h", "common/rpc/auth.h"),
    ("common/observe/log.h", "common/sql/database.h"),
    ("common/rpc/server.h", "common/redis/client.h"),
    ("common/rpc/server.h", "common/sql/database.h"),
    ("common/redis/client.h", "common/rpc/auth.h"),
    ("common/sql/database.h", "common/redis/client.h"),
    ("common/ledger/journal.h", "common/sql/database.h"),
    ("common/ledger/journal_sql.h", "common/rpc/auth.h"),
    ("common/events/follower.h", "services/slots/store.h"),
    ("common/events/follower.h", "sas/slots/v1/slot.pb.h"),
    ("services/slots/domain/search.h", "sas/slots/v1/slot.pb.h"),
    ("services/slots/domain/search.h", "grpcpp/grpcpp.h"),
    ("services/slots/domain/search.h", "hiredis/hiredis.h"),
    ("services/slots/domain/search.h", "soci/soci.h"),
    ("services/slots/domain/search.h", "prometheus/counter.h"),
    ("services/slots/domain/search.h", "services/slots/store.h"),
    ("services/slots/domain/search.h", "services/booking/domain/appointment.h"),
    ("services/slots/store.h", "common/sql/database.h"),
    ("services/slots/store.h", "common/ledger/write_once.h"),
    ("services/booking/slots_client.h", "grpcpp/grpcpp.h"),
    ("services/slots/store_sql.cpp", "services/slots/service.h"),
    ("services/slots/store_sql.cpp", "common/redis/client.h"),
    ("services/slots/store_memory.cpp", "common/sql/database.h"),
    ("services/slots/store_memory.cpp", "services/slots/store_sql.h"),
    ("services/slots/service.cpp", "services/slots/store_sql.h"),
    ("services/slots/service.cpp", "services/slots/seats_redis.h"),
    ("services/slots/service.cpp", "common/redis/client.h"),
    ("services/slots/service.cpp", "common/sql/database.h"),
    ("services/slots/service.cpp", "common/ledger/journal_sql.h"),
    ("services/slots/convert.cpp", "services/slots/store_memory.h"),
    ("services/booking/main.cpp", "common/redis/client.h"),
    ("services/booking/main.cpp", "services/slots/store.h"),
    ("services/booking/main.cpp", "common/testing/fake_clock.h"),
    ("services/slots/service.cpp", "common/testing/fake_clock.h"),
    ("tools/sasctl/main.cpp", "tests/contract/slots/store_contract.h"),
]

ALLOWED = [
    ("common/base/status.h", "absl/status/statusor.h"),
    ("common/rpc/server.h", "common/observe/metrics.h"),
    ("common/ledger/journal_sql.h", "common/sql/database.h"),
    ("common/events/event_service.h", "sas/events/v1/event_service.grpc.pb.h"),
    ("common/events/event_service.h", "common/ledger/journal.h"),
    ("services/slots/domain/search.h", "common/base/clock.h"),
    ("services/slots/domain/search.cpp", "services/slots/domain/search.h"),
    ("services/slots/store.h", "common/ledger/journal.h"),
    ("services/slots/store_sql.cpp", "services/slots/convert.h"),
    ("services/slots/store_sql_sites.cpp", "common/ledger/journal_sql.h"),
    ("services/slots/store_memory.h", "common/ledger/journal_memory.h"),
    ("services/slots/seats_redis.cpp", "common/redis/script.h"),
    ("services/slots/service.cpp", "common/ledger/write_once.h"),
    ("services/slots/service.h", "sas/slots/v1/slot_service.grpc.pb.h"),
    ("services/booking/slots_client_grpc.cpp", "common/rpc/channel.h"),
    ("services/slots/main.cpp", "common/redis/client.h"),
    ("services/booking/main.cpp", "services/booking/store_sql.h"),
    ("tests/unit/slots/search_test.cpp", "services/slots/domain/search.h"),
    ("common/testing/temp_redis.h", "common/redis/client.h"),
]

# (path, code, part of the message)
REFUSED_CODE = [
    ("services/slots/service.cpp", "#include <chrono>\nauto now = std::chrono::system_clock::now();", "base::Clock"),
    ("common/rpc/server.cpp", "auto now = std::chrono::steady_clock::now();", "base::Clock"),
    ("services/slots/service.cpp", "auto now = time(nullptr);", "base::Clock"),
    ("services/slots/service.cpp", "auto now = absl::Now();", "base::Clock"),
    ("services/slots/service.cpp", "std::random_device seed;", "base::Random"),
    ("services/slots/domain/search.cpp", "auto now = clock.Now();", "domain has no clock"),
    ("services/slots/domain/search.h", "void Find(const base::Clock& clock);", "domain has no clock"),
    ("services/slots/service.cpp", "std::this_thread::sleep_for(delay);", "no sleeping"),
    ("tests/unit/slots/search_test.cpp", "std::this_thread::sleep_for(delay);", "no sleeping"),
    ("services/slots/service.cpp", f"// {UNFINISHED}: later", "finish it"),
    ("services/slots/scripts/hold.lua", f"-- {UNFINISHED} later", "finish it"),
    ("services/slots/big.h", "\n" * 151, "151 lines, at most 150"),
    ("services/slots/big.cpp", "\n" * 351, "351 lines, at most 350"),
    ("elsewhere/new.h", "#include <vector>", "no rule"),
    ("services/slots/service.cpp", "#include <vector>\nstd::string name;", "include string"),
    ("services/slots/service.cpp", "absl::StatusOr<int> Find();", "include absl/status/statusor.h"),
]

ALLOWED_CODE = [
    ("common/base/clock.cpp", "auto now = std::chrono::system_clock::now();"),
    ("tests/unit/common/clock_test.cpp", "auto now = std::chrono::steady_clock::now();"),
    ("tools/bench/main.cpp", "auto now = std::chrono::steady_clock::now();"),
    ("common/redis/client.cpp", "std::this_thread::sleep_for(delay);"),
    ("services/slots/service.cpp", "// never system_clock::now()"),
    ("services/slots/service.cpp", 'Log("std::this_thread::sleep_for(x) is refused");'),
    ("services/slots/service.cpp", 'Text(R"(say "no" // )"); clock_.Now();'),
    ("services/slots/domain/search.h", "base::Instant when;"),
    ("services/slots/big.h", "\n" * 150),
    ("services/slots/service.cpp", "#include <string>\nstd::string name;"),
    ("common/base/etag.cpp", "std::string name;"),
]


class CheckIncludes(unittest.TestCase):
    def messages(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            findings, checked = check_includes.check(folder)
            self.assertEqual(checked, 1)
            return [finding.message for finding in findings]

    def test_it_looks_for_each_header_that_is_precompiled(self):
        text = (ROOT / "tools/cmake/Precompile.cmake").read_text(encoding="utf-8")
        listed = re.findall(r"<([a-z/_.]+)>", text)
        self.assertGreater(len(listed), 10)
        self.assertEqual(set(listed), set(check_includes.PRECOMPILED))

    def test_a_header_of_ours_brings_what_it_includes(self):
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder) / "common/base/names.h"
            header.parent.mkdir(parents=True)
            header.write_text("#include <string>\n", encoding="utf-8")
            path, text = "services/slots/service.cpp", '#include "common/base/names.h"\nstd::string name;'
            self.assertEqual(list(check_includes.check_hidden(folder, path, text)), [])

    def test_forbidden_includes_are_found(self):
        for path, included in REFUSED:
            with self.subTest(path=path, included=included):
                self.assertEqual(self.messages(path, f'#include "{included}"\n'),
                                 [f"may not include {included}"])

    def test_allowed_includes_pass(self):
        for path, included in ALLOWED:
            with self.subTest(path=path, included=included):
                self.assertEqual(
                    self.messages(path, f'#include <vector>\n#include "{included}"\n'), [])

    def test_forbidden_code_is_found(self):
        for path, code, part in REFUSED_CODE:
            with self.subTest(path=path, code=code[:60]):
                found = self.messages(path, code)
                self.assertEqual(len(found), 1, found)
                self.assertIn(part, found[0])

    def test_allowed_code_passes(self):
        for path, code in ALLOWED_CODE:
            with self.subTest(path=path, code=code[:60]):
                self.assertEqual(self.messages(path, code), [])

    def test_a_finding_names_its_line(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "services/slots/service.cpp"
            file.parent.mkdir(parents=True)
            file.write_text('/* a\n b */\n#include "hiredis/hiredis.h"\n', encoding="utf-8")
            findings, _ = check_includes.check(folder)
        self.assertEqual(str(findings[0]),
                         "services/slots/service.cpp:3: may not include hiredis/hiredis.h")

    def test_a_stale_exception_is_found(self):
        check_includes.ALLOWED_SLEEPS["services/gone.cpp"] = "paces a load"
        self.addCleanup(check_includes.ALLOWED_SLEEPS.pop, "services/gone.cpp")
        with tempfile.TemporaryDirectory() as folder:
            findings = check_includes.stale(folder)
        self.assertIn("services/gone.cpp", [finding.path for finding in findings])


if __name__ == "__main__":
    unittest.main()
