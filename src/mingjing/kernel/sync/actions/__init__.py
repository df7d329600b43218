"""Every write of sync: phones are enrolled and revoked, commands received, photos promised, kept or given up."""

from mingjing.kernel.sync.actions.captures import promise_photos, release_capture, rescue, settle, settle_arrived
from mingjing.kernel.sync.actions.devices import enrol_device, make_enrolment, revoke_device
from mingjing.kernel.sync.actions.receiving import receive

__all__ = [
    "enrol_device", "make_enrolment", "promise_photos", "receive", "release_capture", "rescue", "revoke_device",
    "settle", "settle_arrived",
]  # fmt: skip
