"""Networks and load balancers with boto3: create, use, read, be refused, delete."""

import os
import urllib.error
import urllib.request

from boto3_checks import check, client, refused


def ec2():
    c = client("ec2")
    vpc = c.create_vpc(CidrBlock="10.7.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "boto"}]}])["Vpc"]["VpcId"]
    c.get_waiter("vpc_available").wait(VpcIds=[vpc])
    zones = [z["ZoneName"] for z in c.describe_availability_zones()["AvailabilityZones"]]
    subnets = [c.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{i}.0/24", AvailabilityZone=zones[i])["Subnet"]["SubnetId"] for i in (0, 1)]
    refused("ec2 overlaps", "InvalidSubnet.Conflict", lambda: c.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24"))
    refused("ec2 outside the VPC", "InvalidSubnet.Range", lambda: c.create_subnet(VpcId=vpc, CidrBlock="10.8.1.0/24"))
    gateway = c.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    c.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = c.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    c.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    association = c.associate_route_table(RouteTableId=table, SubnetId=subnets[0])["AssociationId"]
    routes = c.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnets[0]]}])["RouteTables"][0]["Routes"]
    check("ec2 routes", sorted(r["GatewayId"] for r in routes) == sorted([gateway, "local"]), routes)
    group = c.create_security_group(GroupName="boto", Description="web", VpcId=vpc)["GroupId"]
    web = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    c.authorize_security_group_ingress(GroupId=group, IpPermissions=web)
    refused("ec2 rule is there", "InvalidPermission.Duplicate", lambda: c.authorize_security_group_ingress(GroupId=group, IpPermissions=web))
    check("ec2 rules", len(c.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]) == 2)
    check("ec2 finds by tag", [v["VpcId"] for v in c.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["boto"]}])["Vpcs"]] == [vpc])
    check("ec2 pages", len([s for p in c.get_paginator("describe_subnets").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5}) for s in p["Subnets"]]) == 2)
    refused("ec2 in use", "DependencyViolation", lambda: c.delete_vpc(VpcId=vpc))
    refused("ec2 no such VPC", "InvalidVpcID.NotFound", lambda: c.describe_vpcs(VpcIds=["vpc-00000000000000000"]))
    elbv2(c, vpc, subnets, group)
    c.disassociate_route_table(AssociationId=association)
    c.delete_route_table(RouteTableId=table)
    c.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    c.delete_internet_gateway(InternetGatewayId=gateway)
    for subnet in subnets:
        c.delete_subnet(SubnetId=subnet)
    c.delete_security_group(GroupId=group)
    c.delete_vpc(VpcId=vpc)
    refused("ec2 gone", "InvalidVpcID.NotFound", lambda: c.describe_vpcs(VpcIds=[vpc]))


def asked(host, path):
    """Over the port, with the balancer's own name in the host header."""
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, headers={"Host": host})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def elbv2(network, vpc, subnets, group):
    c = client("elbv2")
    refused("elbv2 one subnet", "ValidationError", lambda: c.create_load_balancer(Name="boto", Subnets=subnets[:1]))
    made = c.create_load_balancer(Name="boto", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"][0]
    arn, host = made["LoadBalancerArn"], made["DNSName"]
    c.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    fixed = lambda status, text: [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, "ContentType": "text/plain", "MessageBody": text}}]
    listener = c.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=fixed("404", "none"))["Listeners"][0]["ListenerArn"]
    rule = lambda priority: c.create_rule(ListenerArn=listener, Priority=priority, Conditions=[{"Field": "path-pattern", "Values": ["/pets*"]}], Actions=fixed("200", "pets"))
    first = rule(1)["Rules"][0]["RuleArn"]
    refused("elbv2 priority is used", "PriorityInUse", lambda: rule(1))
    refused("elbv2 port is used", "DuplicateListener", lambda: c.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=fixed("404", "none")))
    check("elbv2 answers", [asked(host, "/pets/1"), asked(host, "/")] == [(200, "pets"), (404, "none")])
    targets = c.create_target_group(Name="boto", TargetType="ip", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    c.register_targets(TargetGroupArn=targets, Targets=[{"Id": "10.7.0.9"}])
    health = c.describe_target_health(TargetGroupArn=targets)["TargetHealthDescriptions"][0]["TargetHealth"]
    check("elbv2 unused", (health["State"], health["Reason"]) == ("unused", "Target.NotInUse"), health)
    c.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}])
    refused("elbv2 attribute", "ValidationError", lambda: c.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "0"}]))
    refused("elbv2 group is used", "DependencyViolation", lambda: network.delete_security_group(GroupId=group))
    c.delete_rule(RuleArn=first)
    check("elbv2 rules", [r["Priority"] for r in c.describe_rules(ListenerArn=listener)["Rules"]] == ["default"])
    c.delete_load_balancer(LoadBalancerArn=arn)
    c.delete_target_group(TargetGroupArn=targets)
    refused("elbv2 gone", "LoadBalancerNotFound", lambda: c.describe_load_balancers(Names=["boto"]))


parts = (ec2,)
