"""What the toolkit says while it works, in Japanese.

The toolkit speaks English; its sentences are data here. One that is not known is shown as it is.
"""

from __future__ import annotations

import re
from typing import Final

_JAPANESE: Final = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"kept in the history as (\S+) \((.*)\)", r"履歴に保存しました: \1(\2)"),
        (r"not kept in the history \((.*?)\): (.*)", r"履歴に保存できませんでした(\1): \2"),
        (r"(\S+) armed: (\d+) s \((.*)\)", r"ガードを設定しました: \1、\2 秒(\3)"),
        (r"(\S+) armed anew: (\d+) s", r"ガードを再設定しました: \1、\2 秒"),
        (r"no guard (\S+): (.*)", r"ガード \1 は使用できません: \2"),
        (r"(running|startup|previous) of (\S+), (.*)", r"\2 の \1(\3)"),
        (r"(running|startup|previous), now", r"\1(現在)"),
        (r"rendered", "インベントリから生成した設定"),
        (r"sending", "送信"),
        (r"verifying", "検証"),
        (r"(\d+) commands sent", r"\1 件のコマンドを送信しました"),
        (r"(\d+) commands made by the router itself", r"ルーターが \1 件のコマンドを生成しました"),
        (r"reachable on a new connection", "新しい接続で到達できます"),
        (r"no difference left", "差分は残っていません"),
        (r"confirmed", "確定しました"),
        (r"saved", "保存しました"),
        (r"verified, confirmed and saved", "検証・確定・保存まで完了しました"),
        (r"taken back: (\d+) commands undone", r"元に戻しました: \1 件のコマンドを取り消し"),
        (r"written into (\S+)", r"\1 に書き込みました"),
        (r"nothing differs", "差分はありません"),
        (r"looking again: (.*)", r"再確認します: \1"),
        (
            r"waiting (\d+) s until the router's guard has fired",
            r"ルーターのガードが作動するまで \1 秒待ちます",
        ),
        (
            r"the rest of the interrupted change was undone: (\d+) commands",
            r"中断した変更の残りを取り消しました: \1 件のコマンド",
        ),
        (r"interrupted change: (.*?), (.*)", r"中断した変更: \1、\2"),
        (r"the interrupted change was taken back", "中断した変更を元に戻しました"),
        (
            r"the interrupted change had got through; it is saved now",
            "中断した変更は反映されていたため、保存しました",
        ),
        (r"interrupted", "中断されました"),
        (
            r"the console was ended while this change was under way",
            "この変更の途中でコンソールが終了しました",
        ),
        (r"the earlier run had sent nothing", "何も送信されていませんでした"),
        (
            r"the router runs its old configuration again",
            "ルーターは変更前の設定で動作しています",
        ),
        (r"the router's configuration has changed since the plan was saved",
         "計画の作成後に、ルーターの設定が変わっています"),
        (r"the inventory has changed since the plan was saved",
         "計画の作成後に、インベントリが変わっています"),
        (r"another run is changing this router(.*)", "別の処理がこのルーターを変更しています"),
        (
            r"the router runs it, but the inventory does not say so: (.*)",
            r"ルーターには反映しましたが、インベントリには書き込めませんでした: \1",
        ),
        (r"the line does not work(.*)", r"回線が動作しません\1"),
        (r"tunnel (\d+)(.*)", r"トンネル \1\2"),
        (r"IPv6 prefix(.*)", r"IPv6 プレフィックス\1"),
        (r"IPv4 address(.*)", r"IPv4 アドレス\1"),
        (r"default route(.*)", r"デフォルトルート\1"),
        (r"ports(.*)", r"ポート\1"),
    )
)  # fmt: skip

_INSIDE: Final = (
    (re.compile(r"(\d+) ranges, (\d+) ports, PSID (\S+)"), r"\1 範囲、\2 ポート、PSID \3"),
    (re.compile(r", expected "), "、想定: "),
)


def said(language: str, text: str) -> str:
    """Return a sentence of the toolkit in the language of a page, where that is known."""
    if language != "ja":
        return text
    for pattern, japanese in _JAPANESE:
        if found := pattern.fullmatch(text):
            text = found.expand(japanese)
            break
    for pattern, japanese in _INSIDE:
        text = pattern.sub(japanese, text)
    return text
