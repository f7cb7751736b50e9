"""S3 in one Region, as far as packages and emptied buckets need it."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from typing import Any

from tests.support.rollout.wire import refusal


class FakeBuckets:
    """`objects` maps (bucket, key) to what was put; `late` are there from the next put on; `versions` maps a bucket to its
    listed versions and markers."""

    def __init__(self) -> None:
        """Begin with no object; a bucket exists once it is named in `versions` or `buckets`."""
        self.buckets: set[str] = set()
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.late: dict[tuple[str, str], dict[str, Any]] = {}
        self.versions: dict[str, list[dict[str, str]]] = {}
        self.markers: dict[str, list[dict[str, str]]] = {}
        self.locked_keys: set[str] = set()
        self.batches: list[int] = []
        self._tags = count()

    def head_object(self, *, Bucket: str, Key: str, ChecksumMode: str) -> dict[str, Any]:
        """Return the object's digest as S3 tells it."""
        if (Bucket, Key) not in self.objects:
            raise refusal("404", "Not Found")
        return {name: value for name, value in self.objects[Bucket, Key].items() if name in ("ChecksumSHA256", "Metadata")}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Return the object's content and tag."""
        self._must_exist(Bucket)
        if (Bucket, Key) not in self.objects:
            raise refusal("NoSuchKey", "The specified key does not exist.")
        what = self.objects[Bucket, Key]
        return {"Body": BytesIO(what["Body"]), "ETag": what["ETag"]}

    def put_object(
        self, *, Bucket: str, Key: str, IfNoneMatch: str | None = None, IfMatch: str | None = None, **what: Any
    ) -> dict[str, Any]:
        """Keep the object, unless a condition does not hold."""
        self._must_exist(Bucket)
        self.objects |= self.late
        lies = self.objects.get((Bucket, Key))
        if (IfNoneMatch == "*" and lies) or (IfMatch and (lies is None or lies.get("ETag") != IfMatch)):
            raise refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        self.objects[Bucket, Key] = {**what, "ETag": f'"{len(self.objects)}-{next(self._tags)}"'}
        return {"ETag": self.objects[Bucket, Key]["ETag"]}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Forget the object; S3 does not mind one that is gone."""
        self._must_exist(Bucket)
        self.objects.pop((Bucket, Key), None)
        return {}

    def list_object_versions(self, *, Bucket: str) -> dict[str, Any]:
        """Return every version and delete marker."""
        self._must_exist(Bucket)
        return {"Versions": list(self.versions.get(Bucket, [])), "DeleteMarkers": list(self.markers.get(Bucket, []))}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        """Delete what is not locked."""
        named = Delete["Objects"]
        self.batches.append(len(named))
        kept = [item for item in named if item["Key"] in self.locked_keys]
        gone = [item for item in named if item["Key"] not in self.locked_keys]
        for shelf in (self.versions, self.markers):
            shelf[Bucket] = [item for item in shelf.get(Bucket, []) if item not in gone]
        return {"Errors": [{"Key": item["Key"], "Code": "AccessDenied", "Message": "Object is locked"} for item in kept]}

    def _must_exist(self, bucket: str) -> None:
        if bucket not in self.buckets | set(self.versions):
            raise refusal("NoSuchBucket", "The specified bucket does not exist")
