"""`recur explain`: which inputs a saved model's answers rest on."""

from __future__ import annotations

from recur.cli.options import File, Json, Model, Out, Source, Test, expand_options


@expand_options
def explain(
    model: Model,
    file: File,
    source: Source,
    test: Test = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Measure which inputs a saved model rests on: what is lost without each.

    Of a model that forecasts, on the end of FILE the newest values, those of a season
    before, each column and the calendar are hidden in turn; of one that tells classes
    of texts apart, each word or character. The model is not trained anew.

    With --out: a picture, or a page.
    """
    from recur.cli import output
    from recur.tasks.kinds import explain_with

    more = {} if test is None else {"test": test}
    with output.noticing() as heard:
        output.tell(explain_with(model, file, dict(source) | more, out), heard, as_json=as_json)
