#!/usr/bin/env bash
# Drives a running cloud with the AWS CLI, unmodified: aws_operations.sh PATH-TO-AWS
# Needs AWS_ENDPOINT_URL, a region and credentials in the environment (`orrery env`).
# --endpoint-url is given too: version 2 before 2.13 does not read the variable, version 1 not for SQS.
set -uo pipefail
cli=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
done_file="$work/done"
failures=0

aws() {
  echo "$1:$2" >>"$done_file"
  "$cli" --endpoint-url "$AWS_ENDPOINT_URL" --output text "$@" 2>&1
}

# check WHAT WANTED-REGEX OUTPUT
check() {
  if [[ $3 =~ $2 ]]; then
    echo "ok   $1"
  else
    echo "FAIL $1: wanted $2, saw: $3"
    failures=$((failures + 1))
  fi
}

account=$(aws sts get-caller-identity --query Account)
check 'sts account' '^[0-9]{12}$' "$account"

# s3 and s3api
check 's3 make bucket' 'make_bucket: cli-bucket' "$(aws s3 mb s3://cli-bucket)"
printf 'hello from the command line\n' >"$work/hello.txt"
head -c 9000000 /dev/zero >"$work/large.bin"
mkdir "$work/tree" && for i in 1 2 3; do echo $i >"$work/tree/$i.txt"; done
check 's3 upload' 'upload:' "$(aws s3 cp "$work/hello.txt" s3://cli-bucket/hello.txt --no-progress)"
check 's3 multipart upload' 'upload:' "$(aws s3 cp "$work/large.bin" s3://cli-bucket/large.bin --no-progress)"
check 's3 stream' 'hello from the command line' "$(aws s3 cp s3://cli-bucket/hello.txt -)"
check 's3 sync' 'upload:.*3.txt' "$(aws s3 sync "$work/tree" s3://cli-bucket/tree --no-progress | tr '\n' ' ')"
check 's3 list' 'large.bin' "$(aws s3 ls s3://cli-bucket --recursive)"
check 's3api head bucket' '' "$(aws s3api head-bucket --bucket cli-bucket)"
check 's3api put object' '"[0-9a-f]{32}"' "$(aws s3api put-object --bucket cli-bucket --key api --body "$work/hello.txt" --query ETag)"
check 's3api get object' '28' "$(aws s3api get-object --bucket cli-bucket --key api "$work/out" --query ContentLength)"
check 's3api head object' '28' "$(aws s3api head-object --bucket cli-bucket --key api --query ContentLength)"
check 's3api copy object' '"[0-9a-f]{32}"' "$(aws s3api copy-object --bucket cli-bucket --key copy --copy-source cli-bucket/api --query CopyObjectResult.ETag)"
check 's3api list pages' '^7$' "$(aws s3api list-objects-v2 --bucket cli-bucket --page-size 2 --output json --query 'length(Contents)')"
check 's3api tagging' '' "$(aws s3api put-object-tagging --bucket cli-bucket --key copy --tagging 'TagSet=[{Key=k,Value=v}]')"
check 's3api get tagging' 'v' "$(aws s3api get-object-tagging --bucket cli-bucket --key copy)"
check 's3api versioning' '' "$(aws s3api put-bucket-versioning --bucket cli-bucket --versioning-configuration Status=Enabled)"
check 's3api get versioning' 'Enabled' "$(aws s3api get-bucket-versioning --bucket cli-bucket)"
check 's3api missing key' 'NoSuchKey' "$(aws s3api get-object --bucket cli-bucket --key nope "$work/out")"
check 's3api policy refused' 'MalformedPolicy' "$(aws s3api put-bucket-policy --bucket cli-bucket --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}')"
check 's3 presign' 'hello from the command line' "$(curl -s "$(aws s3 presign s3://cli-bucket/hello.txt)")"

# sqs
url=$(aws sqs create-queue --queue-name cli-queue --query QueueUrl)
check 'sqs create' "/$account/cli-queue$" "$url"
check 'sqs url' "$url" "$(aws sqs get-queue-url --queue-name cli-queue)"
check 'sqs send' '[0-9a-f-]{36}' "$(aws sqs send-message --queue-url "$url" --message-body hi --query MessageId)"
check 'sqs send batch' '^2$' "$(aws sqs send-message-batch --queue-url "$url" --entries Id=1,MessageBody=a Id=2,MessageBody=b --query 'length(Successful)')"
handle=$(aws sqs receive-message --queue-url "$url" --query 'Messages[0].ReceiptHandle')
check 'sqs receive' '.{20,}' "$handle"
check 'sqs visibility' '^$' "$(aws sqs change-message-visibility --queue-url "$url" --receipt-handle "$handle" --visibility-timeout 10)"
check 'sqs delete message' '^$' "$(aws sqs delete-message --queue-url "$url" --receipt-handle "$handle")"
check 'sqs attributes' '345600' "$(aws sqs get-queue-attributes --queue-url "$url" --attribute-names All --query Attributes.MessageRetentionPeriod)"
check 'sqs set attributes' '^$' "$(aws sqs set-queue-attributes --queue-url "$url" --attributes DelaySeconds=1)"
check 'sqs list' 'cli-queue' "$(aws sqs list-queues)"
check 'sqs purge' '^$' "$(aws sqs purge-queue --queue-url "$url")"
check 'sqs refused' 'InvalidAttributeValue' "$(aws sqs create-queue --queue-name bad --attributes VisibilityTimeout=43201)"

# sns
topic=$(aws sns create-topic --name cli-topic --query TopicArn)
check 'sns create' ":$account:cli-topic$" "$topic"
check 'sns subscribe' 'pending confirmation' "$(aws sns subscribe --topic-arn "$topic" --protocol email --notification-endpoint cli@example.com)"
check 'sns publish' '[0-9a-f-]{36}' "$(aws sns publish --topic-arn "$topic" --message hi --query MessageId)"
check 'sns attributes' "$topic" "$(aws sns get-topic-attributes --topic-arn "$topic" --query Attributes.TopicArn)"
check 'sns topics' 'cli-topic' "$(aws sns list-topics)"
check 'sns subscriptions' 'cli@example.com' "$(aws sns list-subscriptions-by-topic --topic-arn "$topic")"
check 'sns delete' '^$' "$(aws sns delete-topic --topic-arn "$topic")"

# iam and sts
check 'iam user' 'cli-user' "$(aws iam create-user --user-name cli-user --query User.UserName)"
check 'iam policy refused' 'MalformedPolicyDocument' "$(aws iam create-policy --policy-name bad --policy-document '{}')"
policy=$(aws iam create-policy --policy-name cli-policy --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"}]}' --query Policy.Arn)
check 'iam policy' ":policy/cli-policy$" "$policy"
check 'iam attach' '^$' "$(aws iam attach-user-policy --user-name cli-user --policy-arn "$policy")"
read -r key secret <<<"$(aws iam create-access-key --user-name cli-user --query 'AccessKey.[AccessKeyId,SecretAccessKey]')"
as_user() { AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret aws "$@"; }
check 'iam allowed' 'cli-queue' "$(as_user sqs list-queues)"
check 'iam denied in words' "user/cli-user is not authorized to perform: sns:ListTopics|user/cli-user is not authorized to perform: SNS:ListTopics" "$(as_user sns list-topics)"
check 'iam simulate' 'implicitDeny' "$(aws iam simulate-principal-policy --policy-source-arn "arn:aws:iam::$account:user/cli-user" --action-names s3:GetObject --query 'EvaluationResults[0].EvalDecision')"
check 'iam role' 'cli-role' "$(aws iam create-role --role-name cli-role --assume-role-policy-document "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::$account:root\"},\"Action\":\"sts:AssumeRole\"}]}" --query Role.RoleName)"
check 'sts assume role' 'ASIA' "$(aws sts assume-role --role-arn "arn:aws:iam::$account:role/cli-role" --role-session-name cli --query Credentials.AccessKeyId)"
check 'iam list roles' 'cli-role' "$(aws iam list-roles --page-size 1)"
check 'iam conflict' 'DeleteConflict' "$(aws iam delete-user --user-name cli-user)"
check 'iam detach' '^$' "$(aws iam detach-user-policy --user-name cli-user --policy-arn "$policy")"
check 'iam delete key' '^$' "$(aws iam delete-access-key --user-name cli-user --access-key-id "$key")"
check 'iam delete user' '^$' "$(aws iam delete-user --user-name cli-user)"
check 'iam delete policy' '^$' "$(aws iam delete-policy --policy-arn "$policy")"
check 'iam delete role' '^$' "$(aws iam delete-role --role-name cli-role)"
check 'sts unknown key' 'InvalidClientTokenId' "$(AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE aws sts get-caller-identity)"
check 'sts wrong secret' 'SignatureDoesNotMatch' "$(AWS_SECRET_ACCESS_KEY=wrong aws sts get-caller-identity)"

# events, logs, ssm, cloudtrail
check 'events rule' ':rule/cli-rule' "$(aws events put-rule --name cli-rule --schedule-expression 'rate(1 hour)')"
check 'events describe' 'ENABLED' "$(aws events describe-rule --name cli-rule --query State)"
check 'events disable' '^$' "$(aws events disable-rule --name cli-rule)"
check 'events list' 'cli-rule' "$(aws events list-rules)"
check 'events put' '^0' "$(aws events put-events --entries '[{"Source":"cli","DetailType":"t","Detail":"{}"}]' --query FailedEntryCount)"
check 'events delete' '^$' "$(aws events delete-rule --name cli-rule)"
check 'logs group' '^$' "$(aws logs create-log-group --log-group-name /cli)"
check 'logs stream' '^$' "$(aws logs create-log-stream --log-group-name /cli --log-stream-name s)"
check 'logs put' '' "$(aws logs put-log-events --log-group-name /cli --log-stream-name s --log-events "timestamp=$(date +%s000),message=hello")"
check 'logs get' 'hello' "$(aws logs get-log-events --log-group-name /cli --log-stream-name s)"
check 'logs filter' 'hello' "$(aws logs filter-log-events --log-group-name /cli --filter-pattern hello)"
check 'logs delete' '^$' "$(aws logs delete-log-group --log-group-name /cli)"
check 'ssm put' '1' "$(aws ssm put-parameter --name /cli/a --type String --value one --query Version)"
check 'ssm get' 'one' "$(aws ssm get-parameter --name /cli/a --query Parameter.Value)"
check 'ssm path' 'one' "$(aws ssm get-parameters-by-path --path /cli)"
check 'ssm delete' '^$' "$(aws ssm delete-parameter --name /cli/a)"
check 'ssm item' 'oi-' "$(aws ssm create-ops-item --title t --description d --source cli)"
check 'cloudtrail' 'CreateOpsItem' "$(aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateOpsItem)"
check 'a service that is not there' "does not model the service 'gamelift'" "$(aws gamelift list-builds)"

# lambda
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
role=$(aws iam create-role --role-name cli-function --assume-role-policy-document "$trust" --query Role.Arn)
check 'iam role of a function' ':role/cli-function$' "$role"
check 'iam role policy' '^$' "$(aws iam put-role-policy --role-name cli-function --policy-name all --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')"
package() { rm -f "$work/f.zip" && printf '%s' "$1" >"$work/index.js" && (cd "$work" && python3 -m zipfile -c f.zip index.js); }
package 'exports.handler = async (event) => { console.log("heard", event.n); if (event.fail) throw new TypeError("no good"); return { n: event.n, stage: process.env.STAGE } }'
printf '{"n":1}' >"$work/event.json" && printf '{"fail":true}' >"$work/fail.json" && printf '{' >"$work/bad.json"
check 'lambda create' ':function:cli-f.*Pending' "$(aws lambda create-function --function-name cli-f --runtime nodejs22.x --handler index.handler --role "$role" --zip-file "fileb://$work/f.zip" --environment 'Variables={STAGE=one}' --query '[FunctionArn,State]')"
check 'lambda wait' '^$' "$(aws lambda wait function-active-v2 --function-name cli-f)"
check 'lambda exists' 'ResourceConflictException.*Function already exist' "$(aws lambda create-function --function-name cli-f --runtime nodejs22.x --handler index.handler --role "$role" --zip-file "fileb://$work/f.zip")"
check 'lambda invoke' '200' "$(aws lambda invoke --function-name cli-f --payload "fileb://$work/event.json" "$work/out")"
check 'lambda answer' '^\{"n":1,"stage":"one"\}$' "$(cat "$work/out")"
check 'lambda tail' 'START RequestId: .*heard 1.*END RequestId: .*REPORT RequestId: ' "$(aws lambda invoke --function-name cli-f --payload "fileb://$work/event.json" --log-type Tail "$work/out" --query LogResult | base64 -d)"
check 'lambda error' 'Unhandled' "$(aws lambda invoke --function-name cli-f --payload "fileb://$work/fail.json" "$work/out" --query FunctionError)"
check 'lambda error told' '"errorType":"TypeError","errorMessage":"no good"' "$(cat "$work/out")"
check 'lambda event' '202' "$(aws lambda invoke --function-name cli-f --invocation-type Event --payload "fileb://$work/event.json" "$work/out")"
check 'lambda dry run' '204' "$(aws lambda invoke --function-name cli-f --invocation-type DryRun "$work/out")"
check 'lambda bad payload' 'InvalidRequestContentException' "$(aws lambda invoke --function-name cli-f --payload "fileb://$work/bad.json" "$work/out")"
check 'lambda publish' '^1$' "$(aws lambda publish-version --function-name cli-f --query Version)"
check 'lambda configure' '^7' "$(aws lambda update-function-configuration --function-name cli-f --timeout 7 --query Timeout)"
check 'lambda wait updated' '^$' "$(aws lambda wait function-updated-v2 --function-name cli-f)"
package 'exports.handler = async () => "two"'
check 'lambda update' ':function:cli-f$' "$(aws lambda update-function-code --function-name cli-f --zip-file "fileb://$work/f.zip" --query FunctionArn)"
check 'lambda wait updated code' '^$' "$(aws lambda wait function-updated-v2 --function-name cli-f)"
check 'lambda alias' ':function:cli-f:live$' "$(aws lambda create-alias --function-name cli-f --name live --function-version 1 --query AliasArn)"
check 'lambda by alias' '^1$' "$(aws lambda invoke --function-name cli-f:live --payload "fileb://$work/event.json" "$work/out" --query ExecutedVersion)"
check 'lambda new code' '^"two"$' "$(aws lambda invoke --function-name cli-f "$work/out" >/dev/null && cat "$work/out")"
check 'lambda versions' 'LATEST.*1' "$(aws lambda list-versions-by-function --function-name cli-f --query 'Versions[].Version' | tr '\n' ' ')"
check 'lambda aliases' '^live$' "$(aws lambda list-aliases --function-name cli-f --query 'Aliases[].Name')"
check 'lambda update alias' 'LATEST|ValidationException|1' "$(aws lambda update-alias --function-name cli-f --name live --description d --query FunctionVersion)"
check 'lambda permission' 'lambda:InvokeFunction' "$(aws lambda add-permission --function-name cli-f --statement-id s --action lambda:InvokeFunction --principal sns.amazonaws.com)"
check 'lambda policy' 'sns.amazonaws.com' "$(aws lambda get-policy --function-name cli-f)"
check 'lambda no permission' '^$' "$(aws lambda remove-permission --function-name cli-f --statement-id s)"
check 'lambda concurrency' '^0$' "$(aws lambda put-function-concurrency --function-name cli-f --reserved-concurrent-executions 0)"
check 'lambda throttled' 'TooManyRequestsException' "$(AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name cli-f "$work/out")"
check 'lambda free concurrency' '^$' "$(aws lambda delete-function-concurrency --function-name cli-f)"
check 'lambda url' '^https://[a-z0-9]+\.lambda-url\.' "$(aws lambda create-function-url-config --function-name cli-f --auth-type AWS_IAM --query FunctionUrl)"
check 'lambda layer' ':layer:cli-layer:1$' "$(aws lambda publish-layer-version --layer-name cli-layer --zip-file "fileb://$work/f.zip" --query LayerVersionArn)"
check 'lambda layers' 'cli-layer' "$(aws lambda list-layers)"
check 'lambda get' 'Active' "$(aws lambda get-function --function-name cli-f --query Configuration.State)"
check 'lambda list' '^cli-f$' "$(aws lambda list-functions --query 'Functions[].FunctionName')"
check 'lambda account' '1000' "$(aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions)"
check 'lambda logs' 'REPORT RequestId' "$(aws logs filter-log-events --log-group-name /aws/lambda/cli-f)"
check 'lambda delete' '^$|204' "$(aws lambda delete-function --function-name cli-f)"
check 'lambda gone' 'ResourceNotFoundException.*Function not found' "$(aws lambda get-function --function-name cli-f)"

# kms
key=$(aws kms create-key --description cli --query KeyMetadata.KeyId)
check 'kms create' '^[0-9a-f-]{36}$' "$key"
check 'kms alias' '^$' "$(aws kms create-alias --alias-name alias/cli --target-key-id "$key")"
printf secret >"$work/plain"
aws kms encrypt --key-id alias/cli --plaintext "fileb://$work/plain" --query CiphertextBlob | base64 -d >"$work/sealed"
check 'kms decrypt' '^secret$' "$(aws kms decrypt --ciphertext-blob "fileb://$work/sealed" --query Plaintext | base64 -d)"
check 'kms data key' ":key/$key" "$(aws kms generate-data-key --key-id alias/cli --key-spec AES_256 --query KeyId)"
check 'kms rotation' '^$' "$(aws kms enable-key-rotation --key-id "$key")"
check 'kms rotation status' 'True' "$(aws kms get-key-rotation-status --key-id "$key")"
check 'kms disable' '^$' "$(aws kms disable-key --key-id "$key")"
check 'kms disabled' 'DisabledException' "$(aws kms encrypt --key-id "$key" --plaintext "fileb://$work/plain")"
check 'kms deletion' 'PendingDeletion' "$(aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7)"
check 'kms describe' 'PendingDeletion' "$(aws kms describe-key --key-id "$key" --query KeyMetadata.KeyState)"

# ecr, and what buckets can be told
check 'ecr create' ':repository/cli/app$' "$(aws ecr create-repository --repository-name cli/app --query repository.repositoryArn)"
check 'ecr list' 'cli/app' "$(aws ecr describe-repositories --query 'repositories[].repositoryName')"
check 'ecr delete' 'cli/app' "$(aws ecr delete-repository --repository-name cli/app --query repository.repositoryName)"
check 's3api lifecycle' '' "$(aws s3api put-bucket-lifecycle-configuration --bucket cli-bucket --lifecycle-configuration '{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":"old/"},"Expiration":{"Days":3}}]}')"
check 's3api get lifecycle' '^3$' "$(aws s3api get-bucket-lifecycle-configuration --bucket cli-bucket --query 'Rules[0].Expiration.Days')"
check 's3api cors' '^$' "$(aws s3api put-bucket-cors --bucket cli-bucket --cors-configuration '{"CORSRules":[{"AllowedMethods":["GET"],"AllowedOrigins":["*"]}]}')"
check 's3api get cors' 'GET' "$(aws s3api get-bucket-cors --bucket cli-bucket)"
check 's3 website' '^$' "$(aws s3 website s3://cli-bucket --index-document index.html)"
check 's3api get website' 'index.html' "$(aws s3api get-bucket-website --bucket cli-bucket --query IndexDocument.Suffix)"
check 's3api no lock' 'ObjectLockConfigurationNotFoundError' "$(aws s3api get-object-lock-configuration --bucket cli-bucket)"
check 's3api encryption' 'AES256' "$(aws s3api get-bucket-encryption --bucket cli-bucket)"

