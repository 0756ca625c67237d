#include "tools/sasctl/commune.h"

#include <algorithm>
#include <cctype>
#include <iostream>

#include "tools/sasctl/print.h"

namespace sasctl {
namespace {

bool SameName(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

type::Commune FindCommune(Suite& suite, const std::string& text) {
  slots::SearchCommunesRequest request;
  request.set_parent(suite.Parent());
  request.set_query(text);
  request.set_page_size(20);
  const auto found = suite.Ask<slots::SearchCommunesResponse>(
      base::Role::kOsnp, suite.Directory(), &slots::DirectoryService::Stub::SearchCommunes,
      request);
  if (found.communes_size() == 1) return found.communes(0);
  std::vector<type::Commune> exact;
  for (const type::Commune& commune : found.communes()) {
    if (commune.insee_code() == text || SameName(commune.display_name(), text)) {
      exact.push_back(commune);
    }
  }
  if (exact.size() == 1) return exact.front();
  if (found.communes().empty()) {
    Suite::Usage("no commune '" + text + "' in " + suite.Parent() +
                 ": give its INSEE code, or the beginning of its name");
  }
  std::cerr << "which one? name it by its INSEE code:\n";
  for (const type::Commune& commune : found.communes()) {
    std::cerr << "  " << commune.insee_code() << "  " << commune.display_name() << " ("
              << commune.department_code() << ")\n";
  }
  throw CLI::RuntimeError(2);
}

}  // namespace sasctl
