#!/usr/bin/env bash
# Deploys templates with `aws cloudformation deploy`, unmodified: aws_cloudformation.sh PATH-TO-AWS TEMPLATE-OF-SYSTEM-14
set -uo pipefail
cli=$1
system14=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

aws() { "$cli" --endpoint-url "$AWS_ENDPOINT_URL" --output text "$@" 2>&1; }

check() {
  if [[ $3 =~ $2 ]]; then echo "ok   $1"; else echo "FAIL $1: wanted $2, saw: $3"; fi
}

deploy() { aws cloudformation deploy --capabilities CAPABILITY_IAM --stack-name "$1" --template-file "$2" "${@:3}"; }
status() { aws cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].StackStatus'; }
output() { aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"; }
success='Successfully created/updated stack'

conditions() {
  check 'conditions: create' "$success" "$(deploy colours "$here/templates/network-of-queues.yaml")"
  check 'conditions: join and select' '^colours-green$' "$(output colours WorkName)"
  check 'conditions: false leaves out' '^$' "$(output colours DeadArn)"
  check 'conditions: update' "$success" "$(deploy colours "$here/templates/network-of-queues.yaml" --parameter-overrides Environment=prod)"
  check 'conditions: true puts in' ':colours-Dead-' "$(output colours DeadArn)"
  check 'conditions: mapping' '120' "$(aws sqs get-queue-attributes --queue-url "$(output colours WorkUrl)" --attribute-names VisibilityTimeout --query Attributes.VisibilityTimeout)"
  check 'conditions: a rule refuses' 'Production keeps messages for more than a day|Assert' "$(deploy colours "$here/templates/network-of-queues.yaml" --parameter-overrides Environment=prod Retention=1)"
  check 'conditions: a value refused' 'must be one of|AllowedValues' "$(deploy colours2 "$here/templates/network-of-queues.yaml" --parameter-overrides Environment=moon)"
}

exports() {
  check 'exports: create' "$success" "$(deploy exporter "$here/templates/exporter.yaml")"
  check 'exports: import' "$success" "$(deploy importer "$here/templates/importer.yaml" --parameter-overrides Exporter=exporter)"
  check 'exports: listed' 'exporter-StoreArn' "$(aws cloudformation list-exports)"
  check 'exports: who imports' 'importer' "$(aws cloudformation list-imports --export-name exporter-StoreArn)"
  aws cloudformation delete-stack --stack-name exporter >"$work/refusal"
  sleep 2
  check 'exports: in use, so kept' 'CREATE_COMPLETE|DELETE_FAILED|UPDATE_COMPLETE' "$(status exporter)$(cat "$work/refusal")"
  aws cloudformation delete-stack --stack-name importer
  aws cloudformation wait stack-delete-complete --stack-name importer
  check 'exports: free after the importer went' '^$' "$(aws cloudformation delete-stack --stack-name exporter && aws cloudformation wait stack-delete-complete --stack-name exporter)"
}

nested() {
  aws s3 mb s3://nested-templates >/dev/null
  aws s3 cp "$here/templates/child.yaml" s3://nested-templates/child.yaml --no-progress >/dev/null
  url=https://nested-templates.s3.us-east-1.amazonaws.com/child.yaml
  check 'nested: create' "$success" "$(deploy family "$here/templates/parent.yaml" --parameter-overrides ChildUrl=$url)"
  queue=$(output family ChildQueue)
  check 'nested: output of the child' ':family-Child-' "$queue"
  check 'nested: update' "$success" "$(deploy family "$here/templates/parent.yaml" --parameter-overrides ChildUrl=$url Delay=7)"
  check 'nested: child updated in place' '^7$' "$(aws sqs get-queue-attributes --queue-url "https://sqs.us-east-1.amazonaws.com/123456789012/${queue##*:}" --attribute-names DelaySeconds --query Attributes.DelaySeconds)"
  aws cloudformation delete-stack --stack-name family
  check 'nested: delete' '^$' "$(aws cloudformation wait stack-delete-complete --stack-name family)"
  check 'nested: child gone' '^$' "$(aws sqs list-queues --queue-name-prefix family-Child --query 'QueueUrls[]' | grep -v None)"
}

rollback() {
  check 'rollback: create' "$success" "$(deploy steady "$here/templates/rolls-back.yaml")"
  check 'rollback: the update fails' 'Failed to create/update the stack' "$(deploy steady "$here/templates/rolls-back.yaml" --parameter-overrides Timeout=43201 Name=second)"
  check 'rollback: as it was' '^UPDATE_ROLLBACK_COMPLETE$' "$(status steady)"
  check 'rollback: the first queue is kept' 'steady-first' "$(aws sqs get-queue-url --queue-name steady-first)"
  check 'rollback: the second is gone' 'NonExistentQueue|QueueDoesNotExist' "$(aws sqs get-queue-url --queue-name steady-second)"
  check 'rollback: replaced by the next' "$success" "$(deploy steady "$here/templates/rolls-back.yaml" --parameter-overrides Timeout=60 Name=third)"
  check 'rollback: the first queue went' 'NonExistentQueue|QueueDoesNotExist' "$(aws sqs get-queue-url --queue-name steady-first)"
}

desk() {
  aws ssm put-parameter --name /cdk-bootstrap/hnb659fds/version --type String --value 30 >/dev/null
  check 'system 14: create' "$success" "$(deploy StackFailureDesk "$system14")"
  check 'system 14: rules' 'ResourceFailures' "$(aws events list-rules --name-prefix StackFailureDesk)"
}

# What templates name on disk goes to S3 first: a nested stack's template, and what an include reads.
packaged() {
  # Older ones send to AWS itself, whatever endpoint they are given: `package` makes a client of its own.
  if [[ $("$cli" --version 2>&1) =~ aws-cli/2\.([0-9]+)\. && ${BASH_REMATCH[1]} -lt 13 ]]; then
    echo "skip package: this command line does not follow AWS_ENDPOINT_URL"
    return
  fi
  aws s3 mb s3://packages >/dev/null
  check 'package: sent' 'Successfully packaged artifacts' "$(aws cloudformation package --template-file "$here/templates/packaged.yaml" --s3-bucket packages --s3-prefix sent --output-template-file "$work/packaged.yaml")"
  check 'package: two objects' '^2$' "$(aws s3 ls s3://packages/sent/ | wc -l | tr -d ' ')"
  check 'package: create' "$success" "$(deploy packaged "$work/packaged.yaml" --capabilities CAPABILITY_AUTO_EXPAND)"
  check 'package: what was included' ':?packaged-Included-' "$(output packaged Included)"
  check 'package: the child' ':packaged-Child-' "$(output packaged ChildQueue)"
  check 'package: again is nothing' 'No changes to deploy' "$(deploy packaged "$work/packaged.yaml" --capabilities CAPABILITY_AUTO_EXPAND)"
}

# A resource that exists comes into a stack; a wait condition waits for a curl.
imports() {
  aws sqs create-queue --queue-name standing >/dev/null
  url=https://sqs.us-east-1.amazonaws.com/123456789012/standing
  body='{"Resources":{"Standing":{"Type":"AWS::SQS::Queue","DeletionPolicy":"Delete","Properties":{"QueueName":"standing"}}}}'
  aws cloudformation create-change-set --stack-name taker --change-set-name taking --change-set-type IMPORT --template-body "$body" \
    --resources-to-import "[{\"ResourceType\":\"AWS::SQS::Queue\",\"LogicalResourceId\":\"Standing\",\"ResourceIdentifier\":{\"QueueUrl\":\"$url\"}}]" >/dev/null
  aws cloudformation wait change-set-create-complete --stack-name taker --change-set-name taking
  check 'import: shown' 'Import' "$(aws cloudformation describe-change-set --stack-name taker --change-set-name taking --query 'Changes[0].ResourceChange.Action')"
  aws cloudformation execute-change-set --stack-name taker --change-set-name taking
  check 'import: done' '^$' "$(aws cloudformation wait stack-import-complete --stack-name taker)"
  aws cloudformation delete-stack --stack-name taker
  aws cloudformation wait stack-delete-complete --stack-name taker
  check 'import: the stack owned it' 'NonExistentQueue|QueueDoesNotExist' "$(aws sqs get-queue-url --queue-name standing)"
}

signals() {
  body='{"Resources":{"H":{"Type":"AWS::CloudFormation::WaitConditionHandle"},"W":{"Type":"AWS::CloudFormation::WaitCondition","Properties":{"Handle":{"Ref":"H"},"Timeout":"300"}}},"Outputs":{"Data":{"Value":{"Fn::GetAtt":["W","Data"]}}}}'
  aws cloudformation create-stack --stack-name waiting --template-body "$body" >/dev/null
  sleep 3
  handle=$(aws cloudformation describe-stack-resource --stack-name waiting --logical-resource-id H --query StackResourceDetail.PhysicalResourceId)
  host=${handle#https://}
  host=${host%%/*}
  # The name of the model's S3, the address of its port.
  sent=$(curl -sS -o /dev/null -w '%{http_code}' -X PUT -H "Host: $host" --data-binary '{"Status":"SUCCESS","UniqueId":"one","Data":"ready","Reason":"done"}' "$AWS_ENDPOINT_URL/${handle#https://*/}" 2>&1)
  check 'signal: taken' '^200$' "$sent"
  check 'signal: the stack goes on' '^$' "$(aws cloudformation wait stack-create-complete --stack-name waiting)"
  check 'signal: data' '"one":"ready"' "$(output waiting Data)"
}

# Each waits for the CLI's own thirty-second polls: side by side.
for part in conditions exports nested rollback desk packaged imports signals; do $part >"$work/$part.log" & done
wait
cat "$work"/*.log
failures=$(cat "$work"/*.log | grep -c '^FAIL')
echo "$(cat "$work"/*.log | grep -c '^ok') checks, $failures failures"
[[ $failures -eq 0 ]]
