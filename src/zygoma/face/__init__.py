"""What the current is put on: a layered face and neck from sex, age, body-mass index and morphs."""

from zygoma.face.face import Face
from zygoma.face.morph import Person
from zygoma.face.surface import Surface

__all__ = ["Face", "Person", "Surface"]