# what keeps state, waits, writes and watches
check 'dynamodb create' ':table/cli-table' "$(aws dynamodb create-table --table-name cli-table --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=pk,AttributeType=S --key-schema AttributeName=pk,KeyType=HASH --stream-specification StreamEnabled=true,StreamViewType=NEW_IMAGE --query TableDescription.TableArn)"
check 'secretsmanager create' ':secret:cli-secret-' "$(aws secretsmanager create-secret --name cli-secret --secret-string one --query ARN)"
check 'secretsmanager put' 'AWSCURRENT' "$(aws secretsmanager put-secret-value --secret-id cli-secret --secret-string two --query VersionStages)"
check 'secretsmanager get' '^one$' "$(aws secretsmanager get-secret-value --secret-id cli-secret --version-stage AWSPREVIOUS --query SecretString)"
check 'secretsmanager delete' 'cli-secret' "$(aws secretsmanager delete-secret --secret-id cli-secret --force-delete-without-recovery --query Name)"
check 'secretsmanager gone' "ResourceNotFoundException.*Secrets Manager can't find the specified secret" "$(aws secretsmanager get-secret-value --secret-id cli-secret)"
check 'dynamodb wait' '^$' "$(aws dynamodb wait table-exists --table-name cli-table)"
check 'dynamodb put' '^$' "$(aws dynamodb put-item --table-name cli-table --item '{"pk":{"S":"a"},"n":{"N":"1"}}')"
check 'dynamodb condition' 'ConditionalCheckFailedException.*The conditional request failed' "$(aws dynamodb put-item --table-name cli-table --item '{"pk":{"S":"a"}}' --condition-expression 'attribute_not_exists(pk)')"
check 'dynamodb update' '^3$' "$(aws dynamodb update-item --table-name cli-table --key '{"pk":{"S":"a"}}' --update-expression 'ADD n :two' --expression-attribute-values '{":two":{"N":"2"}}' --return-values ALL_NEW --query Attributes.n.N)"
check 'dynamodb query' '^3$' "$(aws dynamodb query --table-name cli-table --key-condition-expression 'pk = :p' --expression-attribute-values '{":p":{"S":"a"}}' --query 'Items[0].n.N')"
check 'dynamodb statement' '^3$' "$(aws dynamodb execute-statement --statement "SELECT n FROM \"cli-table\" WHERE pk = 'a'" --query 'Items[0].n.N')"
check 'dynamodbstreams list' ':table/cli-table/stream/' "$(aws dynamodbstreams list-streams --table-name cli-table --query 'Streams[0].StreamArn')"
check 'dynamodb delete' 'DELETING' "$(aws dynamodb delete-table --table-name cli-table --query TableDescription.TableStatus)"
role=$(aws iam create-role --role-name cli-states --assume-role-policy-document "${trust//lambda./states.}" --query Role.Arn)
printf '{"StartAt":"Sum","QueryLanguage":"JSONata","States":{"Sum":{"Type":"Pass","Output":"{%% $sum($states.input) %%}","End":true}}}' >"$work/machine.json"
machine=$(aws stepfunctions create-state-machine --name cli-machine --definition "file://$work/machine.json" --role-arn "$role" --query stateMachineArn)
check 'stepfunctions create' ':stateMachine:cli-machine$' "$machine"
execution=$(aws stepfunctions start-execution --state-machine-arn "$machine" --input '[1,2,3]' --query executionArn)
check 'stepfunctions describe' 'SUCCEEDED.*6' "$(aws stepfunctions describe-execution --execution-arn "$execution" --query '[status,output]')"
check 'stepfunctions history' '^4$' "$(aws stepfunctions get-execution-history --execution-arn "$execution" --query 'length(events)')"
check 'stepfunctions bad definition' 'InvalidDefinition.*SCHEMA_VALIDATION_FAILED' "$(aws stepfunctions create-state-machine --name bad --definition '{"StartAt":"A"}' --role-arn "$role")"
check 'stepfunctions delete' '^$' "$(aws stepfunctions delete-state-machine --state-machine-arn "$machine")"
check 'scheduler group' ':schedule-group/cli-group$' "$(aws scheduler create-schedule-group --name cli-group --query ScheduleGroupArn)"
check 'scheduler none' 'ResourceNotFoundException.*Schedule none does not exist' "$(aws scheduler get-schedule --name none)"
check 'scheduler delete group' '^$' "$(aws scheduler delete-schedule-group --name cli-group)"
check 'sesv2 identity' 'False' "$(aws sesv2 create-email-identity --email-identity cli@example.com --query VerifiedForSendingStatus)"
check 'sesv2 identities' 'cli@example.com' "$(aws sesv2 list-email-identities --query 'EmailIdentities[].IdentityName')"
check 'ses refused' 'MessageRejected.*Email address is not verified' "$(aws ses send-email --from cli@example.com --to success@simulator.amazonses.com --subject s --text t)"
check 'ses delete' '^$' "$(aws ses delete-identity --identity cli@example.com)"
check 'cloudwatch put' '^$' "$(aws cloudwatch put-metric-data --namespace Cli --metric-name Calls --value 3 --unit Count)"
check 'cloudwatch list' 'Calls' "$(aws cloudwatch list-metrics --namespace Cli --query 'Metrics[].MetricName')"
check 'cloudwatch alarm' '^$' "$(aws cloudwatch put-metric-alarm --alarm-name cli-alarm --namespace Cli --metric-name Calls --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold)"
check 'cloudwatch alarms' 'cli-alarm' "$(aws cloudwatch describe-alarms --alarm-names cli-alarm --query 'MetricAlarms[].AlarmName')"
check 'cloudwatch delete' '^$' "$(aws cloudwatch delete-alarms --alarm-names cli-alarm)"

