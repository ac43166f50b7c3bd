#!/bin/sh
# The least policy of every role of cdk-app, proved both ways: the app is deployed, used and deleted again and again,
# once with each policy whole and once without each of its parts. Takes ten minutes; needs a Python with boto3.
# Arguments go to `orrery policy`: a role's name or logical id, --json.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH=$here/../.orrery/venv/bin:$here/../node_modules/.bin:$PATH
export PATH
python3 -c 'import boto3' || { echo 'python3 has no boto3: see README.md' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here/cdk-app"
CDK_DISABLE_CLI_TELEMETRY=true cdk synth --all --quiet --notices=false --output "$work/cdk.out" > "$work/synth.txt" 2>&1 ||
  { cat "$work/synth.txt" >&2; exit 1; }
node --conditions=orrery-source ../../packages/cli/src/main.ts policy "$@" --app "$work/cdk.out" \
  --clock skip --prove --strict --destroy --probe 'node probe.mjs'
