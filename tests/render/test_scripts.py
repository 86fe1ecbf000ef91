"""Scripts of the inventory in the configuration: settings, text and start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import RenderError
from yamaha_ops.inventory import Router
from yamaha_ops.render import lines, render
from yamaha_ops.render.explain import explain
from yamaha_ops.render.scripts import embedded_lines

if TYPE_CHECKING:
    from pathlib import Path

Make = Callable[[str], Router]

WATCHES = """\
scripts:
  mape-watch:
    variables: {MAPE_WATCH_HIGH: 1500, NOTIFY_URL: "env:HOOK", NOTIFY_NAME: my home}
  save-notice: {variables: {NOTIFY_URL: "env:HOOK"}}
  report: {at: "*/mon 03:00", arguments: weekly x}
  tool: {at: never}
"""


def of_scripts(router: Router) -> list[str]:
    return [line.text for line in lines(router) if line.template.endswith("93-script.j2")]


def test_settings_come_once_by_name_and_starts_by_number(router: Make) -> None:
    assert of_scripts(router(WATCHES)) == [
        "set MAPE_WATCH_HIGH=1500",
        'set NOTIFY_NAME="my home"',
        "set NOTIFY_URL=*",
        "schedule at 324 */mon 03:00 * lua /lua/report.lua weekly x",
        "schedule at 588 startup * lua /lua/mape-watch.lua",
        "schedule at 961 startup * lua /lua/save-notice.lua",
    ]


def test_a_router_without_scripts_is_rendered_as_ever(router: Make) -> None:
    assert of_scripts(router("{}")) == []


def test_a_secret_is_resolved_only_where_it_is_asked_for(
    router: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "https://hook.example/planted?x=1")
    assert 'set NOTIFY_URL="https://hook.example/planted?x=1"' in render(router(WATCHES)).text
    assert "planted" not in "".join(line.text for line in lines(router(WATCHES)))


def test_a_number_that_a_line_of_the_inventory_has_is_left_to_it(router: Make) -> None:
    before = of_scripts(router("scripts: {report: {}}"))
    assert before == ["schedule at 324 startup * lua /lua/report.lua"]
    extra = "extra: [schedule at 324 12:00 * restart]\n"
    assert of_scripts(router(extra + "scripts: {report: {}}")) == [
        "schedule at 325 startup * lua /lua/report.lua"
    ]


def test_another_script_changes_nobody_elses_number(router: Make) -> None:
    few = set(of_scripts(router("scripts: {report: {}, mape-watch: {}}")))
    more = set(of_scripts(router("scripts: {a: {}, mape-watch: {}, report: {}, z: {}}")))
    assert few < more


def test_an_embedded_script_is_text_of_the_configuration(router: Make, tmp_path: Path) -> None:
    (tmp_path / "own.lua").write_text("-- mine\n\nlocal n = 5\nrt.sleep(n)\n", encoding="ascii")
    entry = router("scripts: {own: {via: embedded, file: own.lua}}")
    configuration = render(entry, templates=tmp_path / "templates")
    assert (
        "embedded file own.lua <<EOF\nlocal n = 5\nrt.sleep(n)\nEOF\n"
        "schedule at 901 startup * lua emfs:/own.lua\n"
    ) in configuration.text
    shipped = render(router("scripts: {mape-watch: {via: embedded}}"))
    assert "embedded file mape-watch.lua <<EOF" in shipped.text


def test_an_old_firmware_keeps_no_files_in_its_configuration(router: Make) -> None:
    entry = router("firmware: 15.02.01\nscripts: {mape-watch: {via: embedded}}")
    with pytest.raises(RenderError, match=r"scripts\.mape-watch\.via embedded needs firmware"):
        render(entry)


def test_a_file_that_is_not_there_is_named(router: Make, tmp_path: Path) -> None:
    entry = router("scripts: {own: {via: embedded, file: own.lua}}")
    with pytest.raises(RenderError, match=r"own\.lua"):
        render(entry, templates=tmp_path / "templates")


def test_each_line_says_which_script_asks_for_it(router: Make) -> None:
    told = {each.line.text: each.because for each in explain(router(WATCHES))}
    assert told["set MAPE_WATCH_HIGH=1500"] == "scripts.mape-watch.variables.MAPE_WATCH_HIGH"
    assert told["schedule at 324 */mon 03:00 * lua /lua/report.lua weekly x"] == "scripts.report"


def test_a_comment_of_many_lines_goes_whole() -> None:
    source = "-- one\n--[[ two\nlocal x = 1\n]]\n\n  -- three\nrt.sleep(1)\n"
    assert embedded_lines(source) == ["--[[ two", "local x = 1", "]]", "rt.sleep(1)"]
