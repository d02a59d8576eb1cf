"""THR102: a distance threshold without ``threshold@model``."""

from __future__ import annotations

from threshlint.rules.base import Example
from threshlint.rules.unversioned import UnversionedSite
from threshlint.site import Kind


class UnversionedDistanceThreshold(UnversionedSite):
    """A cutoff on distances that names no model."""

    code = "THR102"
    name = "unversioned-distance-threshold"
    kind = Kind.DISTANCE_THRESHOLD
    summary = "A distance threshold does not say for which embedding model it was calibrated"
    what_it_does = (
        "Finds numbers that cut distances between embeddings (lower is closer), in code and in SQL, and that neither a "
        "`threshold@model` covers nor a table keyed by models holds."
    )
    why_is_this_bad = (
        "Distances depend on the model as similarities do, and on whether it normalises its vectors: a Euclidean 0.6 "
        "that parts two faces in one space joins strangers in another. The cutoff must be measured anew with each "
        "model, and that is only possible where it says which model it belongs to."
    )
    invalid = (
        Example(
            """\
import face_recognition


def is_same_person(known, unknown):
    return face_recognition.face_distance([known], unknown)[0] < 0.6
""",
            lines=(5,),
        ),
        Example(
            '''\
def near_duplicates(cursor, embedding):
    cursor.execute(
        """
        SELECT id FROM articles
        WHERE embedding <=> %s < 0.25
        """,
        (embedding,),
    )
''',
            lines=(5,),
        ),
    )
    valid = (
        Example(
            """\
import face_recognition


def is_same_person(known, unknown):
    # threshold@dlib-resnet-v1 owner=access-control
    return face_recognition.face_distance([known], unknown)[0] < 0.6
"""
        ),
        Example(
            '''\
def near_duplicates(cursor, embedding):
    cursor.execute(
        """
        SELECT id FROM articles
        WHERE embedding <=> %s < 0.25  -- threshold@text-embedding-3-small
        """,
        (embedding,),
    )
'''
        ),
    )
