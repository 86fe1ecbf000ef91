"""``yamaha-ops mape``: output, exit codes, streams."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
import typer

from yamaha_ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parents[3] / "shared" / "data"
LINE = "240b:10:0:3100::/64"
APPENDIX_A = ["--rule-ipv6", "2001:db8::/40", "--rule-ipv4", "192.0.2.0/24", "--ea-bits", "16"]


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    def run(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as finished:
            main(["mape", *arguments])
        out, err = capsys.readouterr()
        code = finished.value.code
        assert isinstance(code, int)
        return Result(int(code), out, err)

    return run


def test_calc_prints_the_object_of_the_contract(run: Callable[..., Result]) -> None:
    result = run("calc", "--json", LINE)
    assert result == (0, result.out, "")
    (record,) = result.records
    ranges = record.pop("port_ranges")
    assert (len(ranges), ranges[0], ranges[-1]) == (15, [4880, 4895], [62224, 62239])
    assert record == {
        "input": LINE,
        "provider": "v6plus",
        "rule": {
            "ipv6": "240b:10::/32",
            "ipv4": "106.72.0.0/16",
            "ea_bits": 24,
            "psid_offset": 4,
        },
        "ipv4": "106.72.0.0",
        "psid": 49,
        "psid_length": 8,
        "port_count": 240,
        "ce": "240b:10:0:3100:6a:4800:0:3100",
        "br": "2404:9200:225:100::64",
        "interface_id": "draft-03",
    }


def test_calc_answers_the_other_lines_when_one_fails(run: Callable[..., Result]) -> None:
    result = run("calc", "--json", LINE, "2001:db8::/56", "240b:10::")
    assert result.code == 1
    assert result.err == ""
    first, second, third = result.records
    assert (first["psid"], third["psid"]) == (49, 0)
    assert second == {"input": "2001:db8::/56", "error": "no rule matches 2001:db8::/56"}


def test_calc_streams_in_order_with_errors_on_their_own_lines(run: Callable[..., Result]) -> None:
    stdin = b"240b:10::\n\njunk\xff\r\n  2400:4050:3c2:9e00::/56  \n240b:10::/33"
    result = run("calc", "-", "--json", stdin=stdin)
    assert result.code == 1
    assert [record["input"] for record in result.records] == [
        "240b:10::",
        "junk\\xff",
        "2400:4050:3c2:9e00::/56",
        "240b:10::/33",
    ]
    assert ["error" in record for record in result.records] == [False, True, False, True]


def test_calc_streams_one_line_a_line_for_people(run: Callable[..., Result]) -> None:
    result = run("calc", "-", stdin=b"240b:10:0:3100::/64\njunk\n")
    good, bad = result.out.splitlines()
    assert good.split() == [
        *(LINE, "106.72.0.0", "PSID", "49/256", "240", "ports"),
        *("CE", "240b:10:0:3100:6a:4800:0:3100"),
    ]
    assert bad.startswith("junk  error: junk is not an IPv6 address or prefix")
    assert result.code == 1


def test_calc_writes_an_answer_before_the_stream_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million lines need no memory: the next line is read only when the last one is answered."""
    from yamaha_ops.cli import mape  # noqa: PLC0415 -- loaded on demand, as in use

    class Source:
        taken = 0

        def __iter__(self) -> Iterator[str]:
            for number in range(3):
                self.taken = number + 1
                yield "240b:10::\n"

    source, taken = Source(), []
    monkeypatch.setattr(typer, "get_text_stream", lambda _name, **_: source)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys.stdout, "write", lambda _text: taken.append(source.taken))
    mape.app(["calc", "-", "--json"], standalone_mode=False)
    assert taken == [1, 2, 3]


def test_calc_shows_a_labelled_text(run: Callable[..., Result]) -> None:
    result = run("calc", LINE)
    assert result.code == 0
    words = result.out.split()
    for expected in ("106.72.0.0", "v6plus", "4880-4895", "62224-62239", "2404:9200:225:100::64"):
        assert expected in words


def test_calc_takes_a_rule_of_ones_own(run: Callable[..., Result]) -> None:
    result = run("calc", "--json", "2001:db8:12:3400::/56", *APPENDIX_A, "--br", "2001:db8:ffff::1")
    (record,) = result.records
    assert "provider" not in record
    assert (record["psid"], record["rule"]["psid_offset"]) == (0x34, 6)
    assert (record["ce"], record["br"]) == ("2001:db8:12:3400:0:c000:212:34", "2001:db8:ffff::1")
    draft = run("calc", "--json", "2001:db8::/56", *APPENDIX_A, "--interface-id", "draft-03")
    assert draft.records[0]["rule"]["psid_offset"] == 4


