#!/usr/bin/env bash
# Deploys serverless applications with `sam`, unmodified: sam.sh PATH-TO-SAM
set -uo pipefail
sam=$1
app=$(cd "$(dirname "$0")/sam-app" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work SAM_CLI_TELEMETRY=0

check() {
  if [[ $3 =~ $2 ]]; then echo "ok   $1"; else echo "FAIL $1: wanted $2, saw: $3"; fi
}

deploy() { "$sam" deploy --no-confirm-changeset --no-progressbar --resolve-s3 --capabilities CAPABILITY_IAM --stack-name "$1" --template-file "$2" "${@:3}" 2>&1; }
outputs() { "$sam" list stack-outputs --stack-name "$1" --output json 2>&1; }
resources() { "$sam" list resources --stack-name "$1" --template-file "$2" --output json 2>&1; }
success='Successfully created/updated stack'

connectors() {
  check 'connectors: deploy' "$success" "$(deploy connected "$app/connected.yaml")"
  check 'connectors: output' 'connected-Jobs-' "$(outputs connected)"
  check 'connectors: what they made' 'ChangesSendQueuePolicyDestination0' "$(resources connected "$app/connected.yaml")"
  check 'connectors: nothing to do' 'No changes to deploy' "$(deploy connected "$app/connected.yaml" --no-fail-on-empty-changeset)"
  check 'connectors: delete' 'Deleted successfully' "$("$sam" delete --no-prompts --region "$AWS_REGION" --stack-name connected 2>&1)"
}

functions() {
  text=$(deploy app "$app/template.yaml")
  check 'functions: deploy' "$success" "$text"
  check 'functions: alias' ':live' "$(outputs app)"
  check 'functions: invoke' 'hello you' "$("$sam" remote invoke Worker --stack-name app --event '{"name":"you"}' 2>&1)"
  check 'functions: a new version' "$success" "$(deploy app "$app/template.yaml" --parameter-overrides Memory=256)"
  check 'functions: delete' 'Deleted successfully' "$("$sam" delete --no-prompts --region "$AWS_REGION" --stack-name app 2>&1)"
}

wrong() {
  printf 'Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Colour: red\n' >"$work/wrong.yaml"
  check 'wrong: what the transform says' 'property Colour not defined for resource of type AWS::Serverless::Function' "$(deploy wrong "$work/wrong.yaml")"
}

{
  connectors
  wrong
  if [[ $(deploy app "$app/template.yaml" --no-execute-changeset) =~ does\ not\ model ]]; then
    echo 'skip functions: their resource types are not modelled'
  else
    functions
  fi
} | tee "$work/log"
echo "$(grep -cE '^(ok|FAIL)' "$work/log") checks, $(grep -c ^FAIL "$work/log") failures"
