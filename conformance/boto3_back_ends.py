"""Tables, streams, workflows, schedules, secrets, mail, metrics and user pools with boto3: create, use, read, be refused, delete."""

import base64
import datetime
import decimal
import hashlib
import hmac
import json
import time

import boto3
from boto3.dynamodb.conditions import Attr, Key

from boto3_checks import check, client, config, refused

def role_for(*services):
    """A role that these services may take and that may do anything."""
    iam = client("iam")
    trust = [{"Effect": "Allow", "Principal": {"Service": f"{name}.amazonaws.com"}, "Action": "sts:AssumeRole"} for name in services]
    name = f"boto-{services[0]}"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}))
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(allow))
    return made["Role"]["Arn"]


def make_table(c, name):
    c.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "kind")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{"IndexName": "kinds", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    c.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def dynamodb():
    c = client("dynamodb")
    make_table(c, "boto-table")
    refused("dynamodb table is there", "ResourceInUseException", lambda: make_table(c, "boto-table"))
    check("dynamodb lists tables", "boto-table" in c.list_tables()["TableNames"])
    resource = boto3.resource("dynamodb", config=config)
    table = resource.Table("boto-table")
    table.put_item(Item={"pk": "a", "sk": "1", "kind": "x", "price": decimal.Decimal("1.50"), "tags": {"red", "blue"}, "nested": [1, None, {"b": True}]})
    got = table.get_item(Key={"pk": "a", "sk": "1"})["Item"]
    check("dynamodb keeps decimals, sets and nests", got["price"] == decimal.Decimal("1.5") and got["tags"] == {"red", "blue"} and got["nested"] == [1, None, {"b": True}], got)
    seen = table.update_item(Key={"pk": "a", "sk": "1"}, UpdateExpression="ADD price :p SET nested[0] = :n", ExpressionAttributeValues={":p": 1, ":n": "one"}, ReturnValues="UPDATED_NEW")["Attributes"]
    check("dynamodb updates", seen == {"price": decimal.Decimal("2.5"), "nested": ["one"]}, seen)
    refused("dynamodb condition", "ConditionalCheckFailedException", lambda: table.put_item(Item={"pk": "a", "sk": "1"}, ConditionExpression=Attr("pk").not_exists()))
    refused("dynamodb reserved word", "ValidationException", lambda: table.scan(FilterExpression="size > :n", ExpressionAttributeValues={":n": 1}))
    with table.batch_writer() as batch:
        for n in range(30):
            batch.put_item(Item={"pk": "b", "sk": f"{n:02}", "kind": "even" if n % 2 == 0 else "odd"})
    pages = list(c.get_paginator("query").paginate(TableName="boto-table", KeyConditionExpression="pk = :b", ExpressionAttributeValues={":b": {"S": "b"}}, PaginationConfig={"PageSize": 12}))
    check("dynamodb pages", [p["Count"] for p in pages] == [12, 12, 6] and pages[-1].get("LastEvaluatedKey") is None, [p["Count"] for p in pages])
    found = table.query(IndexName="kinds", KeyConditionExpression=Key("kind").eq("odd"), FilterExpression=Attr("sk").gte("20"))
    check("dynamodb index and filter", (found["Count"], found["ScannedCount"]) == (5, 15), found)
    check("dynamodb scan", table.scan(Select="COUNT")["Count"] == 31)
    got = c.batch_get_item(RequestItems={"boto-table": {"Keys": [{"pk": {"S": "b"}, "sk": {"S": "00"}}, {"pk": {"S": "b"}, "sk": {"S": "none"}}]}})
    check("dynamodb batch get", len(got["Responses"]["boto-table"]) == 1, got)
    key = {"pk": {"S": "b"}, "sk": {"S": "00"}}
    check("dynamodb transaction", c.transact_get_items(TransactItems=[{"Get": {"TableName": "boto-table", "Key": key}}])["Responses"][0]["Item"]["kind"] == {"S": "even"})
    put = {"Put": {"TableName": "boto-table", "Item": key, "ConditionExpression": "attribute_not_exists(pk)"}}
    refused("dynamodb transaction cancelled", "TransactionCanceledException", lambda: c.transact_write_items(TransactItems=[put]))
    said = c.execute_statement(Statement="SELECT kind FROM \"boto-table\" WHERE pk = 'b' AND sk = '01'")["Items"]
    check("dynamodb partiql", said == [{"kind": {"S": "odd"}}], said)
    c.update_time_to_live(TableName="boto-table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    check("dynamodb expiry", c.describe_time_to_live(TableName="boto-table")["TimeToLiveDescription"]["AttributeName"] == "until")
    table.delete_item(Key={"pk": "a", "sk": "1"})
    check("dynamodb deleted", "Item" not in table.get_item(Key={"pk": "a", "sk": "1"}))


def dynamodb_streams():
    """Reads what `dynamodb` did to its table, then deletes it."""
    c = client("dynamodbstreams")
    arn = c.list_streams(TableName="boto-table")["Streams"][0]["StreamArn"]
    shards = c.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = c.get_shard_iterator(StreamArn=arn, ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = c.get_records(ShardIterator=iterator)["Records"]
    names = [r["eventName"] for r in records]
    check("dynamodbstreams records", names[:2] == ["INSERT", "MODIFY"] and names[-1] == "REMOVE" and len(names) == 33, names)
    check("dynamodbstreams images", records[1]["dynamodb"]["OldImage"]["price"] == {"N": "1.5"} and records[1]["dynamodb"]["NewImage"]["price"] == {"N": "2.5"}, records[1])
    refused("dynamodbstreams no stream", "ResourceNotFoundException", lambda: c.describe_stream(StreamArn=arn.replace("boto-table", "none")))
    tables = client("dynamodb")
    tables.delete_table(TableName="boto-table")
    tables.get_waiter("table_not_exists").wait(TableName="boto-table", WaiterConfig={"Delay": 1})
    refused("dynamodb gone", "ResourceNotFoundException", lambda: tables.describe_table(TableName="boto-table"))


def secretsmanager():
    c = client("secretsmanager")
    made = c.create_secret(Name="boto/secret", SecretString='{"password":"one"}')
    check("secretsmanager arn", ":secret:boto/secret-" in made["ARN"], made)
    second = c.put_secret_value(SecretId="boto/secret", SecretString="two")["VersionId"]
    check("secretsmanager value", c.get_secret_value(SecretId="boto/secret")["SecretString"] == "two")
    check("secretsmanager previous", c.get_secret_value(SecretId=made["ARN"], VersionStage="AWSPREVIOUS")["SecretString"] == '{"password":"one"}')
    check("secretsmanager stages", c.describe_secret(SecretId="boto/secret")["VersionIdsToStages"][second] == ["AWSCURRENT"])
    c.update_secret(SecretId="boto/secret", Description="new")
    check("secretsmanager pages", [s["Name"] for p in c.get_paginator("list_secrets").paginate() for s in p["SecretList"]] == ["boto/secret"])
    got = c.batch_get_secret_value(SecretIdList=["boto/secret", "none"])
    check("secretsmanager batch", [e["ErrorCode"] for e in got["Errors"]] == ["ResourceNotFoundException"] and len(got["SecretValues"]) == 1, got)
    check("secretsmanager password", len(c.get_random_password(PasswordLength=20)["RandomPassword"]) == 20)
    c.delete_secret(SecretId="boto/secret", RecoveryWindowInDays=7)
    refused("secretsmanager deleted", "InvalidRequestException", lambda: c.get_secret_value(SecretId="boto/secret"))
    c.restore_secret(SecretId="boto/secret")
    c.delete_secret(SecretId="boto/secret", ForceDeleteWithoutRecovery=True)
    refused("secretsmanager gone", "ResourceNotFoundException", lambda: c.get_secret_value(SecretId="boto/secret"))


def scheduler():
    c = client("scheduler")
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="boto-scheduled")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    target = {"Arn": arn, "RoleArn": role_for("scheduler"), "Input": "ring"}
    c.create_schedule_group(Name="boto-group")
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    c.create_schedule(Name="boto-once", GroupName="boto-group", ScheduleExpression=soon, FlexibleTimeWindow={"Mode": "OFF"}, Target=target, ActionAfterCompletion="NONE")
    got = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10).get("Messages", [])
    check("scheduler sends", [m["Body"] for m in got] == ["ring"], got)
    made = c.get_schedule(Name="boto-once", GroupName="boto-group")
    check("scheduler get", made["State"] == "ENABLED" and made["ScheduleExpression"] == soon, made)
    c.update_schedule(Name="boto-once", GroupName="boto-group", ScheduleExpression="cron(0 9 ? * MON-FRI *)", ScheduleExpressionTimezone="Europe/Berlin", FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}, Target=target)
    check("scheduler list", [s["Name"] for s in c.list_schedules(GroupName="boto-group")["Schedules"]] == ["boto-once"])
    refused("scheduler bad expression", "ValidationException", lambda: c.create_schedule(Name="bad", ScheduleExpression="rate(0 fortnights)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target))
    refused("scheduler name is taken", "ConflictException", lambda: c.create_schedule_group(Name="boto-group"))
    c.delete_schedule(Name="boto-once", GroupName="boto-group")
    refused("scheduler gone", "ResourceNotFoundException", lambda: c.get_schedule(Name="boto-once", GroupName="boto-group"))
    c.delete_schedule_group(Name="boto-group")
    sqs.delete_queue(QueueUrl=url)


def stepfunctions():
    # The port's host has no subdomain `sync-`.
    c = client("stepfunctions", inject_host_prefix=False)
    role = role_for("states")
    choice = {
        "QueryLanguage": "JSONata",
        "StartAt": "Sum",
        "States": {
            "Sum": {"Type": "Pass", "Output": "{% {'sum': $sum($states.input.numbers)} %}", "Next": "Large"},
            "Large": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.sum > 10 %}", "Next": "TooMuch"}], "Default": "Done"},
            "TooMuch": {"Type": "Fail", "Error": "TooMuch", "Cause": "more than ten"},
            "Done": {"Type": "Succeed"},
        },
    }
    arn = c.create_state_machine(name="boto-machine", definition=json.dumps(choice), roleArn=role)["stateMachineArn"]
    refused("stepfunctions bad definition", "InvalidDefinition", lambda: c.create_state_machine(name="bad", definition='{"StartAt":"None","States":{}}', roleArn=role))

    def run(numbers):
        started = c.start_execution(stateMachineArn=arn, input=json.dumps({"numbers": numbers}))["executionArn"]
        for _ in range(50):
            ended = c.describe_execution(executionArn=started)
            if ended["status"] != "RUNNING":
                return ended
            time.sleep(0.1)
        return None

    done_well, too_much = run([1, 2, 3]), run([5, 6])
    check("stepfunctions succeeds", (done_well["status"], json.loads(done_well["output"])) == ("SUCCEEDED", {"sum": 6}), done_well)
    check("stepfunctions fails", (too_much["status"], too_much["error"]) == ("FAILED", "TooMuch"), too_much)
    events = [e["type"] for p in c.get_paginator("get_execution_history").paginate(executionArn=done_well["executionArn"], PaginationConfig={"PageSize": 3}) for e in p["events"]]
    check("stepfunctions history", events[0] == "ExecutionStarted" and events[-1] == "ExecutionSucceeded" and len(events) == 8, events)
    check("stepfunctions lists", len(c.list_executions(stateMachineArn=arn, statusFilter="FAILED")["executions"]) == 1)
    said = c.validate_state_machine_definition(definition='{"StartAt":"A","States":{"A":{"Type":"Pass"}}}')
    check("stepfunctions validates", said["result"] == "FAIL" and len(said["diagnostics"]) > 0, said)
    express = c.create_state_machine(name="boto-express", definition=json.dumps(choice), roleArn=role, type="EXPRESS")["stateMachineArn"]
    said = c.start_sync_execution(stateMachineArn=express, input='{"numbers":[4]}')
    check("stepfunctions synchronous", json.loads(said["output"]) == {"sum": 4}, said)
    tried = c.test_state(definition='{"Type":"Pass","Result":{"a":1},"End":true}', roleArn=role, input="{}")
    check("stepfunctions tries a state", (tried["status"], json.loads(tried["output"])) == ("SUCCEEDED", {"a": 1}), tried)
    activity = c.create_activity(name="boto-activity")["activityArn"]
    c.delete_activity(activityArn=activity)
    for machine in (arn, express):
        c.delete_state_machine(stateMachineArn=machine)
    refused("stepfunctions gone", "StateMachineDoesNotExist", lambda: c.start_execution(stateMachineArn=arn))


def ses():
    c = client("ses")
    c.verify_email_identity(EmailAddress="boto@example.com")
    check("ses pending", c.get_identity_verification_attributes(Identities=["boto@example.com"])["VerificationAttributes"]["boto@example.com"]["VerificationStatus"] == "Pending")
    check("ses identities", c.list_identities()["Identities"] == ["boto@example.com"])
    check("ses sandbox", c.get_send_quota()["Max24HourSend"] == 200.0)
    mail = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}
    refused("ses not verified", "MessageRejected", lambda: c.send_email(Source="boto@example.com", Destination={"ToAddresses": ["success@simulator.amazonses.com"]}, Message=mail))
    c.create_template(Template={"TemplateName": "boto", "SubjectPart": "Hello {{name}}", "TextPart": "t"})
    check("ses renders", "Subject: Hello you" in c.test_render_template(TemplateName="boto", TemplateData='{"name":"you"}')["RenderedTemplate"])
    refused("ses template is there", "AlreadyExists", lambda: c.create_template(Template={"TemplateName": "boto", "SubjectPart": "s", "TextPart": "t"}))
    c.delete_template(TemplateName="boto")
    c.delete_identity(Identity="boto@example.com")