def test_a_rule_that_rfc_7597_forbids_fails_with_the_reason(run: Callable[..., Result]) -> None:
    arguments = ("calc", "2001:db8::/56", "2001:db8:1::/56", *APPENDIX_A, "--psid-offset", "9")
    reason = "PSID offset 9 and PSID length 8 need 17 bits"
    as_json = run(*arguments, "--json")
    assert as_json.code == 1
    assert [reason in record["error"] for record in as_json.records] == [True, True]
    as_text = run(*arguments)
    assert (as_text.code, as_text.out) == (1, "")
    assert as_text.err.count(reason) == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--rule-ipv6", "2001:db8::/40"],
        ["--br", "::1"],
        ["--psid-offset", "4"],
        [*APPENDIX_A, "--rules", "rules.json"],
        ["--interface-id", "rfc"],
        ["--ea-bits", "x"],
    ],
)
def test_options_that_do_not_fit_together_are_a_usage_error(
    run: Callable[..., Result], options: list[str]
) -> None:
    assert run("calc", "2001:db8::/56", *options).code == 2


@pytest.fixture
def hb46pp(tmp_path: Path) -> str:
    rule = {"ipv6": "240b:10::/31", "ipv4": "192.0.0.0/15", "ea_length": 25, "psid_offset": 4}
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"enabler_name": "mine", "map_e": {"br": "::1", "rules": [rule]}}))
    return str(path)


def test_rules_of_a_file_come_before_the_shipped_ones(
    run: Callable[..., Result], hb46pp: str
) -> None:
    records = run("calc", "--json", "240b:10::", "240b:12::", "--rules", hb46pp).records
    assert [record["provider"] for record in records] == ["mine", "v6plus"]
    assert records[0]["ipv4"] == "192.0.0.0"
    listed = json.loads(run("rules", "--json", "--rules", hb46pp).out)
    assert len(listed) == 430 + 1 - 2


