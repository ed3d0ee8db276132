"""`recur judge`: a saved model on the end of other data."""

from __future__ import annotations

from recur.cli.options import File, Json, Model, Source, Test, unfolded


@unfolded
def judge(
    model: Model,
    file: File,
    source: Source,
    test: Test = None,
    as_json: Json = False,
) -> None:
    """Judge a saved model on the end of other data, against the simple answers.

    The true past is known at every step; nothing is trained but the linear autoregression that
    the network is compared with.
    """
    from recur.cli import output
    from recur.cli.models import load_for
    from recur.cli.reading import read_for
    from recur.version import __version__

    trained = load_for("forecast", model)
    panel = read_for(trained, file, source)
    judgement = trained.judge(panel, test=test)
    if as_json:
        output.print_json(
            {
                "recur": __version__,
                "task": trained.task,
                "data": output.data_facts(panel, trained.season_),
                **output.judged_facts(judgement),
            }
        )
        return
    output.print_lines(data=panel.describe(), **output.model_lines(trained))
    output.print_judgement(judgement)