def sesv2():
    c = client("sesv2")
    c.create_email_identity(EmailIdentity="boto.example.com")
    check("sesv2 dkim tokens", len(c.get_email_identity(EmailIdentity="boto.example.com")["DkimAttributes"]["Tokens"]) == 3)
    check("sesv2 identities", [i["IdentityName"] for i in c.list_email_identities()["EmailIdentities"]] == ["boto.example.com"])
    c.create_configuration_set(ConfigurationSetName="boto-set", SuppressionOptions={"SuppressedReasons": ["BOUNCE"]})
    check("sesv2 sets", c.list_configuration_sets()["ConfigurationSets"] == ["boto-set"])
    c.put_suppressed_destination(EmailAddress="away@example.com", Reason="COMPLAINT")
    check("sesv2 suppressed", c.get_suppressed_destination(EmailAddress="away@example.com")["SuppressedDestination"]["Reason"] == "COMPLAINT")
    c.create_contact_list(ContactListName="boto-list", Topics=[{"TopicName": "news", "DisplayName": "News", "DefaultSubscriptionStatus": "OPT_IN"}])
    c.create_contact(ContactListName="boto-list", EmailAddress="reader@example.com")
    check("sesv2 contacts", [x["EmailAddress"] for x in c.list_contacts(ContactListName="boto-list")["Contacts"]] == ["reader@example.com"])
    simple = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}}
    refused("sesv2 not verified", "MessageRejected", lambda: c.send_email(FromEmailAddress="a@other.example", Destination={"ToAddresses": ["success@simulator.amazonses.com"]}, Content=simple))
    c.delete_contact_list(ContactListName="boto-list")
    c.delete_suppressed_destination(EmailAddress="away@example.com")
    c.delete_configuration_set(ConfigurationSetName="boto-set")
    c.delete_email_identity(EmailIdentity="boto.example.com")
    refused("sesv2 gone", "NotFoundException", lambda: c.get_email_identity(EmailIdentity="boto.example.com"))


