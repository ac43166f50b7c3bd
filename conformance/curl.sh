#!/usr/bin/env bash
# Asks a running cloud with nothing but curl and openssl: what a stranger with a shell sees.
# Needs AWS_ENDPOINT_URL and credentials in the environment (`orrery env`).
set -uo pipefail
endpoint=$AWS_ENDPOINT_URL
key=$AWS_ACCESS_KEY_ID
secret=$AWS_SECRET_ACCESS_KEY
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0
failures=0

# check WHAT WANTED-REGEX OUTPUT
check() {
  checks=$((checks + 1))
  if [[ $3 =~ $2 ]]; then
    echo "ok   $1"
  else
    echo "FAIL $1: wanted $2, saw: $3"
    failures=$((failures + 1))
  fi
}

# Status, then headers, then body: all in one text.
ask() { curl -s -i "$@" | tr -d '\r'; }
# signed SERVICE ARGUMENTS...
signed() {
  local service=$1
  shift
  ask --aws-sigv4 "aws:amz:us-east-1:$service" --user "$key:$secret" "$@"
}
# S3 wants a statement about the body; newer versions of curl add one by themselves.
s3() { signed s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@"; }
json() { signed "$1" -H "content-type: application/x-amz-json-$2" -H "x-amz-target: $3" "${@:5}" -d "$4" "$endpoint/"; }
form() { signed "$1" "${@:3}" -d "$2" "$endpoint/"; }

# Nobody: each protocol in its own form.
target='x-amz-target: AmazonSQS.ListQueues'
check 'unsigned JSON' '^HTTP/1.1 400.*x-amzn-query-error: MissingAuthenticationToken;Sender.*"__type":"com.amazon.coral.service#MissingAuthenticationTokenException"' \
  "$(ask -H 'content-type: application/x-amz-json-1.0' -H "$target" -d '{}' "$endpoint/")"
check 'unsigned form' '^HTTP/1.1 403.*<ErrorResponse.*<Code>MissingAuthenticationToken</Code>' \
  "$(ask -d 'Action=GetCallerIdentity&Version=2011-06-15' "$endpoint/")"
check 'unsigned list of buckets' '^HTTP/1.1 403.*<Error><Code>AccessDenied</Code>' "$(ask "$endpoint/")"
check 'unsigned, no such bucket' '^HTTP/1.1 404.*<Error><Code>NoSuchBucket</Code>' "$(ask "$endpoint/curl-bucket")"
check 'another secret' '^HTTP/1.1 403.*<Code>SignatureDoesNotMatch</Code>' \
  "$(ask --aws-sigv4 aws:amz:us-east-1:sts --user "$key:wrong" -d 'Action=GetCallerIdentity&Version=2011-06-15' "$endpoint/")"
check 'another key' '^HTTP/1.1 403.*<Code>InvalidClientTokenId</Code>' \
  "$(ask --aws-sigv4 aws:amz:us-east-1:sts --user "AKIAIOSFODNN7EXAMPLE:$secret" -d 'Action=GetCallerIdentity&Version=2011-06-15' "$endpoint/")"

# Somebody: curl's own signatures.
check 'sts' '^HTTP/1.1 200.*<Account>[0-9]{12}</Account>' "$(form sts 'Action=GetCallerIdentity&Version=2011-06-15')"
check 'iam create' '^HTTP/1.1 200.*<UserName>curl</UserName>' "$(form iam 'Action=CreateUser&Version=2010-05-08&UserName=curl')"
check 'iam list' '^HTTP/1.1 200.*<member>.*<UserName>curl</UserName>' "$(form iam 'Action=ListUsers&Version=2010-05-08')"
check 'sqs in JSON' '^HTTP/1.1 200.*"QueueUrl":".*/curl"' "$(json sqs 1.0 AmazonSQS.CreateQueue '{"QueueName":"curl"}')"
check 'sqs in a form' '^HTTP/1.1 200.*<QueueUrl>.*/curl</QueueUrl>' "$(form sqs 'Action=GetQueueUrl&Version=2012-11-05&QueueName=curl')"
check 'sqs error in JSON' '^HTTP/1.1 400.*x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender.*QueueDoesNotExist' \
  "$(json sqs 1.0 AmazonSQS.GetQueueUrl '{"QueueName":"none"}')"
check 'sqs error in a form' '^HTTP/1.1 400.*<Code>AWS.SimpleQueueService.NonExistentQueue</Code>' \
  "$(form sqs 'Action=GetQueueUrl&Version=2012-11-05&QueueName=none')"
check 's3 bucket' '^HTTP/1.1 200' "$(s3 -X PUT "$endpoint/curl-bucket")"
printf '0123456789' >"$work/ten"
check 'unsigned bucket' '^HTTP/1.1 403.*<Error><Code>AccessDenied</Code>' "$(ask "$endpoint/curl-bucket")"
check 's3 put' 'HTTP/1.1 200.*[Ee][Tt]ag: "781e5e245d69b566979b86e28d23f2c7"' "$(s3 -T "$work/ten" "$endpoint/curl-bucket/ten")"
check 's3 get' '^HTTP/1.1 200.*0123456789$' "$(s3 "$endpoint/curl-bucket/ten")"
check 's3 head' '^HTTP/1.1 200.*[Cc]ontent-[Ll]ength: 10' "$(s3 -I "$endpoint/curl-bucket/ten")"
check 's3 head has no body' '^0$' "$(curl -s -o /dev/null -w '%{size_download}' --aws-sigv4 aws:amz:us-east-1:s3 --user "$key:$secret" -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -I "$endpoint/curl-bucket/none")"
check 's3 head of nothing' '^HTTP/1.1 404' "$(s3 -I "$endpoint/curl-bucket/none")"
check 's3 get of nothing' '^HTTP/1.1 404.*<Code>NoSuchKey</Code>.*<Key>none</Key>' "$(s3 "$endpoint/curl-bucket/none")"

# Ranges and conditions.
check 'range' '^HTTP/1.1 206.*[Cc]ontent-[Rr]ange: bytes 2-4/10.*234$' "$(s3 -H 'Range: bytes=2-4' "$endpoint/curl-bucket/ten")"
check 'last bytes' '^HTTP/1.1 206.*[Cc]ontent-[Rr]ange: bytes 7-9/10.*789$' "$(s3 -H 'Range: bytes=-3' "$endpoint/curl-bucket/ten")"
check 'range of nothing' '^HTTP/1.1 416.*<Code>InvalidRange</Code>' "$(s3 -H 'Range: bytes=10-20' "$endpoint/curl-bucket/ten")"
check 'not modified' '^HTTP/1.1 304' "$(s3 -H 'If-None-Match: "781e5e245d69b566979b86e28d23f2c7"' "$endpoint/curl-bucket/ten")"
check 'precondition' '^HTTP/1.1 412.*<Code>PreconditionFailed</Code>' "$(s3 -H 'If-Match: "another"' "$endpoint/curl-bucket/ten")"

# HTTP/2 without TLS.
check 'h2c' '^HTTP/2 200.*<Account>' "$(form sts 'Action=GetCallerIdentity&Version=2011-06-15' --http2-prior-knowledge)"
check 'h2c range' '^HTTP/2 206.*234$' "$(s3 --http2-prior-knowledge -H 'Range: bytes=2-4' "$endpoint/curl-bucket/ten")"
check 'h2c upload' '^HTTP/2 200' "$(s3 --http2-prior-knowledge -T "$work/ten" "$endpoint/curl-bucket/two")"
check 'h2c refusal' '^HTTP/2 404.*<Code>NoSuchKey</Code>' "$(s3 --http2-prior-knowledge "$endpoint/curl-bucket/none")"

# Bodies that say nothing.
for body in '{' '[]' '"text"' '{"QueueName":{}}' '{"QueueName":"a"} more' "$(printf '%*s' 5000 '' | tr ' ' '[')"; do
  check "malformed JSON ${body:0:20}" '^HTTP/1.1 400.*SerializationException' "$(json sqs 1.0 AmazonSQS.GetQueueUrl "$body")"
done
check 'target of nothing' '^HTTP/1.1 400.*UnknownOperationException' "$(json sqs 1.0 AmazonSQS.Nothing '{}')"
check 'action of nothing' '^HTTP/1.1 400.*<Code>InvalidAction</Code>' "$(form iam 'Action=Nothing&Version=2010-05-08')"
check 'version of nothing' '^HTTP/1.1 400.*<Code>InvalidAction</Code><Message>Could not find operation ListUsers for version 1999-01-01</Message>' "$(form iam 'Action=ListUsers&Version=1999-01-01')"
check 'form with broken escapes' '^HTTP/1.1 400.*<ErrorResponse.*<Code>' "$(form iam 'Action=GetUser&Version=2010-05-08&UserName=%zz%')"
check 'form with a text for a number' '^HTTP/1.1 400.*<Code>MalformedInput</Code>' "$(form iam 'Action=ListUsers&Version=2010-05-08&MaxItems=many')"
check 'form with a figure of 40 digits' '^HTTP/1.1 400.*<Code>(ValidationError|MalformedInput)</Code>' "$(form iam "Action=ListUsers&Version=2010-05-08&MaxItems=$(printf '9%.0s' {1..40})")"
for body in '<a' '<Delete><Object>' 'text' '<!DOCTYPE d [<!ENTITY a "aa">]><Delete>&a;</Delete>'; do
  check "malformed XML ${body:0:20}" '^HTTP/1.1 400.*<Error><Code>MalformedXML</Code>' "$(s3 -d "$body" -H "content-md5: $(printf %s "$body" | openssl md5 -binary | base64)" "$endpoint/curl-bucket?delete=")"
done
check 'another method' '^HTTP/1.1 405.*<Code>MethodNotAllowed</Code>.*<Method>POST</Method><ResourceType>OBJECT</ResourceType>' "$(s3 -X POST -d '' "$endpoint/curl-bucket/ten")"
check 'another method of all buckets' '^HTTP/1.1 405.*<ResourceType>SERVICE</ResourceType>' "$(s3 -X POST -d '' "$endpoint/")"
check 'the port still answers' '^HTTP/1.1 200.*"ok":true' "$(ask "$endpoint/_orrery/health")"

# A message's signature, by the certificate that the message names.
topic=$(form sns 'Action=CreateTopic&Version=2010-03-31&Name=curl' | sed -n 's/.*<TopicArn>\(.*\)<\/TopicArn>.*/\1/p')
check 'sns topic' '^arn:aws:sns:us-east-1:[0-9]{12}:curl$' "$topic"
account=$(cut -d: -f5 <<<"$topic")
queue=arn:aws:sqs:us-east-1:$account:curl
policy='{"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}]}'
check 'sqs policy' '^HTTP/1.1 200' \
  "$(json sqs 1.0 AmazonSQS.SetQueueAttributes "{\"QueueUrl\":\"$endpoint/$account/curl\",\"Attributes\":{\"Policy\":\"${policy//\"/\\\"}\"}}")"
for version in 1 2; do
  form sns "Action=SetTopicAttributes&Version=2010-03-31&TopicArn=$topic&AttributeName=SignatureVersion&AttributeValue=$version" >"$work/attribute"
  [[ $version == 1 ]] && form sns "Action=Subscribe&Version=2010-03-31&TopicArn=$topic&Protocol=sqs&Endpoint=$queue" >"$work/subscription"
  check 'sns publish' '^HTTP/1.1 200.*<MessageId>' "$(form sns "Action=Publish&Version=2010-03-31&TopicArn=$topic&Subject=Ring&Message=a%20%22ring%22%20%C3%A9")"
  signed sqs -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-target: AmazonSQS.ReceiveMessage' \
    -d "{\"QueueUrl\":\"$endpoint/$account/curl\",\"WaitTimeSeconds\":5}" "$endpoint/" | sed '1,/^$/d' >"$work/received"
  # Source: SNS developer guide, "Verifying the signatures of Amazon SNS messages".
  node -e '
    const { readFileSync, writeFileSync } = require("node:fs")
    const [folder] = process.argv.slice(1)
    const received = JSON.parse(readFileSync(`${folder}/received`, "utf8"))
    const message = JSON.parse(received.Messages[0].Body)
    const signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    writeFileSync(`${folder}/text`, signed.map((name) => `${name}\n${message[name]}\n`).join(""))
    writeFileSync(`${folder}/signature`, Buffer.from(message.Signature, "base64"))
    writeFileSync(`${folder}/path`, new URL(message.SigningCertURL).pathname)
    writeFileSync(`${folder}/version`, message.SignatureVersion)
  ' "$work"
  check 'signature version' "^$version$" "$(cat "$work/version")"
  curl -s "$endpoint$(cat "$work/path")" >"$work/certificate.pem"
  check 'sns certificate' 'CN ?= ?sns.amazonaws.com' "$(openssl x509 -in "$work/certificate.pem" -noout -subject)"
  openssl x509 -in "$work/certificate.pem" -noout -pubkey >"$work/public.pem"
  digest=$([[ $version == 1 ]] && echo sha1 || echo sha256)
  check "sns signature $version" '^Verified OK$' \
    "$(openssl dgst "-$digest" -verify "$work/public.pem" -signature "$work/signature" "$work/text" 2>/dev/null)"
  printf x >>"$work/text"
  check "sns signature $version of another text" '^Verification failure' \
    "$(openssl dgst "-$digest" -verify "$work/public.pem" -signature "$work/signature" "$work/text" 2>/dev/null)"
done

echo "$checks checks, $failures failures"
[[ $failures -eq 0 ]]
