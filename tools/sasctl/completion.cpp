#include <iostream>

#include "tools/sasctl/suite.h"

namespace sasctl {
namespace {

// One line per command path: "call open|--motif --age …". The shell function below looks its words
// up, so completion knows exactly what the parser knows.
void Words(const CLI::App& app, const std::string& path) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) words += " " + sub->get_name();
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words += " --" + name;
  }
  std::cout << "    '" << path << "') words='" << words.substr(words.empty() ? 0 : 1) << "' ;;\n";
  for (const CLI::App* sub : app.get_subcommands({})) {
    Words(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
  }
}

}  // namespace

void AddCompletion(CLI::App& app) {
  auto* sub =
      app.add_subcommand("completion", "Prints the bash completion: . <(sasctl completion)");
  sub->callback([&app] {
    std::cout << R"sh(_sasctl() {
  local path='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " $(_sasctl_words "$path") " in
      *" $word "*) case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac ;;
    esac
  done
  mapfile -t COMPREPLY < <(compgen -W "$(_sasctl_words "$path")" -- "${COMP_WORDS[COMP_CWORD]}")
}
_sasctl_words() {
  local words=''
  case "$1" in
)sh";
    Words(app, "");
    std::cout << "  esac\n  printf '%s' \"$words\"\n}\ncomplete -F _sasctl sasctl\n";
  });
}

}  // namespace sasctl
