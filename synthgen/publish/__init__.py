"""`push`: the dataset to a Hub, in one atomic commit, and back again to see that it arrived.

`hub/` in the run's folder holds exactly what is uploaded. What a user wrote into an existing card stays: synthgen owns
the block between two markers, and the keys of the metadata that it writes.
"""

from synthgen.publish.layout import build, given, is_ours, left_out, published
from synthgen.publish.push import Published, Target, push
from synthgen.publish.standing import digests

__all__ = ["Published", "Target", "build", "digests", "given", "is_ours", "left_out", "published", "push"]
