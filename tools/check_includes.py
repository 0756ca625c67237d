#!/usr/bin/env python3
"""Refuses what the layers forbid. CMake cannot: the packages' headers all lie in /usr/include.

RULES is the table of ARCHITECTURE.md as data: which folder may include what. The first rule whose
pattern matches a file is the one that counts; a C++ source that no rule matches is an error. Also
refused: asking the system for the time or for chance, sleeping, files beyond their budget, notes about
unfinished work, and a service's file that uses what it does not include, itself or through our headers:
the precompiled headers of the dev preset (tools/cmake/Precompile.cmake) would hide that.

    tools/check_includes.py            prints path:line: what is wrong
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import source_tree  # noqa: E402

# What can be included, by name. A header that no name matches is allowed nowhere but in main.cpp,
# tools and tests, so that a new dependency is a decision and not an accident.
THINGS = {
    "std": r"[a-z_]+|[a-z]+\.h|(sys|arpa|net|netinet|linux)/[a-z_]+\.h",
    "absl": r"absl/.+",
    "absl_values": r"absl/(status|strings|time|types|functional|numeric|random|container)/.+",
    "grpc": r"(grpcpp|grpc)/.+",
    "pb": r"(sas|google|grpc/health)/.+\.pb\.h",
    "protobuf": r"google/protobuf/.+\.h",
    "events_pb": r"(sas/(events|type)|google)/.+\.pb\.h",
    "hiredis": r"hiredis/.+",
    "soci": r"soci/.+|soci\.h|sqlite3\.h|libpq-fe\.h|postgresql/.+",
    "prometheus": r"prometheus/.+",
    "json": r"nlohmann/.+",
    "openssl": r"openssl/.+",
    "boost": r"boost/.+",
    "curl": r"curl/.+",
    "embedded": r"embedded/.+\.h",
    "base": r"common/base/.+",
    "care": r"common/care/.+",
    "config": r"common/config/.+",
    "observe": r"common/observe/.+",
    "rpc": r"common/rpc/.+",
    "redis": r"common/redis/.+",
    "sql": r"common/sql/.+",
    "http": r"common/http/.+",
    "mail": r"common/mail/.+",
    "ledger": r"common/ledger/.+",
    # What is written, and read back, as values; and where in a feed something stands.
    "journal": r"common/ledger/(journal|audit_chain|cursor)\.h",
    "write_once": r"common/ledger/write_once\.h",
    "events": r"common/events/.+",
    "testing": r"common/testing/.+",
    # {X} is the service of the including file.
    "domain": r"services/{X}/domain/.+",
    "ports": r"services/{X}/(store|store_queries|store_rows|[a-z]+_ledger|seats|hold_request|seat_values|seat_failures|source_post|[a-z_]+_client)\.h",
    "convert": r"services/{X}/convert[a-z_]*\.h",
    "own_redis": r"services/{X}/(seats|source_post)_redis[a-z_]*\.h",
    "own_sql": r"services/{X}/(store|[a-z]+_ledger)_sql[a-z_]*\.h",
    "own_memory": r"services/{X}/(store|seats|[a-z]+_ledger)_memory[a-z_]*\.h",
    "own_client": r"services/{X}/[a-z_]+_client_grpc\.h",
    # Parts of the service that are neither adapters of a technology nor main.
    "own_parts": r"services/{X}/(?!store_|partner_ledger_|[a-z]+_(redis|memory)|[a-z_]+_client_grpc|main)[a-z_]+\.h",
    "own": r"services/{X}/.+",
    "any": r"(?!tests/|common/testing/|services/).+",
    "any_service": r"services/.+",
    "any_test": r"tests/.+",
}

# (files, what they may include). Pure first, wiring last.
RULES = [
    (r"common/base/timestamp\.h", "std base pb"),
    (r"common/base/.+", "std absl_values base"),
    (r"common/care/.+", "std absl base care embedded"),
    (r"common/config/.+", "std absl base config json"),
    (r"common/observe/.+", "std absl base observe prometheus json"),
    (r"common/rpc/request_shape.*", "std absl base rpc protobuf"),
    (r"common/rpc/raw_method.h", "std absl base rpc grpc protobuf"),
    (r"common/rpc/.+", "std absl base config observe rpc grpc pb openssl json"),
    (r"common/redis/.+", "std absl base config observe redis hiredis openssl"),
    (r"common/http/.+", "std absl base http curl"),
    (r"common/mail/.+", "std absl base mail curl"),
    (r"common/sql/.+", "std absl base config observe sql soci openssl"),
    (r"common/ledger/(backups|journal_sql|feed_sql|audit_verify|ledger_check|ledger_epoch|retention).*",
     "std absl base ledger sql soci embedded openssl"),
    (r"common/ledger/(write_once|document|json_writer)\..+", "std absl base ledger openssl protobuf"),
    (r"common/ledger/.+", "std absl base ledger openssl"),
    (r"common/events/.+", "std absl base observe ledger rpc events grpc events_pb"),
    (r"common/testing/.+", "any any_service any_test testing"),

    (r"services/[a-z]+/domain/.+", "std absl base care domain"),
    # The v1 messages are the aggregates that stores keep (ARCHITECTURE.md, layers of a service).
    (r"services/[a-z]+/(store|store_queries|seats|[a-z_]+_client)\.(h|cpp)",
     "std absl base care domain ports journal pb"),
    # What the stores of a service share.
    (r"services/[a-z]+/store_rows\.(h|cpp)", "std absl base care domain ports convert pb"),
    (r"services/[a-z]+/(store|[a-z]+_ledger)_sql.+",
     "std absl base care domain ports own_sql convert sql ledger soci embedded pb"),
    (r"services/[a-z]+/(store|seats|[a-z]+_ledger)_memory.+",
     "std absl base care domain ports own_memory ledger convert pb"),
    # Redis is the business of services/slots alone.
    (r"services/slots/(seats|source_post)_redis.+",
     "std absl base care observe domain ports own_redis redis hiredis embedded"),
    (r"services/[a-z]+/[a-z_]+_client_grpc.+",
     "std absl base care observe rpc domain ports own_client convert grpc pb"),
    (r"services/[a-z]+/[a-z_]+_client_(http|smtp).+", "std absl base domain own_parts http mail json"),
    (r"services/[a-z]+/settings.+", "std absl base care config observe rpc sql domain own_parts"),
    # Files that people write and the service reads: told with their lines.
    (r"services/[a-z]+/[a-z]+_file\.(h|cpp)",
     "std absl base care config rpc domain ports own_parts convert protobuf pb"),
    (r"services/slots/main\.cpp", "any own"),
    (r"services/[a-z]+/main\.cpp", "any own !redis !hiredis"),
    # The one file of a service that touches instruments; the others call it by what happened.
    (r"services/[a-z]+/follow_[a-z]+\.(h|cpp)",
     "std absl base care observe rpc domain ports own_parts convert events grpc pb"),
    (r"services/[a-z]+/([a-z]+_)?metrics\.(h|cpp)", "std absl base observe prometheus domain own_parts"),
    (r"services/gateway/.+",
     "std absl base care config observe rpc grpc pb json boost openssl own_parts"),
    (r"services/[a-z]+/convert.+", "std absl base care domain ports convert grpc pb"),
    (r"services/[a-z]+/[a-z_]+\.(h|cpp)",
     "std absl base care observe rpc domain ports own_parts convert journal write_once grpc pb"),

    # Benchmarks drive the parts directly, as tests do.
    (r"tools/bench.+", "any any_service testing"),
    (r"tools/.+", "any"),
    (r"tests/.+", "any any_service any_test testing"),
]

# Folders whose time, chance and sleep are free: they make or measure them.
FREE = r"(tests|tools|common/testing)/.+"

# (what, files where it is allowed, why it is refused elsewhere)
CLOCK = (
    re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\s*\(|"
               r"\b(?:std::)?time\s*\(\s*(?:nullptr|NULL|0)\s*\)|"
               r"\babsl::Now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\("),
    re.compile(r"common/base/clock\.cpp|" + FREE),
    "time is injected: take a base::Clock")
CHANCE = (
    re.compile(r"\brandom_device\b|\b(?:std::)?s?rand\s*\(|\bgetrandom\s*\(|\bRAND_bytes\s*\("),
    re.compile(r"common/base/.+|" + FREE),
    "chance is injected: take a base::Random")
PURE = (
    re.compile(r"\b(?:System)?Clock\b|(?:\.|->)(?:Now|Steady)\s*\("),
    re.compile(r"(?!services/[a-z]+/domain/|common/care/).+"),
    "the domain has no clock: take the instant as a parameter")
SLEEP = (
    re.compile(r"\bthis_thread::sleep_(?:for|until)\s*[(<]|\bu?sleep\s*\(|\bnanosleep\s*\("),
    re.compile(r"common/.+"),
    "no sleeping: wait for the event, with a deadline")

# Sleeps that are not synchronisation: path -> why.
ALLOWED_SLEEPS = {
    "tools/bench_driver/board_bench.cpp": "a pause between two probes",
    "tools/bench_driver/board_calls.cpp": "the hours of an open loop",
    "tools/bench_driver/board_flood.cpp": "a pause before a refused read is asked again",
    "tools/bench_driver/freshness_bench.cpp": "the hours of an open loop, and a pause between two looks",
    "tools/bench_driver/recovery_bench.cpp": "the hours of those who search and hold",
    "tools/sasctl/partner_commands.cpp": "a pause before a broken stream is opened again",
    "tools/sasctl/partner_side_commands.cpp": "the same; and a platform that is late on purpose",
    "tools/sasctl/search_commands.cpp": "a pause before a broken watch is opened again, at a desk",
    "tools/sasctl/suite.h": "a pause between two attempts of one command, at a desk",
    "tools/sasctl/import_commands.cpp": "a pause before a broken import goes on, at a desk",
}

# Split, or this file would find itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
UNFINISHED_SUFFIXES = {".h", ".cpp", ".py", ".sh", ".cmake", ".lua", ".sql", ".proto", ".ts", ".txt"}

# Lines per file; a longer one has two subjects. Suites of contract tests are lists of cases.
BUDGETS = [
    (re.compile(r"tests/.+\.(h|cpp)"), 500),
    (re.compile(r".+\.h"), 150),
    (re.compile(r".+\.cpp"), 350),
]

# What the precompiled headers hold -> the use that needs it.
_FREE_FUNCTIONS = """all_of any_of none_of find find_if count count_if sort stable_sort transform remove_if
    max_element min_element max min clamp copy copy_if lower_bound upper_bound equal reverse unique fill"""
PRECOMPILED = {header: re.compile(use) for header, use in {
    "algorithm": rf"\bstd::(?:{'|'.join(_FREE_FUNCTIONS.split())})\s*\(",
    "array": r"\bstd::array\b",
    "chrono": r"\bstd::chrono\b",
    "cstdint": r"\bstd::u?int(?:8|16|32|64)_t\b",
    "functional": r"\bstd::function\b",
    "map": r"\bstd::(?:multi)?map\b",
    "memory": r"\bstd::(?:(?:unique|shared|weak)_ptr|make_(?:unique|shared))\b",
    "mutex": r"\bstd::(?:mutex|lock_guard|unique_lock|scoped_lock)\b",
    "optional": r"\bstd::(?:optional|nullopt)\b",
    "set": r"\bstd::(?:multi)?set\b",
    "string": r"\bstd::(?:string|to_string)\b",
    "string_view": r"\bstd::string_view\b",
    "utility": r"\bstd::(?:move|pair|exchange|swap|forward)\b",
    "vector": r"\bstd::vector\b",
    "absl/status/statusor.h": r"\babsl::StatusOr\b|\bSAS_ASSIGN_OR_RETURN\b",
    "absl/strings/str_cat.h": r"\babsl::Str(?:Cat|Append)\b",
    "soci/soci.h": r"\bsoci::",
    "common/base/status.h": r"\bSAS_(?:RETURN_IF_ERROR|ASSIGN_OR_RETURN|CHECK)\b|\bbase::Fail\b",
    "common/ledger/journal.h": r"\bledger::Journal\b",
    "common/rpc/serve_unary.h": r"\bServeUnary\b",
}.items()}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)


def allowed(path, included):
    """Whether `path` may include `included`; None when no rule speaks of `path`."""
    for files, names in RULES:
        if not re.fullmatch(files, path):
            continue
        service = path.split("/")[1] if path.startswith("services/") else "(?!)"
        patterns = {name: re.compile(THINGS[name.lstrip("!")].replace("{X}", service))
                    for name in names.split()}
        refused = [p for name, p in patterns.items() if name.startswith("!")]
        accepted = [p for name, p in patterns.items() if not name.startswith("!")]
        return (any(p.fullmatch(included) for p in accepted)
                and not any(p.fullmatch(included) for p in refused))
    return None


def reached(root, text):
    """All that `text` includes, itself and through headers of the tree."""
    found, left = set(), INCLUDE.findall(text)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        file = pathlib.Path(root) / name
        if file.is_file():
            left += INCLUDE.findall(file.read_text(encoding="utf-8"))
    return found


def check_hidden(root, path, text):
    """What a file of a service has by the precompiled headers alone."""
    if not path.startswith("services/"):
        return
    code, includes = source_tree.without_comments(text), reached(root, text)
    for header, use in PRECOMPILED.items():
        match = use.search(code)
        if match and header not in includes:
            yield source_tree.Finding(path, source_tree.line_of(code, match.start()),
                                      f"uses {match.group().strip(' (')}: include {header}")


def check_cpp(path, text):
    """Findings about one C++ file."""
    code = source_tree.without_comments(text)
    for match in INCLUDE.finditer(text):
        line = source_tree.line_of(text, match.start())
        verdict = allowed(path, match.group(1))
        if verdict is None:
            yield source_tree.Finding(path, line, "no rule of tools/check_includes.py covers this file")
            break
        if not verdict:
            yield source_tree.Finding(path, line, f"may not include {match.group(1)}")
    for pattern, exempt, why in (CLOCK, CHANCE, PURE, SLEEP):
        if exempt.fullmatch(path) or (why == SLEEP[2] and path in ALLOWED_SLEEPS):
            continue
        for match in pattern.finditer(code):
            yield source_tree.Finding(path, source_tree.line_of(code, match.start()), why)
    for pattern, lines_max in BUDGETS:
        if pattern.fullmatch(path):
            lines = len(text.splitlines())
            if lines > lines_max:
                yield source_tree.Finding(path, lines, f"{lines} lines, at most {lines_max}: split it")
            break


def check(root):
    """Findings about the tree `root`, and how many files were read."""
    findings = []
    checked = 0
    for path in source_tree.files(root):
        suffix = pathlib.PurePosixPath(path).suffix
        if suffix not in UNFINISHED_SUFFIXES:
            continue
        text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        checked += 1
        if suffix in (".h", ".cpp"):
            findings.extend(check_cpp(path, text))
            findings.extend(check_hidden(root, path, text))
        for match in UNFINISHED.finditer(text):
            findings.append(source_tree.Finding(
                path, source_tree.line_of(text, match.start()), "finish it or file an issue"))
    return findings, checked


def stale(root):
    """Exceptions whose file is gone."""
    return [source_tree.Finding(path, 1, "named in ALLOWED_SLEEPS, but is gone")
            for path in ALLOWED_SLEEPS if not (pathlib.Path(root) / path).is_file()]


def main():
    findings, checked = check(source_tree.ROOT)
    findings += stale(source_tree.ROOT)
    return source_tree.report("includes", findings, f"{checked} sources")


if __name__ == "__main__":
    sys.exit(main())
