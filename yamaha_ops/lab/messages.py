"""The router's sentences in both languages: error lines, questions, results."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from yamaha_ops.lab.fidelity import Basis, Fact


class Text(NamedTuple):
    """A sentence in both languages, with what each wording rests on."""

    en: str
    ja: str
    en_basis: Basis = Basis.ASSUMED
    ja_basis: Basis = Basis.ASSUMED

    def say(self, *, japanese: bool) -> str:
        """Return the sentence in the console's language."""
        return self.ja if japanese else self.en


_S: Final = Basis.RECORDED
_D: Final = Basis.DOCUMENTED
_I: Final = Basis.ASSUMED


class Problem(Enum):
    """What an error line says after ``Error: `` or ``エラー: ``."""

    UNKNOWN_COMMAND = Text("Invalid command name", "コマンド名を確認してください", _S, _S)
    ADMINISTRATOR_ONLY = Text(
        "Administrator use only", "このコマンドは管理レベルでのみ使用できます", _S, _S
    )
    PARAMETER_COUNT = Text(
        "Insufficient or too many parameters", "パラメータの数が不適当です", _S, _S
    )
    KEYWORD = Text("Illegal keyword", "パラメータのキーワードが認識できません", _I, _S)
    RANGE = Text("Parameter out of range", "パラメータが範囲を越えています", _S, _I)
    INTEGER = Text("Parameter must be an integer", "パラメータは整数で指定してください")
    SELECT_FIRST = Text(
        "Execute pp select command beforehand", "このコマンドは相手を選択してから実行してください"
    )
    PASSWORD = Text("Incorrect password", "パスワードが間違っています")
    NO_LUA_TASK = Text(
        "No free task to run Lua script",
        "Luaスクリプトを実行するための空きタスクがありません",
        _I,
        _S,
    )
    ACCESS = Text("Login access is restricted.", "Login access is restricted.", _S, _I)
    NO_SUCH_CONFIG = Text("Configuration does not exist", "設定ファイルが存在しません")
    NO_SUCH_FILE = Text(
        "File or directory does not exist", "ファイルまたはディレクトリが存在しません"
    )
    FILE_REFUSED = Text("File operation failed", "ファイルの操作に失敗しました")
    CANNOT_SCHEDULE = Text(
        "This command cannot be scheduled", "このコマンドはスケジュールに設定できません"
    )
    NOT_INTERACTIVE = Text("Command is not available here", "このコマンドはここでは実行できません")
    LUA_OFF = Text("Lua script function is off", "Luaスクリプト機能が無効です")
    NO_SUCH_SESSION = Text("No such session", "指定した接続はありません")
    PORT_SUMMARY = Text(
        "Not available with this backward-compatibility type",
        "現在の動作タイプではこのコマンドは使用できません",
    )

    def line(self, *, japanese: bool) -> str:
        """Return the error line."""
        prefix = "エラー: " if japanese else "Error: "
        return prefix + self.value.say(japanese=japanese)


class Say(Enum):
    """Questions and results."""

    SAVE_QUESTION = Text(
        "Save new configuration ? (Y/N)", "新しい設定を保存しますか? (Y/N)", _S, _S
    )
    SAVED = Text("Saving ... CONFIG{slot} Done", "セーブ中... CONFIG{slot} 終了", _I, _S)
    RESTARTING = Text("Restarting ...", "再起動します ...")
    MORE = Text("---more---", "---つづく---", _D, _S)
    SEARCHING = Text("Searching ...", "検索中 ...", _D, _S)
    GENERATE_AGAIN = Text(
        "Host key already exists. Generate new key ? (Y/N)",
        "ホスト鍵が既に存在します。生成しますか? (Y/N)",
    )
    LUA_STOPPED = Text("Lua script was terminated", "Luaスクリプトを停止しました", _I, _S)
    LUAC_DONE = Text("luac command finished", "luacコマンドの実行が終了しました", _I, _S)

    def text(self, *, japanese: bool) -> str:
        """Return the sentence in the console's language."""
        return self.value.say(japanese=japanese)


FIDELITY: Final = tuple(
    Fact(f"`{prefix}{wording}`", basis, "published console text of routers")
    if basis is not Basis.ASSUMED
    else Fact(f"`{prefix}{wording}`", basis, "wording never seen on a router")
    for prefixes, members in ((("Error: ", "エラー: "), Problem), (("", ""), Say))
    for member in members
    for prefix, wording, basis in (
        (prefixes[0], member.value.en, member.value.en_basis),
        (prefixes[1], member.value.ja, member.value.ja_basis),
    )
)


class Refusal(Exception):  # noqa: N818 -- an answer of the router, not an error of the program
    """The router answers with one error line."""

    def __init__(self, problem: Problem, text: str | None = None) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.text = text

    def line(self, *, japanese: bool) -> str:
        """Return the error line."""
        return self.text or self.problem.line(japanese=japanese)
