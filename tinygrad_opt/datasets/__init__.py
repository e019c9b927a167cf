"""Data to learn from: scikit-learn's small tables, a user's own table, points in the plane, the text of a file.

Every table is a pair (x, y): float32 features, a row for each sample, and their targets: int64 classes from 0 on, or
float32 numbers. Nothing is fetched from anywhere.
"""

from .csv_table import from_csv
from .points import blobs, circle_in_square, circles, moons, spirals
from .preparation import standardize, train_test_split
from .tables import breast_cancer, diabetes, digits, iris, wine
from .text import CharacterText

__all__ = [
    "CharacterText",
    "blobs",
    "breast_cancer",
    "circle_in_square",
    "circles",
    "diabetes",
    "digits",
    "from_csv",
    "iris",
    "moons",
    "spirals",
    "standardize",
    "train_test_split",
    "wine",
]
