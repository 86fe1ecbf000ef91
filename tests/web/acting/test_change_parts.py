"""The parts that need no router: stages, values, comparisons, contexts, phrases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.actions.sides import Side
from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ExitCode, InventoryError
from yamaha_ops.inventory import load
from yamaha_ops.web.act import comparing
from yamaha_ops.web.act.comparing import beside
from yamaha_ops.web.act.contexts import Shown, by_context
from yamaha_ops.web.act.drafts import LONGEST, keep_draft
from yamaha_ops.web.act.phrases import said
from yamaha_ops.web.act.stage import ENDS, EXIT_CODES, MOVES, OPEN, Stage
from yamaha_ops.web.act.values import as_text, edit_of, fields_of, problems_of
from yamaha_ops.web.words import words

if TYPE_CHECKING:
    from yamaha_ops.inventory import Inventory
    from yamaha_ops.web.act.comparing import Compared

ROOT = Path(__file__).resolve().parents[3]

# --- stages ---------------------------------------------------------------------------------------


def test_every_stage_and_every_end_has_its_place_and_its_words() -> None:
    assert set(MOVES) == set(Stage)
    assert set(ENDS) == set(Result)
    assert set(ENDS.values()) <= MOVES[Stage.APPLYING]
    for language in ("en", "ja"):
        known = words(language)
        for stage in Stage:
            assert f"change.stage.{stage.replace(' ', '_')}" in known
            if stage is not Stage.APPLYING:
                assert f"change.outcome.{stage.replace(' ', '_')}" in known
        for result in Result:
            assert f"change.result.{result.replace(' ', '_')}" in known


def test_an_end_leads_nowhere_and_has_an_exit_code() -> None:
    over = set(Stage) - OPEN - {Stage.WITHDRAWN}
    assert all(MOVES[stage] == frozenset() for stage in over)
    assert set(EXIT_CODES) == over | {Stage.UNKNOWN}
    assert EXIT_CODES[Stage.TAKEN_BACK] is ExitCode.TAKEN_BACK
    assert EXIT_CODES[Stage.CHANGED] is ExitCode.DONE
    assert EXIT_CODES[Stage.FAILED] is ExitCode.FAILED


# --- values ---------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path) -> Inventory:
    file = tmp_path / "inventory.yaml"
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    file.write_text("defaults:\n  syslog: {hosts: [192.0.2.1]}\n" + text, encoding="utf-8")
    return load(file)


def test_fields_are_as_they_are_written_and_say_where_from(book: Inventory) -> None:
    fields = {field.name: field for field in fields_of(book, "home")}
    assert fields["lan.dhcp"].value == "192.168.100.2-192.168.100.191"
    assert fields["line.service"].choices[:2] == ("auto", "v6plus")
    assert (fields["syslog.hosts"].value, fields["syslog.hosts"].where) == (
        '["192.0.2.1"]',
        "defaults",
    )
    assert fields["line.mtu"].value == ""
    assert not {"host", "port", "login.user", "login.password"} & fields.keys()


def test_what_a_form_shows_reads_back_as_it_was(book: Inventory) -> None:
    values = {field.name: field.value for field in fields_of(book, "home") if field.value}
    edit = edit_of(book, "home", values)
    assert edit.inventory.router("home") == book.router("home")


@pytest.mark.parametrize("value", [True, 7, "7", "true", "a: b", "", None, [1], {"a": "b"}, "null"])
def test_a_value_as_text_is_that_value(value: object) -> None:
    from ruamel.yaml import YAML  # noqa: PLC0415 -- only here

    read = YAML(typ="safe", pure=True).load(as_text(value))
    assert read == (value if value != "" else "")


def test_problems_stand_beside_their_fields(book: Inventory) -> None:
    values = {"line.mtu": "9999", "lan.address": "nothing", "syslog.hosts": "[x y]"}
    with pytest.raises(InventoryError) as caught:
        edit_of(book, "home", values)
    found = problems_of(caught.value, values)
    assert set(found) == set(values)
    assert all(len(texts) == 1 for texts in found.values())


SHARED = """\
routers:
  tokyo:
    host: 127.0.0.1
    labels: {site: tokyo}
    variables: &shared {a: b}
  osaka: {host: 127.0.0.2, approval: true, variables: *shared}
"""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"variables.a": "evil"}, "other routers"),
        ({"variables": "&shared {a: evil}"}, "anchors and aliases"),
        ({"variables": "{a: &x [1], b: [*x, *x]}"}, "anchors and aliases"),
    ],
)
def test_a_change_of_one_router_changes_no_other_one(
    tmp_path: Path, values: dict[str, str], said: str
) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text(SHARED, encoding="utf-8")
    with pytest.raises(InventoryError, match=said):
        edit_of(load(file), "tokyo", values)
    edit = edit_of(load(file), "tokyo", {"variables": "{a: mine}"})
    assert edit.inventory.router("tokyo").variables == {"a": "mine"}


KEPT = "login user bob planted-1"
LINES = f"""\
routers:
  tokyo:
    host: 127.0.0.1
    extra: ["{KEPT}", "ipsec ike pre-shared-key 1 text {{env:KEY}}", description lan1 x]