def test_a_rule_file_that_cannot_be_used_is_named(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    missing = run("calc", LINE, "--rules", str(tmp_path / "no.json"))
    assert missing.code == 1
    assert "no.json: cannot be read: No such file" in missing.err
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    assert "broken.json: not JSON" in run("rules", "--rules", str(broken)).err


def test_owner_is_the_way_back(run: Callable[..., Result]) -> None:
    (record,) = run("owner", "106.72.0.0", "4885", "--json").records
    assert record["end_user_prefix"] == "240b:10:0:3100::/56"
    assert (record["input"], record["port"], record["psid"]) == ("106.72.0.0", 4885, 49)
    assert (
        "106.72.0.0 port 4885 belongs to 240b:10:0:3100::/56"
        in run("owner", "106.72.0.0", "4885").out
    )


@pytest.mark.parametrize(("ipv4", "port"), [("106.72.0.0", "80"), ("8.8.8.8", "80"), ("x", "1")])
def test_owner_fails_with_a_sentence(run: Callable[..., Result], ipv4: str, port: str) -> None:
    as_text = run("owner", ipv4, port)
    assert (as_text.code, as_text.out) == (1, "")
    assert as_text.err.count("\n") == 1
    (record,) = run("owner", ipv4, port, "--json").records
    assert record["error"] in as_text.err


def test_port_answers_yes_or_no_and_what_is_nearest(run: Callable[..., Result]) -> None:
    (record,) = run("port", LINE, "8080/tcp", "--json").records
    assert record == {
        "input": LINE,
        "ipv4": "106.72.0.0",
        "psid": 49,
        "ports": [8080, 8080],
        "inner_port": 8080,
        "protocol": "tcp",
        "allowed": False,
        "reason": "port 8080 is another line's (PSID 249; this one has 49)",
        "nearest": 8976,
        "nearest_ranges": [[4880, 4895], [8976, 8991]],
        "static_masquerade": "nat descriptor masquerade static N ID HOST tcp 8976=8080",
    }
    refused, allowed, wide = (run("port", LINE, wish) for wish in ("8080", "4885/udp", "1-99"))
    assert (refused.code, allowed.code, wide.code) == (0, 0, 0)
    assert refused.out.startswith("no: ")
    assert "8976 (this line has 4880-4895 and 8976-8991)" in refused.out
    assert allowed.out.startswith("yes: ")
    assert "none: this line has 16 ports in a row" in wide.out
    assert run("port", LINE, "esp", "--json").records[0]["ports"] is None


def test_port_fails_on_a_port_that_does_not_exist(run: Callable[..., Result]) -> None:
    result = run("port", LINE, "70000")
    assert (result.code, result.out) == (1, "")
    assert result.err == "yamaha-ops: port 70000 does not exist; ports are 0..65535\n"
    assert "error" in run("port", LINE, "70000", "--json").records[0]


def test_rules_lists_provider_source_and_evidence(run: Callable[..., Result]) -> None:
    listed = json.loads(run("rules", "--json").out)
    assert len(listed) == 430
    assert {"provider", "source", "evidence"} <= listed[0].keys()
    table = run("rules", "--provider", "nuro").out
    assert table.count("\nnuro ") == 4
    assert "   4 community: two independent public sources" in table
    assert "source: herrkartoffel/openwrt-jp-map-e-nuro" in table
    assert max(map(len, run("rules").out.splitlines())) < 80
    unknown = run("rules", "--provider", "x")
    assert unknown.code == 1
    assert "the providers are biglobe, nuro, ocn, v6plus" in unknown.err


def test_draw_writes_an_svg_and_shows_the_same_in_characters(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "line.svg"
    result = run("draw", LINE, "-o", str(path))
    assert result.code == 0
    assert "4096 ............#......" in result.out
    assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 -- our own file
    assert run("draw", LINE).out == result.out
    missing = run("draw", LINE, "-o", str(tmp_path / "no" / "line.svg"))
    assert missing.code == 1
    assert "line.svg: cannot be written: No such file" in missing.err


def test_help_is_shown_for_every_command(run: Callable[..., Result]) -> None:
    for command in ("calc", "owner", "port", "rules", "draw"):
        result = run(command, "--help")
        assert result.code == 0
        assert "--rules" in result.out


def test_nothing_heavy_is_loaded_for_an_answer() -> None:
    code = (
        "import sys\n"
        "from yamaha_ops.cli import main\n"
        "try:\n"
        f"    main(['mape', 'calc', '{LINE}', '--json'])\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in finished.stderr.split()}
    heavy = {"pydantic", "rich", "netmiko", "paramiko", "prometheus_client", "jinja2"}
    assert not loaded & heavy
    assert json.loads(finished.stdout)["psid"] == 49


def test_the_library_needs_only_the_standard_library() -> None:
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import yamaha_ops.mape.dhcpv6, yamaha_ops.mape.files, yamaha_ops.mape.svg\n"
        "import yamaha_ops.mape.terminal, yamaha_ops.mape.forwarding, yamaha_ops.mape.listing\n"
        "import yamaha_ops.mape.recognition, yamaha_ops.mape.record\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(names - set(sys.stdlib_module_names)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert finished.stdout.split() == ["yamaha_ops"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the published test data is not here")
def test_the_stream_of_all_vectors_gives_exactly_their_objects(run: Callable[..., Result]) -> None:
    text = (DATA / "mape_vectors.jsonl").read_text(encoding="utf-8")
    expected = [json.loads(line) for line in text.splitlines()]
    stdin = "".join(f"{vector['input']}\n" for vector in expected).encode()
    for vector, record in zip(
        expected, run("calc", "-", "--json", stdin=stdin).records, strict=True
    ):
        vector.pop("note", None)
        if vector.get("error"):
            assert record.keys() == {"input", "error"}
            assert record["error"]
            assert record["input"] == vector["input"]
        else:
            assert record == vector


@pytest.mark.skipif(not DATA.is_dir(), reason="the published test data is not here")
def test_vectors_with_own_rules_agree_on_the_command_line(run: Callable[..., Result]) -> None:
    text = (DATA / "mape_vectors_own_rules.jsonl").read_text(encoding="utf-8")
    vectors = [json.loads(line) for line in text.splitlines()]
    refused = [vector for vector in vectors if vector.get("error")]
    for vector in [*refused, *vectors[::25]]:
        result = run("calc", "--json", *vector.pop("args"), vector["input"])
        (record,) = result.records
        vector.pop("note", None)
        if vector.pop("error", False):
            assert result.code == 1
            assert record["error"]
            continue
        ranges = record["port_ranges"]
        record |= {"range_count": len(ranges), "first_range": ranges[0], "last_range": ranges[-1]}
        assert {key: record[key] for key in vector} == vector
