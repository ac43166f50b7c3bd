"""Drives a running cloud with boto3, unmodified: create, use, be refused, page, stream, delete.

Needs AWS_ENDPOINT_URL, a region and credentials in the environment (`orrery env`). Prints one line for each
operation and ends with a count; exits with 1 if anything was not as on AWS.
"""

import base64
import io
import json
import sys
import time
import urllib.request
import zipfile

from botocore.exceptions import ClientError, WaiterError

from boto3_apis import parts as apis
from boto3_back_ends import parts as back_ends
from boto3_checks import check, client, done, failed, refused, stranger
from boto3_names import parts as names
from boto3_networks import parts as networks

def s3():
    c = client("s3")
    c.create_bucket(Bucket="boto-bucket")
    check("s3 head bucket", c.head_bucket(Bucket="boto-bucket")["ResponseMetadata"]["HTTPStatusCode"] == 200)
    refused("s3 bucket names are unique", "BucketAlreadyExists", lambda: client("s3", **stranger()).create_bucket(Bucket="boto-bucket"))
    c.put_object(Bucket="boto-bucket", Key="a/ü 1.txt", Body=b"hello", Metadata={"who": "boto"})
    got = c.get_object(Bucket="boto-bucket", Key="a/ü 1.txt")
    check("s3 streams a body", got["Body"].read() == b"hello" and got["Metadata"] == {"who": "boto"})
    check("s3 range", c.get_object(Bucket="boto-bucket", Key="a/ü 1.txt", Range="bytes=1-3")["Body"].read() == b"ell")
    check("s3 head object", c.head_object(Bucket="boto-bucket", Key="a/ü 1.txt")["ContentLength"] == 5)
    c.copy_object(Bucket="boto-bucket", Key="copy", CopySource={"Bucket": "boto-bucket", "Key": "a/ü 1.txt"})
    c.upload_fileobj(io.BytesIO(b"x" * (9 * 1024 * 1024)), "boto-bucket", "large")
    check("s3 multipart etag", c.head_object(Bucket="boto-bucket", Key="large")["ETag"].endswith('-2"'))
    for i in range(25):
        c.put_object(Bucket="boto-bucket", Key=f"page/{i:03}", Body=b"")
    pages = list(c.get_paginator("list_objects_v2").paginate(Bucket="boto-bucket", Prefix="page/", PaginationConfig={"PageSize": 10}))
    check("s3 pages", [len(p["Contents"]) for p in pages] == [10, 10, 5], [len(p.get("Contents", [])) for p in pages])
    prefixes = c.list_objects_v2(Bucket="boto-bucket", Delimiter="/")
    check("s3 delimiter", [p["Prefix"] for p in prefixes["CommonPrefixes"]] == ["a/", "page/"])
    check("s3 list objects v1", len(c.list_objects(Bucket="boto-bucket", Prefix="page/")["Contents"]) == 25)
    c.put_bucket_versioning(Bucket="boto-bucket", VersioningConfiguration={"Status": "Enabled"})
    check("s3 versioning", c.get_bucket_versioning(Bucket="boto-bucket")["Status"] == "Enabled")
    first = c.put_object(Bucket="boto-bucket", Key="v", Body=b"1")["VersionId"]
    c.put_object(Bucket="boto-bucket", Key="v", Body=b"2")
    check("s3 old version", c.get_object(Bucket="boto-bucket", Key="v", VersionId=first)["Body"].read() == b"1")
    check("s3 delete marker", c.delete_object(Bucket="boto-bucket", Key="v").get("DeleteMarker") is True)
    refused("s3 deleted key", "NoSuchKey", lambda: c.get_object(Bucket="boto-bucket", Key="v"))
    c.put_object_tagging(Bucket="boto-bucket", Key="copy", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    check("s3 tags", c.get_object_tagging(Bucket="boto-bucket", Key="copy")["TagSet"] == [{"Key": "k", "Value": "v"}])
    refused("s3 not empty", "BucketNotEmpty", lambda: c.delete_bucket(Bucket="boto-bucket"))
    url = c.generate_presigned_url("get_object", Params={"Bucket": "boto-bucket", "Key": "copy"})
    check("s3 presigned url", urllib.request.urlopen(url).read() == b"hello")
    versions = c.list_object_versions(Bucket="boto-bucket")
    objects = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions["Versions"] + versions.get("DeleteMarkers", [])]
    check("s3 delete objects", len(c.delete_objects(Bucket="boto-bucket", Delete={"Objects": objects})["Deleted"]) == len(objects))
    c.delete_bucket(Bucket="boto-bucket")
    check("s3 list buckets", "boto-bucket" not in [b["Name"] for b in c.list_buckets()["Buckets"]])


