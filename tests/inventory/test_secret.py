from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import InventoryError, SecretError
from yamaha_ops.inventory import Inventory, Secret, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKED = "planted-b7Qx"


def test_an_environment_variable_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret("env:PLANTED")
    monkeypatch.setenv("PLANTED", MARKED)
    assert secret.resolve() == MARKED
    assert MARKED not in f"{secret} {secret!r}"


def test_a_file_is_read_relative_to_the_inventory(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{MARKED}\n", encoding="utf-8")
    assert Secret("file:password", tmp_path).resolve() == MARKED


def test_a_keyring_is_asked_by_service_and_user(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("ops", "home"): MARKED}
    monkeypatch.setattr("keyring.get_password", lambda *key: kept.get(key))
    assert Secret("keyring:ops/home").resolve() == MARKED
    with pytest.raises(SecretError, match="keyring:ops/away is not there"):
        Secret("keyring:ops/away").resolve()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "the secret env:PLANTED is empty"),
        (f"{MARKED}\nsave", "the secret env:PLANTED is not one line"),
    ],
)
def test_a_useless_value_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    monkeypatch.setenv("PLANTED", value)
    with pytest.raises(SecretError, match=said) as caught:
        Secret("env:PLANTED").resolve()
    assert MARKED not in "".join(traceback.format_exception(caught.value))


def test_what_is_not_there_is_named_by_its_reference(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="env:NOT_PLANTED is not there"):
        Secret("env:NOT_PLANTED").resolve()
    with pytest.raises(SecretError, match="file:none cannot be read: No such file"):
        Secret("file:none", tmp_path).resolve()


@pytest.mark.parametrize(
    "text",
    [
        f"routers: {{home: {{host: a, login: {{password: {MARKED}}}}}}}",
        f"routers: {{home: {{host: a, login: {{password: [{MARKED}]}}}}}}",
        f"routers: {{home: {{host: a, password: {MARKED}}}}}",
        f"password: {MARKED}\npassword: {MARKED}",
        f"routers: {{home: {{login: {MARKED}",
        f"routers: {{home: {{host: a, login: {MARKED}}}}}",
    ],
)
def test_a_password_written_into_the_inventory_is_refused_and_never_repeated(
    path: Path, text: str
) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        load(path)
    assert MARKED not in "".join(traceback.format_exception(caught.value))
    assert MARKED not in caught.value.explain()


def test_a_loaded_inventory_shows_references_only(
    loaded: Callable[[str], Inventory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", MARKED)
    inventory = loaded("routers: {home: {host: a, login: {password: 'env:PLANTED'}}}\n")
    home = inventory.router("home")
    assert home.login.password is not None
    assert home.login.password.resolve() == MARKED
    shown = f"{inventory} {inventory!r} {home!r} {home.model_dump()} {home.model_dump_json()}"
    assert MARKED not in shown
