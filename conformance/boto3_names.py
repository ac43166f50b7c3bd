"""Zones, records and certificates with boto3: create, use, read, be refused, delete."""

from boto3_checks import check, client, refused, stranger


def change(c, zone, action, name, kind, *values, **more):
    record = {"Name": name, "Type": kind, **more}
    if values:
        record |= {"TTL": 60, "ResourceRecords": [{"Value": v} for v in values]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    return c.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]


def route53():
    c = client("route53")
    made = c.create_hosted_zone(Name="boto.dev", CallerReference="boto")
    zone = made["HostedZone"]["Id"]
    check("route53 name servers", len(made["DelegationSet"]["NameServers"]) == 4)
    refused("route53 reference is used", "HostedZoneAlreadyExists", lambda: c.create_hosted_zone(Name="boto.dev", CallerReference="boto"))
    refused("route53 reserved names", "InvalidDomainName", lambda: c.create_hosted_zone(Name="example.com", CallerReference="other"))
    info = change(c, zone, "CREATE", "www.boto.dev", "A", "192.0.2.1")
    check("route53 pending", (info["Status"], c.get_change(Id=info["Id"])["ChangeInfo"]["Status"]) == ("PENDING", "PENDING"))
    change(c, zone, "UPSERT", "*.boto.dev", "TXT", '"any"')
    change(c, zone, "CREATE", "boto.dev", "A", AliasTarget={"HostedZoneId": zone.split("/")[-1], "DNSName": "www.boto.dev", "EvaluateTargetHealth": False})
    refused("route53 record is there", "InvalidChangeBatch", lambda: change(c, zone, "CREATE", "www.boto.dev", "A", "192.0.2.2"))
    refused("route53 no cname at the apex", "InvalidChangeBatch", lambda: change(c, zone, "CREATE", "boto.dev", "CNAME", "www.boto.dev"))
    pages = c.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone, PaginationConfig={"PageSize": 2})
    names = [(r["Name"], r["Type"]) for page in pages for r in page["ResourceRecordSets"]]
    check("route53 pages", names == [("boto.dev.", "A"), ("boto.dev.", "NS"), ("boto.dev.", "SOA"), ("\\052.boto.dev.", "TXT"), ("www.boto.dev.", "A")], names)
    answer = c.test_dns_answer(HostedZoneId=zone, RecordName="boto.dev", RecordType="A")
    check("route53 answers", (answer["ResponseCode"], answer["RecordData"]) == ("NOERROR", ["192.0.2.1"]), answer)
    c.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.split("/")[-1], AddTags=[{"Key": "who", "Value": "boto"}])
    check("route53 lists by name", [z["Id"] for z in c.list_hosted_zones_by_name(DNSName="boto.dev")["HostedZones"]] == [zone])
    refused("route53 another's zone", "AccessDenied", lambda: client("route53", **stranger()).get_hosted_zone(Id=zone))
    refused("route53 not empty", "HostedZoneNotEmpty", lambda: c.delete_hosted_zone(Id=zone))
    return c, zone


def clean(c, zone):
    for record in c.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            c.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    c.delete_hosted_zone(Id=zone)
    refused("route53 gone", "NoSuchHostedZone", lambda: c.get_hosted_zone(Id=zone))


def names():
    dns, zone = route53()
    c = client("acm")
    arn = c.request_certificate(DomainName="boto.dev", SubjectAlternativeNames=["*.boto.dev"], ValidationMethod="DNS", IdempotencyToken="boto")["CertificateArn"]
    check("acm same token", c.request_certificate(DomainName="boto.dev", SubjectAlternativeNames=["*.boto.dev"], ValidationMethod="DNS", IdempotencyToken="boto")["CertificateArn"] == arn)
    refused("acm not issued yet", "RequestInProgressException", lambda: c.get_certificate(CertificateArn=arn))
    proof = c.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"]
    change(dns, zone, "UPSERT", proof["Name"], proof["Type"], proof["Value"])
    c.get_waiter("certificate_validated").wait(CertificateArn=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 90})
    got = c.get_certificate(CertificateArn=arn)
    check("acm issued, with its chain", got["CertificateChain"].count("BEGIN CERTIFICATE") == 2)
    refused("acm imports what is none", "ValidationException", lambda: c.import_certificate(Certificate=b"x", PrivateKey=b"y"))
    c.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "who", "Value": "boto"}])
    check("acm tags", c.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "who", "Value": "boto"}])
    check("acm lists", [s["DomainName"] for p in c.get_paginator("list_certificates").paginate() for s in p["CertificateSummaryList"]] == ["boto.dev"])
    c.delete_certificate(CertificateArn=arn)
    refused("acm gone", "ResourceNotFoundException", lambda: c.describe_certificate(CertificateArn=arn))
    clean(dns, zone)


parts = (names,)
