"""What a stranger meets who cites, reports or deploys: it fits the version and the command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from recur.cli.main import main
from recur.version import __version__

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_what_is_cited_has_the_version_and_licence_of_the_package() -> None:
    cited = read(ROOT / "CITATION.cff")
    assert (cited["version"], cited["license"]) == (__version__, "MIT")
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()  # what the format wants
    holder = re.search(r"\(c\) \d+ (.*)", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert holder is not None
    assert [author["name"] for author in cited["authors"]] == [holder[1]]


def test_a_report_has_a_private_way_and_a_page_that_says_what_is_promised() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in text
    for _, target in re.findall(r"\[([^]]+)\]\(([^)]+)\)", text):
        assert (ROOT / target).is_file(), target


@pytest.mark.parametrize("path", [path for path in FORMS if path.stem != "config"], ids=str)
def test_an_issue_form_has_what_the_forge_asks_of_one(path: Path) -> None:
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert fields
    assert all(field["type"] in ("input", "textarea", "dropdown") for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)


def test_commands_that_a_form_asks_for_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in FORMS)
    asked = set(re.findall(r"`recur (\w+)", texts))
    assert "inspect" in asked
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert [verb for verb in asked if f" {verb} " not in listed] == []


def test_the_image_is_built_from_what_the_folder_sends_it(tmp_path: Path) -> None:
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    for name in [line[1:] for line in sent if line.startswith("!")]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    assert (tmp_path / "constraints.txt").is_file()
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((tmp_path / "dist").glob("*.whl"))) == 1


def test_the_image_runs_a_command_whose_options_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    said = {word: rest for word, _, rest in (line.partition(" ") for line in lines)}
    words = [*json.loads(said["ENTRYPOINT"]), *json.loads(said["CMD"])]
    assert words[:2] == ["recur", "serve"]
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    listed = capsys.readouterr().out
    options = [word for word in words if word.startswith("--")]
    assert "--token-file" in options  # others reach it, so that it needs one
    assert [option for option in options if f" {option} " not in listed] == []
    assert said["USER"] != "root"
    assert json.loads(said["HEALTHCHECK"].partition("CMD ")[2])[0] == "python"
