"""What is done over time: strokes, programmes, dose."""

from zygoma.treatment.clearance import Clearance
from zygoma.treatment.dose import Dose
from zygoma.treatment.geodesic import Geodesics, Path
from zygoma.treatment.programme import Programme, Step
from zygoma.treatment.stroke import Stroke
from zygoma.treatment.summary import SetDose
from zygoma.treatment.timetable import Timetable

__all__ = ["Clearance", "Dose", "Geodesics", "Path", "Programme", "SetDose", "Step", "Stroke", "Timetable"]
