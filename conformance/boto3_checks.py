"""What both lists of boto3's operations check with: clients that count their operations, and refusals."""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
done, failed = set(), []


def client(name, inject_host_prefix=True, proxies=None, **kwargs):
    made = boto3.client(name, config=config.merge(Config(inject_host_prefix=inject_host_prefix, proxies=proxies)), **kwargs)

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


def stranger():
    """Credentials of someone in another account: a role session would do; here its administrator."""
    return {"aws_access_key_id": os.environ["STRANGER_ACCESS_KEY_ID"], "aws_secret_access_key": os.environ["STRANGER_SECRET_ACCESS_KEY"]}
