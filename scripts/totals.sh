# Sums the test reports of every module. Sourced by ./dev.

# Prints the skipped tests and one line as Surefire writes it; fails when a test failed, or none ran.
totals() {
  local reports=() folder file
  for folder in "$@"; do
    for file in "$folder"/TEST-*.xml; do [ -e "$file" ] && reports+=("$file"); done
  done
  [ ${#reports[@]} -gt 0 ] || { echo "no test ran" >&2; return 1; }
  awk '
    function value(line, name,   at) {
      at = match(line, " " name "=\"[^\"]*\"")
      return at ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
    }
    /<testsuite / { tests += value($0, "tests"); errors += value($0, "errors"); skipped += value($0, "skipped"); failures += value($0, "failures") }
    /<testcase /  { class = value($0, "classname"); test = class "." value($0, "name"); sub(/[([{].*/, "", test) }
    /<skipped/ {
      why = value($0, "message")
      if (why == "") { why = $0; sub(/.*<skipped[^>]*>(<!\[CDATA\[)?/, "", why); sub(/^[A-Za-z0-9.$]*: /, "", why) }
      skips[test " (" why ")"]++
    }
    /<(failure|error)[ >]/ { print "failed:  " test }
    END {
      for (skip in skips) print "skipped: " (skips[skip] > 1 ? skips[skip] " times " : "") skip | "sort"
      close("sort")
      printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", tests, failures, errors, skipped
      exit (failures + errors > 0 || tests == 0)
    }' "${reports[@]}"
}