# names, networks, balancers, APIs, logins
check 'ec2 create' '^vpc-' "$(aws ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId)"
check 'elbv2 none' 'LoadBalancerNotFound' "$(aws elbv2 describe-load-balancers --names cli)"
zone=$(aws route53 create-hosted-zone --name cli.dev --caller-reference cli --query HostedZone.Id)
check 'route53 record' 'PENDING' "$(aws route53 change-resource-record-sets --hosted-zone-id "$zone" --change-batch '{"Changes":[{"Action":"CREATE","ResourceRecordSet":{"Name":"www.cli.dev","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"}]}}]}' --query ChangeInfo.Status)"
check 'acm request' ':certificate/' "$(aws acm request-certificate --domain-name cli.dev --validation-method DNS --query CertificateArn)"
check 'apigatewayv2 create' '^[a-z0-9]{10}$' "$(aws apigatewayv2 create-api --name cli --protocol-type HTTP --target https://cli.dev --query ApiId)"
printf '{"openapi":"3.0.1","info":{"title":"cli","version":"1"},"paths":{"/a":{"get":{"responses":{}}}}}' >"$work/api.json"
check 'apigateway import' 'cli' "$(aws apigateway import-rest-api --body "fileb://$work/api.json" --query name)"
check 'cognito-idp pool' '^us-east-1_' "$(aws cognito-idp create-user-pool --pool-name cli --query UserPool.Id)"

