# Sourced by test.sh: builds once, runs one test project after the other, adds up their closing lines.
# shellcheck shell=bash

results=artifacts/test-results
project_seconds_max=900
passed=0
failed=0
skipped=0
broken=()

build_for_tests() {
  mkdir -p "$results"
  echo "Building (Release) ..."
  if ! dotnet build Synod.slnx -c Release -v q >"$results/build.log" 2>&1; then
    grep -E 'error' "$results/build.log" | sort -u
    echo "The build failed; no test was run. All of it: $results/build.log"
    echo "0 passed, 1 failed"
    return 1
  fi
  # The end-to-end tests start the executable as users do.
  if ! eng/publish.sh >"$results/publish.log" 2>&1; then
    cat "$results/publish.log"
    echo "0 passed, 1 failed"
    return 1
  fi
}

# End-to-end tests last and alone: they kill processes and count on a quiet machine.
test_projects() {
  local project
  for project in tests/*/*.csproj; do
    case "$project" in *EndToEnd*) ;; *) echo "$project" ;; esac
  done
  ls tests/*EndToEnd*/*.csproj 2>/dev/null
}

# The number after a word in the closing line of `dotnet test`, e.g. "Failed:     0, Passed:    64".
count_of() {
  sed -nE "s/^(Passed|Failed|Skipped)! .*$1: *([0-9]+).*/\2/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

run_test_project() {
  local project=$1 name log code ok bad left_out
  name=$(basename "$project" .csproj)
  log="$results/$name.log"
  timeout --kill-after=20 "$project_seconds_max" \
    dotnet test "$project" -c Release --no-build --no-restore --nologo >"$log" 2>&1
  code=$?
  ok=$(count_of Passed "$log")
  bad=$(count_of Failed "$log")
  left_out=$(count_of Skipped "$log")
  # A run that ends badly without a counted failure (a crash, a time-out) is a failure too.
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    bad=1
    [ "$code" -ne 124 ] || echo "$name did not end within $project_seconds_max s" >>"$log"
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left_out))
  printf '%-32s %5d passed, %d failed\n' "$name" "$ok" "$bad"
  if [ "$bad" -ne 0 ]; then
    broken+=("$name")
    sed -nE '/\[FAIL\]|^  Failed |^The active test run|did not end within/,$p' "$log" | head -n 200
  fi
}

run_test_projects() {
  local project
  while IFS= read -r project; do
    run_test_project "$project"
  done < <(test_projects)
}

sum_up_tests() {
  local name
  for name in "${broken[@]+"${broken[@]}"}"; do
    echo "Failed: $name; all of it: $results/$name.log"
  done
  [ "$skipped" -eq 0 ] || echo "$skipped skipped"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
