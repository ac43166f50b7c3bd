import os

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    """The keys in the bucket, and the text of one."""
    bucket = os.environ["BUCKET"]
    listed = s3.list_objects_v2(Bucket=bucket)
    text = s3.get_object(Bucket=bucket, Key=event["key"])["Body"].read().decode()
    return {"keys": sorted(found["Key"] for found in listed.get("Contents", [])), "text": text}
