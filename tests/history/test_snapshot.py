"""The form that configurations are kept in: nothing is lost on the way there and back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.config import Configuration
from yamaha_ops.history.snapshot import kept_form, opened, sealed

WORD = st.text(st.sampled_from("ab1@{}'/*-日"), min_size=1, max_size=12)
LINES = st.one_of(
    st.builds('description lan2 "{}"'.format, WORD),
    st.builds("pp select {}".format, st.integers(1, 3)),
    st.builds(" pp auth myname {} {}".format, WORD, WORD),
    st.builds("ipsec ike pre-shared-key {} text {}".format, st.integers(1, 3), WORD),
    st.builds("administrator password {}".format, WORD),
    st.builds("# {}".format, WORD),
    st.builds("unheard-of {}".format, WORD),
)


@given(st.lists(LINES, max_size=8))
@settings(max_examples=150, deadline=None)
def test_what_is_sealed_comes_back_to_the_letter(lines: list[str]) -> None:
    configuration = Configuration.parse("ip lan1 mtu 1500\n" + "".join(f"{x}\n" for x in lines))
    text, secrets = sealed(configuration)
    assert opened(text, secrets) == kept_form(configuration).text


def test_what_a_console_broke_is_joined_and_the_date_is_left_out() -> None:
    text = "# RTX830 Rev.15.02.22 (x)\r\n# Reporting Date: Nov 24\r\nip lan1 mtu 1500\r\n"
    kept = kept_form(Configuration.parse(text))
    assert kept.text == "# RTX830 Rev.15.02.22 (x)\nip lan1 mtu 1500\n"
