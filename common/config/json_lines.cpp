#include "common/config/json_lines.h"

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace sas::config {
namespace {

// How far the parser has read. The parser copies its iterators, so they share this.
struct Position {
  const char* at = nullptr;
  const char* end = nullptr;
  int line = 1;       ///< Of what was read last.
  int next_line = 1;  ///< Behind it: a number is known to have ended only one character later.
};

class CountingIterator {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = char;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::input_iterator_tag;

  CountingIterator() = default;

  explicit CountingIterator(Position* position) : position_(position) {}

  reference operator*() const { return *position_->at; }

  CountingIterator& operator++() {
    position_->line = position_->next_line;
    if (*position_->at == '\n') ++position_->next_line;
    ++position_->at;
    return *this;
  }

  CountingIterator operator++(int) {
    ++*this;
    return *this;
  }

  // Only ever compared with the end.
  bool operator==(const CountingIterator& other) const { return Ended() == other.Ended(); }

  bool operator!=(const CountingIterator& other) const { return !(*this == other); }

 private:
  bool Ended() const { return position_ == nullptr || position_->at == position_->end; }

  Position* position_ = nullptr;
};

// Follows the parser and notes the line of each value.
class Noter : public nlohmann::json_sax<nlohmann::json> {
 public:
  Noter(const Position& position, std::map<std::string, int, std::less<>>& lines)
      : position_(position), lines_(lines) {}

  bool null() override { return Value(); }

  bool boolean(bool /*value*/) override { return Value(); }

  bool number_integer(number_integer_t /*value*/) override { return Value(); }

  bool number_unsigned(number_unsigned_t /*value*/) override { return Value(); }

  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return Value(); }

  bool string(string_t& /*value*/) override { return Value(); }

  bool binary(binary_t& /*value*/) override { return Fail("binary values are not JSON"); }

  bool start_object(std::size_t /*elements*/) override { return Open(false); }

  bool start_array(std::size_t /*elements*/) override { return Open(true); }

  bool end_object() override { return Close(); }

  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.path = level.parent.empty() ? name : level.parent + "." + name;
    if (!lines_.emplace(level.path, position_.line).second) return Fail("a key stands twice");
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return Fail("is not JSON from here on");
  }

  const std::string& fault() const { return fault_; }

  int fault_line() const { return fault_line_; }

 private:
  struct Level {
    std::string parent;  ///< Path of the object or list itself.
    std::string path;    ///< Of the value that comes next in an object.
    bool is_list = false;
    int count = 0;
  };

  bool Fail(const char* why) {
    if (fault_.empty()) {
      fault_ = why;
      fault_line_ = position_.line;
    }
    return false;
  }

  // Path of the value that begins now.
  std::string Begin() {
    if (levels_.empty()) return "";
    Level& level = levels_.back();
    if (!level.is_list) return level.path;
    std::string path = level.parent + "[" + std::to_string(level.count++) + "]";
    lines_.emplace(path, position_.line);
    return path;
  }

  bool Value() {
    if (levels_.empty()) return Fail("is not a JSON object");
    Begin();
    return true;
  }

  bool Open(bool is_list) {
    if (levels_.empty() && is_list) return Fail("is not a JSON object");
    if (levels_.size() >= JsonLines::kDepthMax) return Fail("is nested too deep");
    std::string path = Begin();
    levels_.push_back({std::move(path), "", is_list, 0});
    return true;
  }

  bool Close() {
    levels_.pop_back();
    return true;
  }

  const Position& position_;
  std::map<std::string, int, std::less<>>& lines_;
  std::vector<Level> levels_;
  std::string fault_;
  int fault_line_ = 1;
};

}  // namespace

absl::StatusOr<JsonLines> JsonLines::Read(std::string_view text) {
  Position position{text.data(), text.data() + text.size()};
  JsonLines found;
  found.lines_.emplace("", 1);
  Noter noter(position, found.lines_);
  const bool sound =
      nlohmann::json::sax_parse(CountingIterator(&position), CountingIterator(), &noter);
  if (sound) return found;
  const std::string line = std::to_string(noter.fault_line());
  return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_JSON",
                    "this is no JSON object that can be read: " + noter.fault(), {{"line", line}});
}

int JsonLines::LineOf(std::string_view path) const {
  for (;;) {
    const auto found = lines_.find(path);
    if (found != lines_.end()) return found->second;
    const std::size_t cut = path.find_last_of(".[");
    path = cut == std::string_view::npos ? std::string_view() : path.substr(0, cut);
  }
}

}  // namespace sas::config
