"""`recur judge`: a saved model on the end of other data."""

from __future__ import annotations

from recur.cli.options import File, Filling, Id, Json, Model, Target, Test, Time


def judge(
    model: Model,
    file: File,
    target: Target = None,
    time: Time = None,
    id: Id = None,  # noqa: A002 (the noun of the data)
    fill: Filling = "none",
    test: Test = None,
    as_json: Json = False,
) -> None:
    """Judge a saved model on the end of other data, against the simple answers.

    The true past is known at every step; nothing is trained but the linear autoregression that
    the network is compared with.
    """
    from recur.cli import output
    from recur.tasks import load, remarks
    from recur.version import __version__

    trained = load(model)
    panel = remarks.read(file, target=target or trained.target_, time=time, id=id, fill=fill)
    judgement = trained.judge(panel, test=test)
    if as_json:
        judged = judgement.to_dict()
        output.print_json(
            {
                "recur": __version__,
                "task": trained.task,
                "data": output.data_facts(panel, trained.season_),
                "errors": judged["errors"],
                "verdict": judged["verdict"],
            }
        )
        return
    output.print_lines(data=panel.describe(), **output.model_lines(trained))
    output.print_judgement(judgement)