def sqs():
    c = client("sqs")
    url = c.create_queue(QueueName="boto-queue", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    check("sqs url", c.get_queue_url(QueueName="boto-queue")["QueueUrl"] == url)
    sent = c.send_message(QueueUrl=url, MessageBody="hi", MessageAttributes={"n": {"DataType": "Number", "StringValue": "1"}})
    got = c.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1)["Messages"]
    check("sqs message", got[0]["MessageId"] == sent["MessageId"] and got[0]["MessageAttributes"]["n"]["StringValue"] == "1")
    c.change_message_visibility(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"], VisibilityTimeout=30)
    c.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
    batch = c.send_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": str(i)} for i in range(10)])
    check("sqs batch", len(batch["Successful"]) == 10)
    attributes = c.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    check("sqs attributes", attributes["ApproximateNumberOfMessages"] == "10", attributes)
    messages = c.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    deleted = c.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)])
    check("sqs delete batch", len(deleted["Successful"]) == len(messages))
    started = time.time()
    c.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    check("sqs long poll waits", 0.8 < time.time() - started < 3)
    c.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    c.tag_queue(QueueUrl=url, Tags={"team": "boto"})
    check("sqs tags", c.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "boto"})
    check("sqs list", url in c.list_queues(QueueNamePrefix="boto")["QueueUrls"])
    refused("sqs bad timeout", "InvalidAttributeValue", lambda: c.create_queue(QueueName="bad", Attributes={"VisibilityTimeout": "43201"}))
    c.purge_queue(QueueUrl=url)
    c.delete_queue(QueueUrl=url)
    refused("sqs gone", "AWS.SimpleQueueService.NonExistentQueue", lambda: c.get_queue_attributes(QueueUrl=url))


def sns():
    c, q = client("sns"), client("sqs")
    topic = c.create_topic(Name="boto-topic", Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    url = q.create_queue(QueueName="boto-sns")["QueueUrl"]
    arn = q.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}}
    q.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    subscription = c.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)["SubscriptionArn"]
    c.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue='{"kind":["wanted"]}')
    for kind in ("wanted", "other"):
        c.publish(TopicArn=topic, Message=kind, MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    messages = q.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    check("sns filters and delivers", [json.loads(m["Body"])["Message"] for m in messages] == ["wanted"], messages)
    check("sns subscription attributes", c.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["Protocol"] == "sqs")
    check("sns list", len(c.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1)
    check("sns batch", len(c.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}])["Successful"]) == 1)
    check("sns topics", topic in [t["TopicArn"] for t in c.list_topics()["Topics"]])
    c.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Boto")
    check("sns attributes", c.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "Boto")
    c.unsubscribe(SubscriptionArn=subscription)
    c.delete_topic(TopicArn=topic)
    refused("sns gone", "NotFound", lambda: c.publish(TopicArn=topic, Message="x"))
    q.delete_queue(QueueUrl=url)


