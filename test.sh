#!/usr/bin/env bash
# Installs what the tests need, builds everything once, runs every test, and closes with "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. eng/sdk.sh
. eng/test-tools.sh
. eng/test-projects.sh
need_sdk
need_test_tools
build_for_tests || exit 1
run_test_projects
sum_up_tests
