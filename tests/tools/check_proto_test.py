"""The proto rules: each broken rule is found at its line, a proper file passes."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_proto  # noqa: E402

PATH = "proto/sas/demo/v1/demo.proto"

GOOD = '''syntax = "proto3";

package sas.demo.v1;

import "google/protobuf/timestamp.proto";

// Keeps things.
service DemoService {
  // Gets a thing.
  rpc GetThing(GetThingRequest) returns (Thing);
  // Lists things.
  rpc ListThings(ListThingsRequest) returns (ListThingsResponse);
  // Watches things.
  rpc WatchThings(GetThingRequest) returns (stream Thing) {}
  // Makes a thing.
  rpc CreateThing(sas.demo.v1.CreateThingRequest) returns (Thing);
}

// A thing.
message Thing {
  reserved 7, 9 to 11;
  // What it is.
  enum Kind {
    // Never sent.
    KIND_UNSPECIFIED = 0;
    // Round; {not a block}.
    KIND_ROUND = 1 [deprecated = true];
  }
  // Name.
  string name = 1;
  // Kind.
  Kind kind = 2;
  // Words by language.
  map<string, string> words = 3;
  /* One or the other. */
  oneof place {
    // A room.
    string room = 4;
    // A shelf.
    string shelf = 5;
  }
}
// Request of GetThing and WatchThings.
message GetThingRequest {
  // Name.
  string name = 1;
}
// Request of ListThings.
message ListThingsRequest {
  // Default 50.
  int32 page_size = 1;
  // From the answer before.
  string page_token = 2;
}
// Response of ListThings.
message ListThingsResponse {
  // Things.
  repeated Thing things = 1;
  // Empty at the end.
  string next_page_token = 2;
}
// Request of CreateThing.
message CreateThingRequest {
  // Thing.
  Thing thing = 1;
  // UUID.
  string request_id = 2;
}
'''


class CheckProto(unittest.TestCase):
    def findings(self, text, path=PATH):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            return check_proto.check(folder)[0]

    def assert_found(self, old, new, message):
        """One finding with `message` after the first `old` of the good file became `new`."""
        self.assertIn(old, GOOD)
        found = self.findings(GOOD.replace(old, new, 1))
        self.assertEqual([finding.message for finding in found], [message])
        return found[0]

    def test_a_proper_file_passes(self):
        self.assertEqual(self.findings(GOOD), [])

    def test_each_element_without_comment_is_found(self):
        cases = [
            ("// Keeps things.\n", "service DemoService has no comment above it"),
            ("  // Gets a thing.\n", "DemoService: rpc GetThing has no comment above it"),
            ("// A thing.\n", "message Thing has no comment above it"),
            ("  // What it is.\n", "Thing: enum Kind has no comment above it"),
            ("    // Never sent.\n", "Thing.Kind: value KIND_UNSPECIFIED has no comment above it"),
            ("  // Name.\n", "Thing: field name has no comment above it"),
            ("  // Words by language.\n", "Thing: field words has no comment above it"),
            ("  /* One or the other. */\n", "Thing: oneof place has no comment above it"),
            ("    // A shelf.\n", "Thing.place: field shelf has no comment above it"),
        ]
        for comment, message in cases:
            with self.subTest(comment=comment.strip()):
                self.assert_found(comment, "", message)

    def test_a_trailing_an_empty_and_a_distant_comment_do_not_count(self):
        message = "Thing: field kind has no comment above it"
        for comment in ("", "  //\n", "  // Kind.\n\n"):
            with self.subTest(comment=comment):
                self.assert_found("  // Kind.\n", comment, message)
        self.assert_found("string name = 1;\n  // Kind.\n", "string name = 1;  // Name.\n", message)

    def test_a_change_without_request_id_is_found_at_its_line(self):
        finding = self.assert_found(
            "string request_id = 2;", "string other = 2;",
            "DemoService: CreateThing changes something: sas.demo.v1.CreateThingRequest needs a "
            "request_id")
        self.assertEqual(finding.line, 16)

    def test_a_stream_of_changes_numbers_its_messages_instead(self):
        streamed = GOOD.replace("rpc CreateThing(", "rpc CreateThing(stream ", 1)
        self.assertNotEqual(streamed, GOOD)
        streamed = streamed.replace("string request_id = 2;", "string other = 2;", 1)
        self.assertEqual(self.findings(streamed), [])

    def test_getaway_is_not_a_get(self):
        self.assert_found("rpc GetThing(", "rpc Getaway(",
                          "DemoService: Getaway changes something: GetThingRequest needs a request_id")

    def test_a_list_without_pages_is_found(self):
        for name in ("page_size", "page_token"):
            with self.subTest(field=name):
                self.assert_found(f" {name} =", " other =",
                                  f"DemoService: ListThings lists: ListThingsRequest needs {name}")
        self.assert_found("next_page_token", "other",
                          "DemoService: ListThings lists: ListThingsResponse needs next_page_token")

    def test_an_enum_must_start_unspecified(self):
        message = "Thing: enum Kind: the value 0 must end in _UNSPECIFIED"
        self.assert_found("KIND_UNSPECIFIED", "KIND_SQUARE", message)
        self.assert_found("KIND_UNSPECIFIED = 0", "KIND_UNSPECIFIED = 2", message)

    def test_the_package_is_the_folder(self):
        found = self.findings(GOOD, "proto/sas/other/v1/demo.proto")
        self.assertIn("package sas.demo.v1 in folder sas/other/v1: make them agree",
                      [finding.message for finding in found])


if __name__ == "__main__":
    unittest.main()