def iam_sts():
    c = client("iam")
    c.create_user(UserName="boto-user", Path="/team/")
    c.put_user_policy(UserName="boto-user", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}}))
    key = c.create_access_key(UserName="boto-user")["AccessKey"]
    limited = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    client("sqs", **limited).list_queues()
    try:
        client("s3", **limited).list_buckets()
        check("iam denies", False)
    except ClientError as error:
        text = error.response["Error"]["Message"]
        check("iam denies in AWS's words", "is not authorized to perform: s3:ListAllMyBuckets" in text and "because no identity-based policy allows the s3:ListAllMyBuckets action" in text, text)
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}
    role = c.create_role(RoleName="boto-role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    c.attach_role_policy(RoleName="boto-role", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="boto")["Credentials"]
    assumed = {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"], "aws_session_token": session["SessionToken"]}
    who = client("sts", **assumed).get_caller_identity()["Arn"]
    check("sts session", who == f"arn:aws:sts::{role['Arn'].split(':')[4]}:assumed-role/boto-role/boto", who)
    refused("iam read only", "AccessDenied", lambda: client("s3", **assumed).create_bucket(Bucket="not-allowed"))
    decision = c.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=["s3:GetObject", "s3:PutObject"])["EvaluationResults"]
    check("iam simulates", [d["EvalDecision"] for d in decision] == ["allowed", "implicitDeny"], decision)
    check("iam pages", sum(len(p["Policies"]) for p in c.get_paginator("list_policies").paginate(Scope="AWS")) > 1000)
    check("iam details", "boto-role" in [r["RoleName"] for r in c.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]])
    refused("iam conflict", "DeleteConflict", lambda: c.delete_role(RoleName="boto-role"))
    c.detach_role_policy(RoleName="boto-role", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    c.delete_role(RoleName="boto-role")
    c.delete_access_key(UserName="boto-user", AccessKeyId=key["AccessKeyId"])
    c.delete_user_policy(UserName="boto-user", PolicyName="p")
    c.delete_user(UserName="boto-user")
    refused("iam gone", "NoSuchEntity", lambda: c.get_user(UserName="boto-user"))
    wrong = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    refused("sts unknown key", "InvalidClientTokenId", lambda: client("sts", **wrong).get_caller_identity())


def events_logs():
    c, q = client("events"), client("sqs")
    url = q.create_queue(QueueName="boto-events")["QueueUrl"]
    arn = q.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    c.create_event_bus(Name="boto-bus")
    rule = c.put_rule(Name="boto-rule", EventBusName="boto-bus", EventPattern='{"source":["boto"],"detail":{"n":[{"numeric":[">",5]}]}}')["RuleArn"]
    q.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}})})
    c.put_targets(Rule="boto-rule", EventBusName="boto-bus", Targets=[{"Id": "q", "Arn": arn, "InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '"n is <n>"'}}])
    entries = [{"Source": "boto", "DetailType": "t", "Detail": json.dumps({"n": n}), "EventBusName": "boto-bus"} for n in (5, 6)]
    check("events put", c.put_events(Entries=entries)["FailedEntryCount"] == 0)
    bodies = [m["Body"] for m in q.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", [])]
    check("events match and transform", bodies == ['"n is 6"'], bodies)
    check("events test pattern", c.test_event_pattern(EventPattern='{"source":[{"prefix":"bo"}]}', Event=json.dumps({"id": "1", "source": "boto", "detail-type": "t", "account": "1", "time": "2026-01-01T00:00:00Z", "region": "x", "resources": [], "detail": {}}))["Result"])
    refused("events bad pattern", "InvalidEventPatternException", lambda: c.put_rule(Name="bad", EventPattern='{"source":"x"}'))
    check("events rules", [r["Name"] for r in c.list_rules(EventBusName="boto-bus")["Rules"]] == ["boto-rule"])
    check("events describe", c.describe_rule(Name="boto-rule", EventBusName="boto-bus")["State"] == "ENABLED")
    check("events targets", len(c.list_targets_by_rule(Rule="boto-rule", EventBusName="boto-bus")["Targets"]) == 1)
    c.remove_targets(Rule="boto-rule", EventBusName="boto-bus", Ids=["q"])
    c.delete_rule(Name="boto-rule", EventBusName="boto-bus")
    c.delete_event_bus(Name="boto-bus")
    q.delete_queue(QueueUrl=url)
    logs = client("logs")
    logs.create_log_group(logGroupName="/boto")
    logs.put_retention_policy(logGroupName="/boto", retentionInDays=7)
    logs.create_log_stream(logGroupName="/boto", logStreamName="s")
    now = int(time.time() * 1000)
    logs.put_log_events(logGroupName="/boto", logStreamName="s", logEvents=[{"timestamp": now + i, "message": m} for i, m in enumerate(["fine", "ERROR one", '{"level":"error"}'])])
    check("logs get", [e["message"] for e in logs.get_log_events(logGroupName="/boto", logStreamName="s", startFromHead=True)["events"]][0] == "fine")
    check("logs filter", [e["message"] for e in logs.filter_log_events(logGroupName="/boto", filterPattern="ERROR")["events"]] == ["ERROR one"])
    check("logs json filter", [e["message"] for e in logs.filter_log_events(logGroupName="/boto", filterPattern='{ $.level = "error" }')["events"]] == ['{"level":"error"}'])
    check("logs groups", logs.describe_log_groups(logGroupNamePrefix="/boto")["logGroups"][0]["retentionInDays"] == 7)
    check("logs streams", len(logs.describe_log_streams(logGroupName="/boto")["logStreams"]) == 1)
    logs.delete_log_stream(logGroupName="/boto", logStreamName="s")
    logs.delete_log_group(logGroupName="/boto")
    refused("logs gone", "ResourceNotFoundException", lambda: logs.describe_log_streams(logGroupName="/boto"))


def ssm_cloudtrail():
    c = client("ssm")
    c.put_parameter(Name="/boto/a", Value="1", Type="String")
    check("ssm overwrite", c.put_parameter(Name="/boto/a", Value="2", Type="String", Overwrite=True)["Version"] == 2)
    check("ssm get", c.get_parameter(Name="/boto/a:1")["Parameter"]["Value"] == "1")
    c.label_parameter_version(Name="/boto/a", Labels=["stable"])
    check("ssm path", [p["Value"] for p in c.get_parameters_by_path(Path="/boto")["Parameters"]] == ["2"])
    check("ssm history", len(c.get_parameter_history(Name="/boto/a")["Parameters"]) == 2)
    check("ssm many", c.get_parameters(Names=["/boto/a", "/boto/b"])["InvalidParameters"] == ["/boto/b"])
    check("ssm describe", c.describe_parameters(ParameterFilters=[{"Key": "Name", "Option": "BeginsWith", "Values": ["/boto"]}])["Parameters"][0]["Name"] == "/boto/a")
    refused("ssm exists", "ParameterAlreadyExists", lambda: c.put_parameter(Name="/boto/a", Value="1", Type="String"))
    c.delete_parameter(Name="/boto/a")
    refused("ssm gone", "ParameterNotFound", lambda: c.get_parameter(Name="/boto/a"))
    item = c.create_ops_item(Title="t", Description="d", Source="boto")["OpsItemId"]
    c.update_ops_item(OpsItemId=item, Status="Resolved")
    check("ssm ops item", c.get_ops_item(OpsItemId=item)["OpsItem"]["Status"] == "Resolved")
    check("ssm ops items", item in [s["OpsItemId"] for s in c.describe_ops_items(OpsItemFilters=[{"Key": "Source", "Values": ["boto"], "Operator": "Equal"}])["OpsItemSummaries"]])
    trail = client("cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateOpsItem"}])["Events"]
    check("cloudtrail has the call", trail[0]["EventSource"] == "ssm.amazonaws.com")


def cloudformation():
    c = client("cloudformation")
    template = {"Parameters": {"Days": {"Type": "Number", "Default": 4}}, "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": {"Fn::Join": ["", [{"Ref": "Days"}, "00000"]]}}}}, "Outputs": {"Url": {"Value": {"Ref": "Queue"}}}}
    check("cloudformation validates", len(c.validate_template(TemplateBody=json.dumps(template))["Parameters"]) == 1)
    c.create_stack(StackName="boto-stack", TemplateBody=json.dumps(template))
    c.get_waiter("stack_create_complete").wait(StackName="boto-stack", WaiterConfig={"Delay": 1})
    stack = c.describe_stacks(StackName="boto-stack")["Stacks"][0]
    url = stack["Outputs"][0]["OutputValue"]
    check("cloudformation made the queue", client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])["Attributes"]["MessageRetentionPeriod"] == "400000")
    refused("cloudformation no update", "ValidationError", lambda: c.update_stack(StackName="boto-stack", UsePreviousTemplate=True))
    c.update_stack(StackName="boto-stack", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Days", "ParameterValue": "5"}])
    c.get_waiter("stack_update_complete").wait(StackName="boto-stack", WaiterConfig={"Delay": 1})
    events = [e["ResourceStatus"] for p in c.get_paginator("describe_stack_events").paginate(StackName="boto-stack") for e in p["StackEvents"]]
    check("cloudformation events", events[-1] == "CREATE_IN_PROGRESS" and events[0] == "UPDATE_COMPLETE", events)
    check("cloudformation resources", c.list_stack_resources(StackName="boto-stack")["StackResourceSummaries"][0]["ResourceType"] == "AWS::SQS::Queue")
    check("cloudformation template", "Queue" in c.get_template(StackName="boto-stack")["TemplateBody"]["Resources"])
    c.delete_stack(StackName="boto-stack")
    c.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig={"Delay": 1})
    refused("cloudformation unknown type", "ValidationError", lambda: c.create_stack(StackName="bad", TemplateBody='{"Resources":{"X":{"Type":"AWS::No::Such"}}}'))


