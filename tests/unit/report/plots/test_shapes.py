"""The picture of the five configurations has a box and an arrow for each thing that happens."""

from __future__ import annotations

from recur.report.plots.shapes import SHAPES, Shape, shapes_picture
from recur.report.plots.style import png


def test_the_shapes_are_drawn_with_a_box_for_each_thing() -> None:
    picture = shapes_picture()
    assert png(picture).startswith(b"\x89PNG")
    axes = picture.axes[0]
    boxes = sum(len(shape.reads) + shape.steps + len(shape.says) for shape in SHAPES)
    arrows = sum(
        len(shape.reads) + len(shape.says) + shape.steps - 1 + len(shape.fed_back)
        for shape in SHAPES
    )
    assert len(axes.patches) == boxes + arrows
    told = [text.get_text() for text in axes.texts]
    assert all(shape.name in told and shape.use in told for shape in SHAPES)


def test_an_output_is_fed_back_where_nothing_else_goes_in() -> None:
    assert Shape("", "", 3, (0,), (0, 1, 2)).fed_back == (0, 1)
    assert Shape("", "", 5, (0, 1, 2), (3, 4)).fed_back == (3,)
    assert Shape("", "", 3, (0, 1, 2), (0, 1, 2)).fed_back == ()
    assert Shape("", "", 3, (0, 1, 2), (2,)).fed_back == ()
