import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import {
  howToPrepare,
  invoke,
  layerOf,
  logOf,
  makeFunction,
  type Place,
  place,
  preparedPath,
  pythonRuntimeOf,
  returnedBy,
} from './strangers.test-support.ts'

/** Python packages from PyPI, unmodified, from a layer, with true names and the function's own role. */

const packages = preparedPath('python.zip')
const script = 'import sys; print("%d.%d" % sys.version_info[:2])'
const version = spawnSync('python3', ['-c', script], { encoding: 'utf8' }).stdout?.trim()
const runtime = pythonRuntimeOf(version)

/** A cloud with a function of these lines, the packages in its layer. */
async function python(source: string, timeoutSeconds = 60): Promise<Place> {
  const made = await place()
  await makeFunction(made, 'f', {
    Runtime: runtime,
    Handler: 'index.handler',
    Timeout: timeoutSeconds,
    Layers: [await layerOf(made, packages ?? '')],
    Environment: {
      Variables: { POWERTOOLS_SERVICE_NAME: 'strangers', POWERTOOLS_METRICS_NAMESPACE: 'Orrery' },
    },
    files: { 'index.py': source },
  })
  return made
}

const timeout = 120_000

describe.skipIf(packages === undefined)(`in a Python function (${howToPrepare})`, () => {
  test('boto3 has clients of many services', { timeout }, async () => {
    const made = await python(`
import json, boto3, urllib.request, requests
from botocore.exceptions import ClientError

def handler(event, context):
    said = {}
    sts = boto3.client("sts")
    said["who"] = sts.get_caller_identity()["Arn"].split("/")[-2:]

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="strange")
    s3.get_waiter("bucket_exists").wait(Bucket="strange")
    for i in range(25):
        s3.put_object(Bucket="strange", Key=f"page/{i:02}", Body=b"x" * i)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="strange", PaginationConfig={"PageSize": 10})
    said["pages"] = [len(page["Contents"]) for page in pages]
    get = s3.generate_presigned_url("get_object", Params={"Bucket": "strange", "Key": "page/03"}, ExpiresIn=60)
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "strange", "Key": "put"}, ExpiresIn=60)
    said["urllib"] = urllib.request.urlopen(get).read().decode()
    said["requests"] = [requests.put(put, data=b"by requests").status_code, requests.get(get).text]
    try:
        s3.get_object(Bucket="strange", Key="none")
    except ClientError as error:
        said["refused"] = error.response["Error"]["Code"]

    bucket = boto3.resource("s3").Bucket("strange")
    said["resource"] = sum(o.size for o in bucket.objects.filter(Prefix="page/"))
    said["deleted"] = len(bucket.objects.all().delete()[0]["Deleted"])
    bucket.delete()

    queue = boto3.resource("sqs").create_queue(QueueName="strange")
    topic = boto3.resource("sns").create_topic(Name="strange")
    queue.set_attributes(Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue.attributes["QueueArn"]}})})
    topic.subscribe(Protocol="sqs", Endpoint=queue.attributes["QueueArn"], Attributes={"RawMessageDelivery": "true"})
    topic.publish(Message="by sns")
    queue.send_message(MessageBody="by sqs")
    got = []
    while len(got) < 2:
        for message in queue.receive_messages(WaitTimeSeconds=20, MaxNumberOfMessages=10):
            got.append(message.body)
            message.delete()
    said["messages"] = sorted(got)

    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"a": "b"})["CiphertextBlob"]
    said["kms"] = kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"].decode()

    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/strange", Value="v", Type="SecureString")
    said["ssm"] = ssm.get_parameter(Name="/strange", WithDecryption=True)["Parameter"]["Value"]

    answer = boto3.client("lambda").invoke(FunctionName="other", Payload=json.dumps([1, 2]))
    said["lambda"] = [answer["StatusCode"], json.loads(answer["Payload"].read())]
    return said
`)
    await makeFunction(made, 'other', {
      Runtime: runtime,
      Handler: 'index.handler',
      files: { 'index.py': 'def handler(event, context):\n    return sum(event)\n' },
    })
    expect(await returnedBy(made, 'f')).toEqual({
      who: ['functions', 'f@lambda_function'],
      pages: [10, 10, 5],
      urllib: 'xxx',
      requests: [200, 'xxx'],
      refused: 'NoSuchKey',
      resource: 300,
      deleted: 26,
      messages: ['by sns', 'by sqs'],
      kms: 'secret',
      ssm: 'v',
      lambda: [200, 3],
    })
  })

  test('boto3’s transfers go through many threads, and come back whole', { timeout }, async () => {
    const made = await python(`
import boto3, hashlib, io, os
from boto3.s3.transfer import TransferConfig

def handler(event, context):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="strange")
    body = os.urandom(20 * 1024 * 1024)
    with open("/tmp/large", "wb") as file:
        file.write(body)
    parts = []
    s3.upload_file("/tmp/large", "strange", "large", Callback=parts.append,
        Config=TransferConfig(multipart_chunksize=5 * 1024 * 1024, max_concurrency=4))
    back = io.BytesIO()
    s3.download_fileobj("strange", "large", back, Config=TransferConfig(multipart_chunksize=5 * 1024 * 1024))
    etag = s3.head_object(Bucket="strange", Key="large")["ETag"]
    return [back.getvalue() == body, sum(parts), etag.endswith('-4"')]
`)
    expect(await returnedBy(made, 'f')).toEqual([true, 20 * 1024 * 1024, true])
  })

  test('waiters and sleeps take the model’s time and none of ours', { timeout }, async () => {
    const made = await python(
      `
import boto3, json, logging, time
from datetime import datetime, timezone

def handler(event, context):
    logging.getLogger().setLevel("INFO")
    began = time.time()
    time.sleep(600)
    logging.info("slept until %s", datetime.now(timezone.utc).isoformat())
    slept = time.time() - began
    stacks = boto3.client("cloudformation")
    stacks.create_stack(StackName="strange", TemplateBody=json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}))
    before = time.time()
    stacks.get_waiter("stack_create_complete").wait(StackName="strange")
    return [slept, time.time() - before >= 30, stacks.describe_stacks()["Stacks"][0]["StackStatus"]]
`,
      900,
    )
    const before = made.cloud.kernel.clock.nowMs
    expect(await returnedBy(made, 'f')).toEqual([600, true, 'CREATE_COMPLETE'])
    expect(made.cloud.kernel.clock.nowMs - before).toBeGreaterThanOrEqual(630_000)
    expect((await logOf(made, 'f')).filter((line) => line.includes('slept until'))).toEqual([
      expect.stringMatching(
        /^\[INFO\]\t2026-01-01T00:1\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\tslept until /,
      ),
    ])
  })

  test('Powertools log, count, trace, route, cache and work off batches', { timeout }, async () => {
    const made = await python(`
import boto3, json
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

logger, metrics, tracer, app = Logger(), Metrics(), Tracer(), APIGatewayRestResolver()
processor = BatchProcessor(event_type=EventType.SQS)

@app.get("/hello/<name>")
def hello(name):
    return {"hello": name}

@tracer.capture_method
def work_off(record):
    if record.body == "bad":
        raise ValueError("bad")

@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler
def handler(event, context):
    logger.info("works", extra={"n": 1})
    metrics.add_metric(name="Done", unit=MetricUnit.Count, value=2)
    boto3.client("ssm").put_parameter(Name="/strange", Value="v", Type="String")
    records = [{"messageId": body, "body": body, "eventSource": "aws:sqs"} for body in ("good", "bad", "fine")]
    return {
        "route": json.loads(app.resolve({"path": "/hello/you", "httpMethod": "GET", "headers": {}, "requestContext": {}}, context)["body"]),
        "parameter": [parameters.get_parameter("/strange", max_age=60) for _ in range(2)],
        "batch": process_partial_response(event={"Records": records}, record_handler=work_off, processor=processor, context=context),
    }
`)
    expect(await returnedBy(made, 'f')).toEqual({
      route: { hello: 'you' },
      parameter: ['v', 'v'],
      batch: { batchItemFailures: [{ itemIdentifier: 'bad' }] },
    })
    const lines = (await logOf(made, 'f'))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.find(({ message }) => message === 'works')).toMatchObject({
      level: 'INFO',
      service: 'strangers',
      cold_start: true,
      function_name: 'f',
      n: 1,
    })
    const counted = lines.filter((line) => '_aws' in line)
    expect(counted.map((line) => line['ColdStart'] ?? line['Done'])).toEqual(
      expect.arrayContaining([[1], [2]]),
    )
  })

  test('the X-Ray SDK sends to its daemon’s port and goes on', { timeout }, async () => {
    const made = await python(`
import boto3
from aws_xray_sdk.core import patch_all, xray_recorder
patch_all()

def handler(event, context):
    with xray_recorder.in_subsegment("work") as subsegment:
        subsegment.put_annotation("a", "b")
        return boto3.client("sts").get_caller_identity()["Account"]
`)
    expect(await returnedBy(made, 'f')).toBe('123456789012')
  })

  test('a name that is not there is refused as by DNS', { timeout }, async () => {
    const made = await python(`
import requests
def handler(event, context):
    requests.get("https://model.invalid/")
`)
    const { value, failed } = await invoke(made, 'f')
    expect([failed, (value as { errorType: string }).errorType]).toEqual([
      'Unhandled',
      'ConnectionError',
    ])
  })
})
