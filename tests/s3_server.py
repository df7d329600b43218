"""An S3 store on this machine that speaks HTTP, with one empty bucket: moto's server, which tests start and end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What a client of it needs in its environment."""

BUCKET = "mingjing-originals"


@dataclass(frozen=True)
class S3:
    """A running store: its address, its bucket, and a client that looks at it from outside."""

    endpoint: str
    bucket: str
    client: Any

    @property
    def environment(self) -> dict[str, str]:
        """What an installation sets to keep its originals there."""
        return {"MINGJING_ORIGINALS": f"s3://{self.bucket}/hetang", "MINGJING_S3_ENDPOINT": self.endpoint, **KEYS}

    def keys(self) -> list[str]:
        """Every object, by name."""
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", ())]

    def empty(self) -> None:
        """Take every object away."""
        for key in self.keys():
            self.client.delete_object(Bucket=self.bucket, Key=key)


@contextmanager
def serving() -> Iterator[S3]:
    """Start the server on a free port of this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    try:
        client.create_bucket(Bucket=BUCKET)
        found = S3(endpoint, BUCKET, client)
        yield found
        found.empty()
        client.delete_bucket(Bucket=BUCKET)  # moto remembers buckets across servers of one process
    finally:
        client.close()
        server.stop()
