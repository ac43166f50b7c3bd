"""HTTP and WebSocket APIs with boto3: create, call, read, be refused, delete."""

import json
import os
import urllib.error
import urllib.request

from boto3_checks import check, client, refused


def asked(api, path, data=None, headers={}):
    """Over the port, with the API's own name in the host header."""
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, data, {"Host": f"{api}.execute-api.us-east-1.amazonaws.com", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def apigatewayv2():
    c, sqs = client("apigatewayv2"), client("sqs")
    queue = sqs.create_queue(QueueName="boto-api")["QueueUrl"]
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = client("iam").create_role(RoleName="boto-api", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
    client("iam").put_role_policy(RoleName="boto-api", PolicyName="send", PolicyDocument=json.dumps(allowed))
    api = c.create_api(Name="boto", ProtocolType="HTTP", CorsConfiguration={"AllowOrigins": ["https://boto.test"]})["ApiId"]
    integration = c.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-SendMessage", PayloadFormatVersion="1.0",
        CredentialsArn=role, RequestParameters={"QueueUrl": queue, "MessageBody": "$request.body"},
    )["IntegrationId"]
    route = c.create_route(ApiId=api, RouteKey="POST /jobs", Target=f"integrations/{integration}")["RouteId"]
    refused("apigatewayv2 routes are unique", "ConflictException", lambda: c.create_route(ApiId=api, RouteKey="POST /jobs"))
    refused("apigatewayv2 no such API", "NotFoundException", lambda: c.get_api(ApiId="nothing"))
    c.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    check("apigatewayv2 sends", asked(api, "/jobs", b"wash")[0] == 200)
    check("apigatewayv2 sent", sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "wash")
    check("apigatewayv2 no such route", asked(api, "/other") == (404, '{"message":"Not Found"}'), asked(api, "/other"))
    c.update_route(ApiId=api, RouteId=route, AuthorizationType="AWS_IAM")
    check("apigatewayv2 unsigned", asked(api, "/jobs", b"wash") == (403, '{"message":"Forbidden"}'))
    c.tag_resource(ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api}", Tags={"team": "boto"})
    check("apigatewayv2 tags", c.get_api(ApiId=api)["Tags"] == {"team": "boto"})
    exported = json.loads(c.export_api(ApiId=api, Specification="OAS30", OutputType="JSON")["body"].read())
    check("apigatewayv2 export", list(exported["paths"]) == ["/jobs"], exported)
    again = c.import_api(Body=json.dumps(exported))["ApiId"]
    check("apigatewayv2 import", [r["RouteKey"] for r in c.get_routes(ApiId=again)["Items"]] == ["POST /jobs"])
    for made in (api, again):
        c.delete_api(ApiId=made)
    refused("apigatewayv2 gone", "NotFoundException", lambda: c.get_api(ApiId=api))
    sqs.delete_queue(QueueUrl=queue)
    client("iam").delete_role_policy(RoleName="boto-api", PolicyName="send")
    client("iam").delete_role(RoleName="boto-api")


def web_sockets():
    c = client("apigatewayv2")
    api = c.create_api(Name="boto-chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    c.create_route(ApiId=api, RouteKey="$connect")
    c.create_stage(ApiId=api, StageName="live", AutoDeploy=True)
    check("apigatewayv2 web sockets", c.get_routes(ApiId=api)["Items"][0]["RouteKey"] == "$connect")
    c.delete_api(ApiId=api)


parts = [apigatewayv2, web_sockets]
