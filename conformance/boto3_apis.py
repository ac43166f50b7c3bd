"""REST, HTTP and WebSocket APIs with boto3: create, call, read, be refused, delete."""

import base64
import json
import os
import socket
import urllib.error
import urllib.parse
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
    integration = c.create_integration(ApiId=api, IntegrationType="MOCK", TemplateSelectionExpression="200", RequestTemplates={"200": '{"statusCode":200}'})["IntegrationId"]
    route = c.get_routes(ApiId=api)["Items"][0]["RouteId"]
    c.update_route(ApiId=api, RouteId=route, Target=f"integrations/{integration}")
    posted(api)
    c.delete_api(ApiId=api)


def posted(api):
    """A message from a back end to a connection, by the stage's own endpoint: its name leads through the port as a proxy."""
    host = f"{api}.execute-api.us-east-1.amazonaws.com"
    url = os.environ["AWS_ENDPOINT_URL"]
    c = client("apigatewaymanagementapi", endpoint_url=f"http://{host}/live", proxies={"http": url})
    at = urllib.parse.urlparse(url)
    with socket.create_connection((at.hostname, at.port), timeout=20) as peer:
        key = base64.b64encode(os.urandom(16)).decode()
        peer.sendall(f"GET /live HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        check("apigatewayv2 connects", b"101" in peer.recv(4096))
        # An unmasked frame would end the connection; this one asks a route that is not there, and hears its own id.
        peer.sendall(b"\x81\x82\0\0\0\0hi")
        heard = peer.recv(4096)
        connection = json.loads(heard[2:])["connectionId"]
        c.post_to_connection(ConnectionId=connection, Data=b"from afar")
        check("apigatewaymanagementapi posts", peer.recv(4096) == b"\x81\x09from afar")
        check("apigatewaymanagementapi reads", c.get_connection(ConnectionId=connection)["Identity"]["SourceIp"] == "127.0.0.1")
        refused("apigatewaymanagementapi nobody", "GoneException", lambda: c.post_to_connection(ConnectionId="AAAA", Data=b"x"))
        c.delete_connection(ConnectionId=connection)
        check("apigatewaymanagementapi ends", peer.recv(4096)[0] == 0x88)


def apigateway():
    c = client("apigateway")
    api = c.create_rest_api(name="boto", endpointConfiguration={"types": ["REGIONAL"]})
    rest, root = api["id"], api["rootResourceId"]
    pet = c.create_resource(restApiId=rest, parentId=root, pathPart="{pet}")["id"]
    at = {"restApiId": rest, "resourceId": pet, "httpMethod": "GET"}
    c.put_method(**at, authorizationType="NONE", apiKeyRequired=True, requestParameters={"method.request.querystring.q": True})
    c.put_integration(**at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    c.put_method_response(**at, statusCode="200")
    c.put_integration_response(**at, statusCode="200", responseTemplates={"application/json": "$input.params('pet') in $context.stage"})
    refused("apigateway resources are unique", "ConflictException", lambda: c.create_resource(restApiId=rest, parentId=root, pathPart="{pet}"))
    refused("apigateway no such API", "NotFoundException", lambda: c.get_rest_api(restApiId="nothing"))
    check("apigateway tests", c.test_invoke_method(**at, pathWithQueryString="/rex?q=1")["body"] == "rex in test-invoke-stage")
    c.create_deployment(restApiId=rest, stageName="live")
    check("apigateway key missing", asked(rest, "/live/rex") == (403, '{"message":"Forbidden"}'), asked(rest, "/live/rex"))
    plan = c.create_usage_plan(name="boto", apiStages=[{"apiId": rest, "stage": "live"}], quota={"limit": 1, "period": "DAY"})["id"]
    key = c.create_api_key(name="boto", enabled=True)
    c.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    mine = {"x-api-key": key["value"]}
    check("apigateway answers", asked(rest, "/live/rex?q=1", headers=mine) == (200, "rex in live"))
    check("apigateway quota", asked(rest, "/live/rex?q=1", headers=mine)[0] == 429)
    c.update_stage(restApiId=rest, stageName="live", patchOperations=[{"op": "replace", "path": "/variables/v", "value": "1"}])
    check("apigateway stage", c.get_stage(restApiId=rest, stageName="live")["variables"] == {"v": "1"})
    check("apigateway pages", len([r for p in c.get_paginator("get_resources").paginate(restApiId=rest, PaginationConfig={"PageSize": 1}) for r in p["items"]]) == 2)
    exported = json.loads(c.get_export(restApiId=rest, stageName="live", exportType="oas30")["body"].read())
    check("apigateway export", list(exported["paths"]) == ["/{pet}"], exported)
    again = c.import_rest_api(body=json.dumps(exported).encode())["id"]
    check("apigateway import", sorted(r["path"] for r in c.get_resources(restApiId=again)["items"]) == ["/", "/{pet}"])
    refused("apigateway plan is used", "BadRequestException", lambda: c.delete_usage_plan(usagePlanId=plan))
    c.update_usage_plan(usagePlanId=plan, patchOperations=[{"op": "remove", "path": "/apiStages", "value": f"{rest}:live"}])
    c.delete_usage_plan(usagePlanId=plan)
    c.delete_api_key(apiKey=key["id"])
    for made in (rest, again):
        c.delete_rest_api(restApiId=made)
    refused("apigateway gone", "NotFoundException", lambda: c.get_rest_api(restApiId=rest))


parts = [apigateway, apigatewayv2, web_sockets]