"""


def test_a_secret_in_a_line_is_not_shown_and_stays_when_others_change(tmp_path: Path) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text(LINES, encoding="utf-8")
    found = load(file)
    shown = next(each.value for each in fields_of(found, "tokyo") if each.name == "extra")
    assert "planted" not in shown
    assert "login user bob *" in shown
    assert "{env:KEY}" in shown
    edit = edit_of(found, "tokyo", {"extra": shown.replace("lan1 x", "lan1 y")})
    lines = [str(line) for line in edit.inventory.router("tokyo").extra]
    assert lines == [
        KEPT,
        "ipsec ike pre-shared-key 1 text {env:KEY}",
        "description lan1 y",
    ]
    with pytest.raises(InventoryError, match="a secret is not brought in here") as caught:
        edit_of(found, "tokyo", {"extra": "['login user eve planted-2']"})
    assert "planted" not in str(caught.value)


# --- comparing ------------------------------------------------------------------------------------


def side(text: str) -> Side:
    return Side(Configuration.parse(text), "one", printed=True)


def compared(left: str, right: str, **options: int | None) -> Compared:
    return beside(side(left), side(right), **options)


def test_lines_that_are_alike_stand_beside_each_other() -> None:
    found = compared(
        "ip lan1 address 192.168.1.1/24\ndns server 192.0.2.1\n",
        "ip lan1 address 192.168.2.1/24\nsyslog host 192.0.2.9\ndns server 192.0.2.1\n",
    )
    assert [row.sign for row in found.rows] == ["changed", "added", "same"]
    changed = found.rows[0]
    assert [piece.text for piece in changed.old if piece.differs] == ["192.168.1.1/24"]
    assert [piece.text for piece in changed.new if piece.differs] == ["192.168.2.1/24"]
    assert "".join(piece.text for piece in changed.new) == "ip lan1 address 192.168.2.1/24"
    assert [(row.left, row.right) for row in found.rows] == [(1, 1), (None, 2), (2, 3)]
    assert len(found.commands) == 2


def test_lines_that_have_nothing_in_common_do_not() -> None:
    found = compared("dns server 192.0.2.1\n", "syslog host 192.0.2.9\n")
    assert [row.sign for row in found.rows] == ["removed", "added"]


def test_what_is_far_from_a_change_is_left_out_unless_asked_for() -> None:
    same = "".join(f"ip filter {number} pass * * * * *\n" for number in range(1, 21))
    found = compared(same, same + "syslog debug on\n")
    assert [row.sign for row in found.rows] == ["gap", "same", "same", "same", "added"]
    assert found.rows[0].right == 17
    whole = compared(same, same + "syslog debug on\n", around=None)
    assert len(whole.rows) == 21


def test_many_lines_that_are_all_different_are_soon_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How many pairs are looked at grows with the lines, and not with their square."""
    looked = 0

    def never(_one: str, _other: str) -> bool:
        nonlocal looked
        looked += 1
        return False

    monkeypatch.setattr(comparing, "_alike", never)
    line = "description lan1 {}\n"
    old = [line.format(f"old-{n}") for n in range(500)]
    new = [line.format(f"new-{n}") for n in range(500)]
    assert len(list(comparing._paired(old, new))) == 1000
    assert looked <= 500 * 100


def test_secrets_never_show_but_that_they_differ_does() -> None:
    line = "pppoe use lan2\npp select 1\n pp auth myname user {}\n"
    found = compared(line.format("planted-1"), line.format("planted-2"))
    assert "planted" not in repr(found.rows)
    assert found.secrets
    assert found
    assert not compared(line.format("planted-1"), line.format("planted-1"))


# --- small parts ----------------------------------------------------------------------------------


def test_what_selects_a_context_stands_with_it() -> None:
    commands = [
        Shown("add", "dns server 192.0.2.1", ""),
        Shown("select", "tunnel select 1", ""),
        Shown("change", "ip tunnel mtu 1440", "tunnel1"),
        Shown("select", "tunnel select none", "tunnel1"),
        Shown("select", "pp select 2", ""),
        Shown("change", "pp always-on on", "pp2"),
    ]
    assert [name for name, _ in by_context(commands)] == ["", "tunnel1", "pp2"]


@pytest.mark.parametrize(
    ("text", "japanese"),
    [
        ("6 commands sent", "6 件のコマンドを送信しました"),
        ("tunnel 1: up, MAP-E", "トンネル 1: up, MAP-E"),
        ("ports: 15 ranges, 240 ports, PSID 49", "ポート: 15 範囲、240 ポート、PSID 49"),
        ("verified, confirmed and saved", "検証・確定・保存まで完了しました"),
        ("something nobody has translated", "something nobody has translated"),
    ],
)
def test_the_toolkit_speaks_japanese_where_it_is_known(text: str, japanese: str) -> None:
    assert said("ja", text) == japanese
    assert said("en", text) == text


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)])
def test_what_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a draft"):
        keep_draft(
            None,  # type: ignore[arg-type]
            "home",
            "x",
            text,
            base=Configuration.parse(""),
            author=None,  # type: ignore[arg-type]
            now=0.0,
        )
