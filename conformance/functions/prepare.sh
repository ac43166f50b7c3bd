#!/usr/bin/env bash
# Gets and builds, once, what the tests of this folder run in functions and no one here wrote: prepare.sh [FOLDER]
# Into FOLDER (.orrery/functions), which git ignores. What cannot be had is named; the tests then say what they skip.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../.orrery/functions}
mkdir -p "$out" && out=$(cd "$out" && pwd)

# missing WHAT: says so, and goes on.
missing() { echo "No $1 for functions; going on without."; }

# Python packages, as a layer has them, for the Python that runs functions: the first python3 of the PATH.
python_layer() {
  [ -f "$out/python.zip" ] && return
  local layer="$out/layer"
  rm -rf "$layer"
  timeout 300 python3 -m pip install --quiet --retries 1 --timeout 20 --no-compile --disable-pip-version-check \
    --target "$layer/python" -r "$here/python/requirements.txt" || return 1
  (cd "$layer" && python3 -m zipfile -c "$out/python.zip.part" python) && mv "$out/python.zip.part" "$out/python.zip"
  local status=$?
  rm -rf "$layer"
  return $status
}

rust_bootstrap() {
  [ -x "$out/rust/bootstrap" ] && return
  (cd "$here/rust" && CARGO_TARGET_DIR="$out/rust-target" timeout 580 cargo build --quiet --locked --release) &&
    mkdir -p "$out/rust" && cp "$out/rust-target/release/bootstrap" "$out/rust/" && rm -rf "$out/rust-target"
}

go_bootstrap() {
  [ -x "$out/go/bootstrap" ] && return
  (cd "$here/go" && CGO_ENABLED=0 timeout 580 go build -mod=readonly -trimpath -ldflags='-s -w' -tags lambda.norpc \
    -o "$out/go/bootstrap" .)
}

# AWS's runtime interface client for Node has a part in C++: it needs a compiler, cmake and a while.
node_client() {
  [ -f "$out/node/ready" ] && return
  mkdir -p "$out/node" && echo '{"private":true}' >"$out/node/package.json"
  (cd "$out/node" && timeout 580 npm install --no-fund --no-audit --silent aws-lambda-ric@4) && touch "$out/node/ready"
}

{ command -v python3 && python_layer; } >/dev/null 2>&1 || missing 'Python packages'
{ command -v cargo && rust_bootstrap; } >/dev/null 2>&1 || missing 'Rust bootstrap'
{ command -v go && go_bootstrap; } >/dev/null 2>&1 || missing 'Go bootstrap'
{ command -v npm && node_client; } >/dev/null 2>&1 || missing 'runtime interface client for Node'
