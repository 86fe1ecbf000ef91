"""A user's own templates: what they override, and what they are told when they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import RenderError
from yamaha_ops.render import lines, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.inventory import Router

LINE = "line: {service: v6plus}\n"


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.lstrip('t').replace('_', '-')}.j2").write_text(text, encoding="utf-8")
    return folder


def refusal(router: Router, folder: Path) -> str:
    with pytest.raises(RenderError) as caught:
        render(router, templates=folder)
    return str(caught.value)


def test_a_template_of_ones_own_replaces_the_shipped_one(home: Router, tmp_path: Path) -> None:
    own = write(tmp_path / "templates", t90_dns="dns host {{ lan.interface }}\n")
    told = [line.text for line in lines(home, templates=own)]
    assert "dns host lan1" in told
    assert "dns service fallback on" not in told
    assert "ip lan1 address 192.168.100.1/24" in told


def test_a_new_template_takes_its_place_by_its_name(home: Router, tmp_path: Path) -> None:
    own = write(tmp_path / "templates", t81_mine="login timer 3600\n")
    told = [line.text for line in lines(home, templates=own)]
    assert told.index("telnetd host lan") < told.index("login timer 3600")
    assert told.index("login timer 3600") < told.index("dhcp service server")


def test_each_line_knows_the_template_line_it_came_from(home: Router, tmp_path: Path) -> None:
    own = write(
        tmp_path / "templates",
        t99_mine="{# a note\n goes on #}\n\n{% for n in (1, 2) %}\nset A{{ n }}=x\n{% endfor %}",
    )
    mine = [line for line in lines(home, templates=own) if line.text.startswith("set")]
    assert [(line.text, line.template, line.number) for line in mine] == [
        ("set A1=x", str(own / "99-mine.j2"), 5),
        ("set A2=x", str(own / "99-mine.j2"), 5),
    ]


def test_a_part_may_be_included(home: Router, tmp_path: Path) -> None:
    own = write(tmp_path / "templates", t99_mine='{% include "_part.j2" %}\n')
    (own / "_part.j2").write_text("login timer 3600\n", encoding="utf-8")
    (mine,) = (line for line in lines(home, templates=own) if line.text.startswith("login"))
    assert (Path(mine.template).name, mine.number) == ("_part.j2", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nset K={{ vpn_key }}\n", "99-mine.j2:2: there is no vpn_key"),
        (
            "set K={{ variables.kye }}\n",
            "there is no variable kye; did you mean key?",
        ),
        ("set K={{ line.mtuu }}\n", "99-mine.j2:1: line has no field mtuu; did you mean mtu?"),
        ("{% if x %}\n", "99-mine.j2:"),
        ("{% include 'none.j2' %}\n", "99-mine.j2:1: includes none.j2, which is not there"),
        ("set K={{ variables }}\n", "99-mine.j2:1: dict cannot be a word of a command"),
        ("set K={{ lan.dhcp }}\n", "99-mine.j2:1: Dhcp cannot be a word of a command"),
        ("set K={{ router.login.password }}\n", "99-mine.j2:1: Secret cannot be a word"),
        ("set K={{ none }}\n", "99-mine.j2:1: NoneType cannot be a word of a command"),
        ("set K={{ 1 / 0 }}\n", "99-mine.j2:1: division by zero"),
        ("set K={{ 1 + 'a' }}\n", "99-mine.j2:1: unsupported operand"),
    ],
)
def test_a_fault_in_a_template_is_told_with_file_and_line(
    router: Callable[[str], Router], tmp_path: Path, text: str, said: str
) -> None:
    own = write(tmp_path / "templates", t99_mine=text)
    fields = LINE + "variables: {key: abc}\nlogin: {password: 'env:X'}"
    assert said in refusal(router(fields), own)


def test_a_template_cannot_reach_into_python(home: Router, tmp_path: Path) -> None:
    own = write(tmp_path / "templates", t99_mine="set K={{ ''.__class__.__mro__ }}\n")
    assert "99-mine.j2:1:" in refusal(home, own)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "description 1 plain"),
        ("two words", 'description 1 "two words"'),
        ("a|b>c?d#e", 'description 1 "a|b>c?d#e"'),
        ("it's", 'description 1 "it\'s"'),
        ('say "hi"', r"description 1 say\ \"hi\""),
        (r"back\slash", r"description 1 back\\slash"),
        ("日本語", "description 1 日本語"),
    ],
)
def test_a_value_is_one_word_however_it_looks(
    router: Callable[[str], Router], tmp_path: Path, value: str, line: str
) -> None:
    own = write(tmp_path / "templates", t99_mine="description 1 {{ variables.text }}\n")
    described = router(LINE).model_copy(update={"variables": {"text": value}})
    assert line in [each.text for each in lines(described, templates=own)]


@pytest.mark.parametrize("value", ["a\nsave", "a\rsave", "a\x00b", "a\x1fb", "", "\x7f"])
def test_a_value_that_could_start_a_command_of_its_own_is_refused(
    router: Callable[[str], Router], tmp_path: Path, value: str
) -> None:
    own = write(tmp_path / "templates", t99_mine="\ndescription 1 {{ variables.text }}\n")
    described = router(LINE).model_copy(update={"variables": {"text": value}})
    assert "99-mine.j2:2:" in refusal(described, own)


def test_a_changed_template_counts_at_once(home: Router, tmp_path: Path) -> None:
    own = write(tmp_path / "templates", t99_mine="set A=1\n")
    assert "set A=1" in [line.text for line in lines(home, templates=own)]
    (own / "99-mine.j2").write_text("set A=22\n", encoding="utf-8")
    assert "set A=22" in [line.text for line in lines(home, templates=own)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "set K={{ 'x' * 4095 }}\n",
            "99-mine.j2:1: the line has 4101 characters, 4095",
        ),
        ("\nset K={{ '\U0001f600' }}\n", "99-mine.j2:2: '\U0001f600' does not exist in Shift_JIS"),
        ("set K={{ variables | secret }}\n", "99-mine.j2:1: dict is no reference to a secret"),
    ],
)
def test_a_line_that_no_console_takes_is_refused(
    home: Router, tmp_path: Path, text: str, said: str
) -> None:
    assert said in refusal(home, write(tmp_path / "templates", t99_mine=text))