def cloudwatch():
    c = client("cloudwatch")
    now = datetime.datetime.now(datetime.timezone.utc)
    dimensions = [{"Name": "Who", "Value": "boto"}]
    c.put_metric_data(Namespace="Boto", MetricData=[{"MetricName": "Latency", "Dimensions": dimensions, "Timestamp": now, "Values": [1, 2, 9], "Counts": [1, 2, 1], "Unit": "Milliseconds"}])
    check("cloudwatch lists metrics", [m["Dimensions"] for m in c.list_metrics(Namespace="Boto")["Metrics"]] == [dimensions])
    span = {"StartTime": now - datetime.timedelta(minutes=10), "EndTime": now + datetime.timedelta(minutes=10)}
    points = c.get_metric_statistics(Namespace="Boto", MetricName="Latency", Dimensions=dimensions, Period=3600, Statistics=["Sum", "Maximum", "SampleCount"], **span)["Datapoints"]
    check("cloudwatch statistics", [(p["Sum"], p["Maximum"], p["SampleCount"]) for p in points] == [(14.0, 9.0, 4.0)], points)
    stat = {"Metric": {"Namespace": "Boto", "MetricName": "Latency", "Dimensions": dimensions}, "Period": 3600, "Stat": "Average"}
    queries = [{"Id": "m", "MetricStat": stat, "ReturnData": False}, {"Id": "e", "Expression": "m * 2"}]
    got = c.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
    check("cloudwatch math", [(r["Id"], r["Values"]) for r in got] == [("e", [7.0])], got)
    alarm = {"AlarmName": "boto-alarm", "Namespace": "Boto", "MetricName": "Latency", "Dimensions": dimensions, "Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold"}
    c.put_metric_alarm(**alarm)
    c.set_alarm_state(AlarmName="boto-alarm", StateValue="ALARM", StateReason="asked")
    check("cloudwatch alarms", [a["StateReason"] for a in c.describe_alarms(AlarmNames=["boto-alarm"], StateValue="ALARM")["MetricAlarms"]] == ["asked"])
    c.put_composite_alarm(AlarmName="boto-over", AlarmRule="ALARM(boto-alarm)")
    check("cloudwatch history", len(c.describe_alarm_history(AlarmName="boto-alarm")["AlarmHistoryItems"]) >= 2)
    refused("cloudwatch no operator", "ValidationError", lambda: c.put_metric_alarm(**{**alarm, "ComparisonOperator": "Above"}))
    refused("cloudwatch no alarm", "ResourceNotFound", lambda: c.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="r"))
    c.put_dashboard(DashboardName="boto", DashboardBody='{"widgets":[]}')
    check("cloudwatch dashboards", [d["DashboardName"] for d in c.list_dashboards()["DashboardEntries"]] == ["boto"])
    c.delete_dashboards(DashboardNames=["boto"])
    c.delete_alarms(AlarmNames=["boto-over"])
    c.delete_alarms(AlarmNames=["boto-alarm"])
    check("cloudwatch gone", c.describe_alarms()["MetricAlarms"] == [])


