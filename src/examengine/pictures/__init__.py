"""Pictures that people send: decoded whole, bounded, and stripped of all but the picture.

An item's figure and an organisation's logo go through the same checks. Nothing here knows what a
picture is for.
"""

from examengine.pictures.drawings import LARGEST_FIGURE, drawing_size, read_drawing
from examengine.pictures.images import LARGEST_IMAGE, image_size, read_image

__all__ = [
    "LARGEST_FIGURE",
    "LARGEST_IMAGE",
    "drawing_size",
    "image_size",
    "read_drawing",
    "read_image",
]
