"""Drives a running cloud with boto3, unmodified: create, use, be refused, page, stream, delete.

Needs AWS_ENDPOINT_URL, a region and credentials in the environment (`orrery env`). Prints one line for each
operation and ends with a count; exits with 1 if anything was not as on AWS.
"""

import io
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
done, failed = set(), []


def client(name, **kwargs):
    made = boto3.client(name, config=config, **kwargs)

    def note(model, **_):
        done.add(f"{name}:{model.name}")

    made.meta.events.register("before-call", note)
    return made


def check(what, ok, seen=None):
    print(("ok   " if ok else "FAIL ") + what + ("" if ok else f": {seen!r}"))
    if not ok:
        failed.append(what)


def refused(what, code, call):
    try:
        seen = call()
        check(what, False, seen)
    except ClientError as error:
        check(what, error.response["Error"]["Code"] == code, error.response["Error"])


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
    import urllib.request
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


def stranger():
    """Credentials of someone in another account: a role session would do; here its administrator."""
    import os

    return {"aws_access_key_id": os.environ["STRANGER_ACCESS_KEY_ID"], "aws_secret_access_key": os.environ["STRANGER_SECRET_ACCESS_KEY"]}


for part in (s3, sqs, sns, iam_sts, events_logs, ssm_cloudtrail, cloudformation):
    try:
        part()
    except Exception as error:  # One broken part must not hide the others.
        check(f"{part.__name__} runs to its end", False, error)

print(f"{len(done)} operations, {len(failed)} failures")
sys.exit(1 if failed else 0)