def cognito():
    c = client("cognito-idp")
    pool = c.create_user_pool(PoolName="boto", Schema=[{"Name": "tenant", "AttributeDataType": "String"}])["UserPool"]["Id"]
    app = c.create_user_pool_client(UserPoolId=pool, ClientName="boto", GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]
    digest = hmac.new(app["ClientSecret"].encode(), ("ann" + app["ClientId"]).encode(), hashlib.sha256).digest()
    secret_hash = base64.b64encode(digest).decode()
    tenant = [{"Name": "custom:tenant", "Value": "t"}]
    signed_up = c.sign_up(ClientId=app["ClientId"], SecretHash=secret_hash, Username="ann", Password="Correct-horse-1", UserAttributes=tenant)
    check("cognito signs up", signed_up["UserConfirmed"] is False)
    sign_in = lambda password: c.initiate_auth(ClientId=app["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": password, "SECRET_HASH": secret_hash})
    refused("cognito not confirmed", "UserNotConfirmedException", lambda: sign_in("Correct-horse-1"))
    c.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
    refused("cognito wrong password", "NotAuthorizedException", lambda: sign_in("wrong"))
    token = sign_in("Correct-horse-1")["AuthenticationResult"]["AccessToken"]
    check("cognito user", tenant[0] in c.get_user(AccessToken=token)["UserAttributes"])
    c.create_group(UserPoolId=pool, GroupName="g", Precedence=1)
    c.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="g")
    check("cognito groups", [u["Username"] for u in c.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"]] == ["ann"])
    check("cognito pages", len(list(c.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 1}))) == 1)
    c.global_sign_out(AccessToken=token)
    refused("cognito signed out", "NotAuthorizedException", lambda: c.get_user(AccessToken=token))
    refused("cognito policy", "InvalidPasswordException", lambda: c.admin_set_user_password(UserPoolId=pool, Username="ann", Password="short1"))
    c.delete_user_pool(UserPoolId=pool)
    refused("cognito gone", "ResourceNotFoundException", lambda: c.describe_user_pool(UserPoolId=pool))


parts = (dynamodb, dynamodb_streams, secretsmanager, scheduler, stepfunctions, ses, sesv2, cloudwatch, cognito)