# cloudformation
cat >"$work/template.yaml" <<'YAML'
Parameters:
  Suffix: { Type: String, Default: one }
Conditions:
  Named: !Not [!Equals [!Ref Suffix, '']]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [Named, !Sub 'cli-stack-${Suffix}', !Ref AWS::NoValue]
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: Queue
Outputs:
  QueueArn: { Value: !GetAtt Queue.Arn }
YAML
check 'cloudformation validate' 'Suffix' "$(aws cloudformation validate-template --template-body "file://$work/template.yaml")"
check 'cloudformation deploy' 'Successfully created/updated stack' "$(aws cloudformation deploy --stack-name cli-stack --template-file "$work/template.yaml")"
check 'cloudformation output' ':cli-stack-one$' "$(aws cloudformation describe-stacks --stack-name cli-stack --query 'Stacks[0].Outputs[0].OutputValue')"
check 'cloudformation deploy again' 'Successfully created/updated stack' "$(aws cloudformation deploy --stack-name cli-stack --template-file "$work/template.yaml" --parameter-overrides Suffix=two)"
check 'cloudformation replaced' ':cli-stack-two$' "$(aws cloudformation describe-stacks --stack-name cli-stack --query 'Stacks[0].Outputs[0].OutputValue')"
check 'cloudformation old queue gone' 'NonExistentQueue|QueueDoesNotExist' "$(aws sqs get-queue-url --queue-name cli-stack-one)"
check 'cloudformation no changes' 'No changes to deploy' "$(aws cloudformation deploy --stack-name cli-stack --template-file "$work/template.yaml")"
check 'cloudformation events' 'UPDATE_COMPLETE' "$(aws cloudformation describe-stack-events --stack-name cli-stack --query 'StackEvents[0].ResourceStatus')"
check 'cloudformation delete' '^$' "$(aws cloudformation delete-stack --stack-name cli-stack)"
check 'cloudformation wait' '^$' "$(aws cloudformation wait stack-delete-complete --stack-name cli-stack)"

check 's3 remove' 'delete:' "$(aws s3 rm s3://cli-bucket --recursive | head -1)"
check 'sqs delete' '^$' "$(aws sqs delete-queue --queue-url "$url")"

echo "$(sort -u "$done_file" | wc -l) operations, $failures failures"
[[ $failures -eq 0 ]]