def zipped(**files):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return body.getvalue()


ASSUMED_BY_LAMBDA = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}})


def function_role(name):
    made = client("iam")
    arn = made.create_role(RoleName=name, AssumeRolePolicyDocument=ASSUMED_BY_LAMBDA)["Role"]["Arn"]
    made.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    return arn


def lambda_():
    c, role = client("lambda"), function_role("boto-function")
    echo = zipped(index_js="exports.handler = async (event, context) => { console.log('heard', event); if (event.fail) throw new TypeError('no good'); return { event, version: context.functionVersion, stage: process.env.STAGE } }")
    made = c.create_function(FunctionName="boto-f", Runtime="nodejs22.x", Handler="index.handler", Role=role, Code={"ZipFile": echo}, Environment={"Variables": {"STAGE": "one"}}, Tags={"a": "b"})
    arn = made["FunctionArn"]
    check("lambda is pending", made["State"] == "Pending" and made["Version"] == "$LATEST", made)
    c.get_waiter("function_active_v2").wait(FunctionName="boto-f")
    refused("lambda names are unique", "ResourceConflictException", lambda: c.create_function(FunctionName="boto-f", Runtime="nodejs22.x", Handler="i.h", Role=role, Code={"ZipFile": echo}))
    refused("lambda bad zip", "InvalidParameterValueException", lambda: c.create_function(FunctionName="bad", Runtime="nodejs22.x", Handler="i.h", Role=role, Code={"ZipFile": b"x"}))

    def answer(**kwargs):
        return json.loads(c.invoke(FunctionName="boto-f", **kwargs)["Payload"].read())

    got = c.invoke(FunctionName="boto-f", Payload=b'{"n":1}', LogType="Tail")
    check("lambda answers", json.loads(got["Payload"].read()) == {"event": {"n": 1}, "version": "$LATEST", "stage": "one"})
    tail = base64.b64decode(got["LogResult"]).decode()
    check("lambda tail", "heard { n: 1 }" in tail and tail.splitlines()[-1].startswith("REPORT RequestId: "), tail)
    bad = c.invoke(FunctionName="boto-f", Payload=b'{"fail":1}')
    said = json.loads(bad["Payload"].read())
    check("lambda error", bad["FunctionError"] == "Unhandled" and [said["errorType"], said["errorMessage"]] == ["TypeError", "no good"], said)
    check("lambda event", c.invoke(FunctionName="boto-f", InvocationType="Event", Payload=b"{}")["StatusCode"] == 202)
    check("lambda dry run", c.invoke(FunctionName="boto-f", InvocationType="DryRun", Payload=b"{}")["StatusCode"] == 204)
    refused("lambda bad payload", "InvalidRequestContentException", lambda: c.invoke(FunctionName="boto-f", Payload=b"{"))
    one = c.publish_version(FunctionName="boto-f", Description="first")
    check("lambda version", one["Version"] == "1" and one["FunctionArn"] == arn + ":1", one)
    c.update_function_configuration(FunctionName="boto-f", Environment={"Variables": {"STAGE": "two"}}, Timeout=9)
    c.get_waiter("function_updated_v2").wait(FunctionName="boto-f")
    check("lambda configuration", c.get_function_configuration(FunctionName="boto-f")["Timeout"] == 9)
    c.publish_version(FunctionName="boto-f")
    c.create_alias(FunctionName="boto-f", Name="live", FunctionVersion="1")
    check("lambda alias", [answer(Qualifier=q, Payload=b"{}")["stage"] for q in ("live", "1", "2")] == ["one", "one", "two"])
    c.update_alias(FunctionName="boto-f", Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    check("lambda weights", c.get_alias(FunctionName="boto-f", Name="live")["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.5}})
    check("lambda aliases", len(c.list_aliases(FunctionName="boto-f")["Aliases"]) == 1)
    versions = [v["Version"] for p in c.get_paginator("list_versions_by_function").paginate(FunctionName="boto-f", PaginationConfig={"PageSize": 1}) for v in p["Versions"]]
    check("lambda versions", versions == ["$LATEST", "1", "2"], versions)
    c.update_function_code(FunctionName="boto-f", ZipFile=zipped(index_js="exports.handler = async () => 'new'"))
    c.get_waiter("function_updated_v2").wait(FunctionName="boto-f")
    check("lambda new code", answer(Payload=b"{}") == "new")
    check("lambda code location", c.get_function(FunctionName="boto-f")["Code"]["Location"].startswith("https://awslambda-"))
    layer = c.publish_layer_version(LayerName="boto-layer", Content={"ZipFile": zipped(a_txt="a")}, CompatibleRuntimes=["nodejs22.x"])
    check("lambda layer", c.get_layer_version(LayerName="boto-layer", VersionNumber=1)["LayerVersionArn"] == layer["LayerVersionArn"])
    check("lambda layers", len(c.list_layers()["Layers"]) == 1 and len(c.list_layer_versions(LayerName="boto-layer")["LayerVersions"]) == 1)
    c.delete_layer_version(LayerName="boto-layer", VersionNumber=1)
    c.add_permission(FunctionName="boto-f", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::boto")
    check("lambda policy", json.loads(c.get_policy(FunctionName="boto-f")["Policy"])["Statement"][0]["Resource"] == arn)
    c.remove_permission(FunctionName="boto-f", StatementId="s3")
    refused("lambda no policy", "ResourceNotFoundException", lambda: c.get_policy(FunctionName="boto-f"))
    c.tag_resource(Resource=arn, Tags={"c": "d"})
    c.untag_resource(Resource=arn, TagKeys=["a"])
    check("lambda tags", c.list_tags(Resource=arn)["Tags"] == {"c": "d"})
    c.put_function_concurrency(FunctionName="boto-f", ReservedConcurrentExecutions=0)
    refused("lambda throttles", "TooManyRequestsException", lambda: c.invoke(FunctionName="boto-f"))
    check("lambda concurrency", c.get_function_concurrency(FunctionName="boto-f")["ReservedConcurrentExecutions"] == 0)
    c.delete_function_concurrency(FunctionName="boto-f")
    url = c.create_function_url_config(FunctionName="boto-f", AuthType="NONE")["FunctionUrl"]
    check("lambda url", c.get_function_url_config(FunctionName="boto-f")["FunctionUrl"] == url)
    c.delete_function_url_config(FunctionName="boto-f")
    c.put_function_event_invoke_config(FunctionName="boto-f", MaximumRetryAttempts=0)
    check("lambda event invoke config", c.get_function_event_invoke_config(FunctionName="boto-f")["MaximumRetryAttempts"] == 0)
    queue = client("sqs").create_queue(QueueName="boto-mapped")["QueueUrl"]
    mapped = c.create_event_source_mapping(FunctionName="boto-f", EventSourceArn=client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"], Enabled=False)
    check("lambda mappings", [m["UUID"] for m in c.list_event_source_mappings(FunctionName="boto-f")["EventSourceMappings"]] == [mapped["UUID"]])
    check("lambda mapping", c.get_event_source_mapping(UUID=mapped["UUID"])["BatchSize"] == 10)
    check("lambda account", c.get_account_settings()["AccountUsage"]["FunctionCount"] == 1)
    check("lambda functions", [f["FunctionName"] for p in c.get_paginator("list_functions").paginate() for f in p["Functions"]] == ["boto-f"])
    refused("lambda alias in use", "ResourceConflictException", lambda: c.delete_function(FunctionName="boto-f", Qualifier="1"))
    c.delete_alias(FunctionName="boto-f", Name="live")
    c.delete_function(FunctionName="boto-f")
    refused("lambda gone", "ResourceNotFoundException", lambda: c.get_function(FunctionName="boto-f"))


def kms():
    c = client("kms")
    key = c.create_key(Description="boto", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
    c.create_alias(AliasName="alias/boto", TargetKeyId=key["KeyId"])
    sealed = c.encrypt(KeyId="alias/boto", Plaintext=b"secret", EncryptionContext={"a": "b"})["CiphertextBlob"]
    check("kms decrypts", c.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"] == b"secret")
    refused("kms other context", "InvalidCiphertextException", lambda: c.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "c"}))
    data = c.generate_data_key(KeyId="alias/boto", KeySpec="AES_256")
    check("kms data key", len(data["Plaintext"]) == 32 and c.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"])
    check("kms data key alone", "Plaintext" not in c.generate_data_key_without_plaintext(KeyId="alias/boto", KeySpec="AES_128"))
    check("kms random", len(c.generate_random(NumberOfBytes=24)["Plaintext"]) == 24)
    again = c.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext={"a": "b"}, DestinationKeyId=key["Arn"])["CiphertextBlob"]
    check("kms re-encrypts", c.decrypt(CiphertextBlob=again)["Plaintext"] == b"secret")
    c.enable_key_rotation(KeyId=key["KeyId"])
    check("kms rotation", c.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True)
    grant = c.create_grant(KeyId=key["KeyId"], GranteePrincipal=client("sts").get_caller_identity()["Arn"], Operations=["Decrypt"])["GrantId"]
    check("kms grants", [g["GrantId"] for g in c.list_grants(KeyId=key["KeyId"])["Grants"]] == [grant])
    c.revoke_grant(KeyId=key["KeyId"], GrantId=grant)
    check("kms policy", "Enable IAM User Permissions" in c.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
    check("kms tags", c.list_resource_tags(KeyId=key["KeyId"])["Tags"] == [{"TagKey": "a", "TagValue": "b"}])
    check("kms aliases", "alias/boto" in [a["AliasName"] for p in c.get_paginator("list_aliases").paginate() for a in p["Aliases"]])
    check("kms keys", key["KeyId"] in [k["KeyId"] for k in c.list_keys()["Keys"]])
    c.disable_key(KeyId=key["KeyId"])
    refused("kms disabled", "DisabledException", lambda: c.encrypt(KeyId=key["KeyId"], Plaintext=b"x"))
    c.enable_key(KeyId=key["KeyId"])
    c.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    refused("kms pending deletion", "KMSInvalidStateException", lambda: c.encrypt(KeyId=key["KeyId"], Plaintext=b"x"))
    c.cancel_key_deletion(KeyId=key["KeyId"])
    check("kms cancelled", c.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled")
    c.delete_alias(AliasName="alias/boto")
    refused("kms no alias", "NotFoundException", lambda: c.describe_key(KeyId="alias/boto"))


def s3_settings():
    c = client("s3")
    c.create_bucket(Bucket="boto-settings", ObjectLockEnabledForBucket=True)
    c.put_bucket_lifecycle_configuration(Bucket="boto-settings", LifecycleConfiguration={"Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 3}}]})
    check("s3 lifecycle", c.get_bucket_lifecycle_configuration(Bucket="boto-settings")["Rules"][0]["Expiration"] == {"Days": 3})
    c.delete_bucket_lifecycle(Bucket="boto-settings")
    refused("s3 no lifecycle", "NoSuchLifecycleConfiguration", lambda: c.get_bucket_lifecycle_configuration(Bucket="boto-settings"))
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}
    c.put_bucket_cors(Bucket="boto-settings", CORSConfiguration={"CORSRules": [rule]})
    check("s3 cors", c.get_bucket_cors(Bucket="boto-settings")["CORSRules"] == [rule])
    c.delete_bucket_cors(Bucket="boto-settings")
    c.put_bucket_website(Bucket="boto-settings", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    check("s3 website", c.get_bucket_website(Bucket="boto-settings")["IndexDocument"] == {"Suffix": "index.html"})
    c.delete_bucket_website(Bucket="boto-settings")
    refused("s3 no website", "NoSuchWebsiteConfiguration", lambda: c.get_bucket_website(Bucket="boto-settings"))
    version = c.put_object(Bucket="boto-settings", Key="held", Body=b"x")["VersionId"]
    c.put_object_legal_hold(Bucket="boto-settings", Key="held", LegalHold={"Status": "ON"})
    check("s3 legal hold", c.get_object_legal_hold(Bucket="boto-settings", Key="held")["LegalHold"]["Status"] == "ON")
    refused("s3 held", "AccessDenied", lambda: c.delete_object(Bucket="boto-settings", Key="held", VersionId=version))
    c.put_object_legal_hold(Bucket="boto-settings", Key="held", LegalHold={"Status": "OFF"})
    c.put_object_lock_configuration(Bucket="boto-settings", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}})
    check("s3 lock", c.get_object_lock_configuration(Bucket="boto-settings")["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] == 1)
    kept = c.put_object(Bucket="boto-settings", Key="kept", Body=b"x", ChecksumAlgorithm="SHA256")["VersionId"]
    check("s3 retention", c.get_object_retention(Bucket="boto-settings", Key="kept")["Retention"]["Mode"] == "GOVERNANCE")
    c.delete_object(Bucket="boto-settings", Key="kept", VersionId=kept, BypassGovernanceRetention=True)
    c.delete_object(Bucket="boto-settings", Key="held", VersionId=version)
    check("s3 encryption", c.get_bucket_encryption(Bucket="boto-settings")["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256")
    c.put_bucket_tagging(Bucket="boto-settings", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    check("s3 bucket tags", c.get_bucket_tagging(Bucket="boto-settings")["TagSet"] == [{"Key": "k", "Value": "v"}])
    form = c.generate_presigned_post("boto-settings", "posted")
    boundary = "boto"
    lines = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form["fields"].items()]
    lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nposted\r\n--{boundary}--\r\n')
    request = urllib.request.Request(form["url"], "".join(lines).encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    check("s3 presigned post", urllib.request.urlopen(request).status == 204)
    posted = c.list_object_versions(Bucket="boto-settings")["Versions"]
    c.delete_objects(Bucket="boto-settings", Delete={"Objects": [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in posted]}, BypassGovernanceRetention=True)
    c.delete_bucket(Bucket="boto-settings")


def ecr():
    c = client("ecr")
    made = c.create_repository(repositoryName="boto/app", imageTagMutability="IMMUTABLE", tags=[{"Key": "a", "Value": "b"}])["repository"]
    refused("ecr names are unique", "RepositoryAlreadyExistsException", lambda: c.create_repository(repositoryName="boto/app"))
    check("ecr describe", c.describe_repositories(repositoryNames=["boto/app"])["repositories"][0]["repositoryArn"] == made["repositoryArn"])
    c.delete_repository(repositoryName="boto/app", force=True)
    refused("ecr gone", "RepositoryNotFoundException", lambda: c.describe_repositories(repositoryNames=["boto/app"]))


def custom_resources():
    c, role = client("cloudformation"), function_role("boto-custom")
    answers = "const r = await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ Status: event.ResourceProperties.Fail ? 'FAILED' : 'SUCCESS', Reason: 'as asked', PhysicalResourceId: 'made', StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId, Data: { Said: event.ResourceProperties.Say } }) }); return r.status"
    functions = client("lambda")
    made = functions.create_function(FunctionName="boto-custom", Runtime="nodejs22.x", Handler="index.handler", Role=role, Timeout=30, Code={"ZipFile": zipped(index_js="exports.handler = async (event) => { " + answers + " }")})
    functions.get_waiter("function_active_v2").wait(FunctionName="boto-custom")

    def template(**properties):
        return json.dumps({"Resources": {"Own": {"Type": "Custom::Own", "Properties": {"ServiceToken": made["FunctionArn"], **properties}}}, "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Own", "Said"]}}, "Ref": {"Value": {"Ref": "Own"}}}})

    c.create_stack(StackName="boto-custom", TemplateBody=template(Say="hello"))
    c.get_waiter("stack_create_complete").wait(StackName="boto-custom", WaiterConfig={"Delay": 1})
    outputs = {o["OutputKey"]: o["OutputValue"] for o in c.describe_stacks(StackName="boto-custom")["Stacks"][0]["Outputs"]}
    check("cloudformation custom resource", outputs == {"Said": "hello", "Ref": "made"}, outputs)
    c.delete_stack(StackName="boto-custom")
    c.get_waiter("stack_delete_complete").wait(StackName="boto-custom", WaiterConfig={"Delay": 1})
    c.create_stack(StackName="boto-fails", TemplateBody=template(Fail="yes"), OnFailure="DO_NOTHING")
    try:
        c.get_waiter("stack_create_complete").wait(StackName="boto-fails", WaiterConfig={"Delay": 1})
        check("cloudformation custom resource fails", False)
    except WaiterError:
        reasons = [e.get("ResourceStatusReason", "") for e in c.describe_stack_events(StackName="boto-fails")["StackEvents"] if e["ResourceStatus"] == "CREATE_FAILED"]
        check("cloudformation custom resource fails", any("as asked" in r for r in reasons), reasons)
    functions.delete_function(FunctionName="boto-custom")


for part in (s3, sqs, sns, iam_sts, events_logs, ssm_cloudtrail, cloudformation, lambda_, kms, s3_settings, ecr, custom_resources, *back_ends, *names, *networks, *apis):
    try:
        part()
    except Exception as error:  # One broken part must not hide the others.
        check(f"{part.__name__} runs to its end", False, error)

print(f"{len(done)} operations, {len(failed)} failures")
sys.exit(1 if failed else 0)
