"""The face engine: 478 landmarks of the one face in a photograph, offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import FaceError, InputError
from zygoma.outcome.blazeface import Detection, decode
from zygoma.outcome.face_crop import FaceCrop, crop_of_detection, crop_of_points
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_model import FILE, model_bytes
from zygoma.outcome.photo import Photo
from zygoma.outcome.pose import fit_pose
from zygoma.provenance import load_data

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

_POINTS, _PRESENCE = "Identity", "Identity_1"
_SCORES, _BOXES = "classificators", "regressors"


class FaceEngine:
    """Finds the face in a photograph and its landmarks, on the processor, without any network access.

    The networks are loaded at first use and kept; an engine is not for several threads at once.
    """

    @cached_property
    def _detector(self) -> Any:
        return _network("detector")

    @cached_property
    def _landmarker(self) -> Any:
        return _network("landmarks")

    def landmarks(self, photo: Photo, averaged: bool = True) -> FaceLandmarks:
        """Landmarks of the only face in a photograph that looks at the camera.

        Parameters
        ----------
        photo : Photo
            With one face, upright. Faces less than a quarter as large, in the background, do not count.
        averaged : bool
            Take the mean over eight slightly different crops, which makes the landmarks about twice as
            repeatable; else one crop, for a quick look.

        Raises
        ------
        FaceError
            There is no face, more than one, something that only looks like one, or it is turned away,
            partly hidden or too small.
        """
        entry = load_data(FILE)
        candidates = self.detections(photo)
        if not candidates:
            raise FaceError(
                "no face was found in the photograph; it must show one human face from the front, upright, "
                "well lit, uncovered and large in the picture"
            )
        faces = self._faces(photo, candidates)
        least = entry["gate"]["presence"]
        if faces[0].presence < least:
            raise FaceError(
                f"what was found is not a human face seen from the front (presence {faces[0].presence:.2f}, "
                f"expected at least {least}): it is hidden, turned away, an animal or a drawing; "
                "take the photograph anew"
            )
        smallest = entry["gate"]["size"]["background"] * faces[0].eye_distance
        counted = [face for face in faces if face.presence >= least and face.eye_distance > smallest]
        if len(counted) > 1:
            raise FaceError(
                f"{len(counted)} faces were found in the photograph, expected one; "
                "cut it to the one to be measured"
            )
        _check_view(faces[0])
        if not averaged:
            return faces[0]
        refined = self._refined(photo, faces[0])
        if refined.spread > entry["gate"]["spread"]["most"] * refined.eye_distance:
            raise FaceError(
                "the face is partly hidden or blurred: its landmarks move with the crop by "
                f"{refined.spread / refined.eye_distance:.2%} of the eye distance, expected at most "
                f"{entry['gate']['spread']['most']:.2%}; uncover the face and take the photograph anew"
            )
        return refined

    def detections(self, photo: Photo) -> list[Detection]:
        """What may be faces, best first, in pixels of the photograph; one face may be there twice.

        The network sees little of a face that is small in the picture, so the picture is searched whole
        and in overlapping squares.
        """
        found = [face for square in _squares(photo) for face in self._detections(square)]
        return sorted(found, key=lambda face: -face.score)

    def _detections(self, square: tuple[Picture, Array, Array]) -> Iterator[Detection]:
        """Faces of one square: what is drawn, its upper left corner and size in the photograph."""
        import cv2

        drawn, corner, size = square
        self._detector.setInput(cv2.dnn.blobFromImage(drawn, 1 / 127.5, mean=(127.5, 127.5, 127.5)))
        scores, boxes = self._detector.forward((_SCORES, _BOXES))
        gate = load_data(FILE)["gate"]["detector"]
        for face in decode(scores[0, :, 0].astype(float), boxes[0].astype(float), gate):
            yield Detection(
                face.score,
                face.centre * size + corner - 0.5,
                face.size * size,
                face.points * size + corner - 0.5,
            )

    def _faces(self, photo: Photo, candidates: list[Detection]) -> list[FaceLandmarks]:
        """Different faces among the candidates: those with enough presence first, larger before smaller."""
        gate = load_data(FILE)["gate"]["presence"]
        faces: list[FaceLandmarks] = []
        for candidate in candidates:
            if any(_within(candidate.centre, face) for face in faces):
                continue
            face = self._face(photo, candidate)
            if not any(_within(face.points[:, :2].mean(axis=0), other) for other in faces):
                faces.append(face)
        return sorted(faces, key=lambda face: (face.presence < gate, -face.eye_distance))

    def _face(self, photo: Photo, candidate: Detection) -> FaceLandmarks:
        """Landmarks from one crop, laid about the landmarks of the crop before it."""
        crop = crop_of_detection(candidate)
        picture, factor = _reduced(photo, crop.side)
        crop = crop.scaled(factor)
        gate = load_data(FILE)["gate"]["presence"]
        for _ in range(load_data(FILE)["landmarks"]["passes"]):
            points, presence = self._points(picture, [crop])
            if presence < gate:
                break  # not a face: its points lead nowhere
            crop = crop_of_points(points[0])
        return FaceLandmarks(_enlarged(points[0], factor), candidate.score, presence, float("nan"))

    def _refined(self, photo: Photo, face: FaceLandmarks) -> FaceLandmarks:
        """Mean landmarks over eight crops."""
        crop = crop_of_points(face.points)
        picture, factor = _reduced(photo, crop.side)
        points, presence = self._points(picture, crop.scaled(factor).jittered())
        spread = float(np.sqrt(points[:, :, :2].var(axis=0, ddof=1).mean()) / factor.mean())
        return replace(face, points=_enlarged(points.mean(axis=0), factor), presence=presence, spread=spread)

    def _points(self, picture: Picture, crops: list[FaceCrop]) -> tuple[Array, float]:
        """Landmarks (crops, 478, 3) [px of the picture] and the mean presence."""
        import cv2

        side = load_data(FILE)["landmarks"]["side"]
        drawn = [
            cv2.warpAffine(picture, crop.matrix(side), (side, side), flags=cv2.INTER_LINEAR) for crop in crops
        ]
        self._landmarker.setInput(cv2.dnn.blobFromImages(drawn, 1 / 255.0))
        raw, logit = self._landmarker.forward((_POINTS, _PRESENCE))
        presence = 1.0 / (1.0 + np.exp(-np.clip(logit.reshape(-1).astype(float), -100.0, 100.0)))
        raw = raw.reshape(len(crops), -1, 3).astype(float)
        points = np.stack([crop.points(one, side) for crop, one in zip(crops, raw, strict=True)])
        return points, float(presence.mean())


def _network(part: str) -> Any:
    """A network of the model, ready to run.

    Raises
    ------
    InputError
        The extra for photographs is not installed, or OpenCV is too new for the model.
    """
    try:
        import cv2
    except ImportError as error:
        raise InputError('photographs need more packages: pip install "zygoma[photo]"') from error
    if int(cv2.__version__.split(".")[0]) >= 5:
        raise InputError(
            f"OpenCV {cv2.__version__} cannot run the face model, expected 4.11 or newer below 5; "
            'pip install "opencv-python-headless<5"'
        )
    return cv2.dnn.readNetFromTFLite(np.frombuffer(model_bytes(part), np.uint8))


def _squares(photo: Photo) -> Iterator[tuple[Picture, Array, Array]]:
    """Squares for the detector: what is drawn, its upper left corner and size in the photograph [px]."""
    import cv2

    entry = load_data(FILE)["detector"]
    side = entry["side"]
    longest = max(photo.rows, photo.columns)
    for part in entry["parts"]:
        # the picture on a black square, drawn so that one square of this size fills the network
        scale = min(1.0, side / (part * longest)) if part < 1.0 else side / longest
        size = np.maximum(np.rint(np.array([photo.columns, photo.rows]) * scale), 1).astype(int)
        small = cv2.resize(photo.display, tuple(size), interpolation=cv2.INTER_AREA)
        factor = np.array([photo.columns, photo.rows]) / size
        for top in _starts(size[1], side):
            for left in _starts(size[0], side):
                drawn = np.zeros((side, side, 3), np.uint8)
                piece = small[max(top, 0) : top + side, max(left, 0) : left + side]
                y, x = max(-top, 0), max(-left, 0)
                drawn[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
                yield drawn, np.array([left, top]) * factor, side * factor


def _starts(length: int, side: int) -> list[int]:
    """Where squares begin that cover a length, each overlapping the next by half or more."""
    if length <= side:
        return [-((side - length) // 2)]
    number = int(np.ceil(2 * (length - side) / side)) + 1
    return [round(start) for start in np.linspace(0, length - side, number)]


def _reduced(photo: Photo, crop_side: float) -> tuple[Picture, Array]:
    """The picture drawn so that a crop needs no more than the network sees, and how large that is (x, y)."""
    import cv2

    scale = min(1.0, load_data(FILE)["landmarks"]["working"] / crop_side)
    picture = photo.display
    if scale < 1.0:
        drawn = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = np.asarray(drawn, dtype=np.uint8)
    return picture, np.array([picture.shape[1] / photo.columns, picture.shape[0] / photo.rows])


def _enlarged(points: Array, factor: Array) -> Array:
    """Points (n, 3) of the reduced picture, in the photograph."""
    return np.column_stack([(points[:, :2] + 0.5) / factor - 0.5, points[:, 2] / factor.mean()])


def _within(centre: Array, face: FaceLandmarks) -> bool:
    """Whether a point lies in the box of a face."""
    low, high = face.points[:, :2].min(axis=0), face.points[:, :2].max(axis=0)
    return bool((centre > low).all() and (centre < high).all())


def _check_view(found: FaceLandmarks) -> None:
    """Refuse a face too small, or turned so far that one side of it is hardly seen."""
    gate = load_data(FILE)["gate"]
    if found.eye_distance < gate["size"]["eyes"]:
        raise FaceError(
            f"the face is too small: {found.eye_distance:.0f} px between the outer eye corners, "
            f"expected at least {gate['size']['eyes']:.0f}; come nearer or use a camera with more pixels"
        )
    pose = fit_pose(found)
    for name, angle in (("yaw", pose.yaw), ("pitch", pose.pitch), ("roll", pose.roll)):
        if abs(angle) > gate["turn"][name]:
            raise FaceError(
                f"the head is turned away: {pose}, {name} expected within {gate['turn'][name]:.0f} deg; "
                "look straight into the lens, with the camera upright and at the height of the eyes"
            )
