from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.commands import command

CASES: dict[tuple[str, str | None], str] = {
    ("ja", "slower"): (
        "ゆっくり|ゆっくりお願いします|もう少しゆっくり話してください|もっとゆっくり言ってもらえますか|ゆっくりめでお願いします|早口でわかりません|話すのが速いです|"
        "ちょっと速すぎて聞き取れません|ゆっくり、もう一度お願いします"
    ),
    ("ja", "repeat"): (
        "もう一度|もう一回言ってください|もういちどお願いします|聞こえません|すみません、聞き取れませんでした|繰り返してください|リピート|もう一度聞かせてください|え、何ですか|"
        "なんて言いました？|よく聞こえなかったです|もっかい言って"
    ),
    ("ja", "back"): (
        "戻る|戻ってください|前に戻って|一つ前に戻りたいです|前の質問に戻って|戻りたい|一つ前お願いします"
    ),
    ("ja", "person"): (
        "オペレーター|人につないで|担当者をお願いします|担当の方に代わってください|人と話したいです|係の人をお願いします|担当者につないでもらえますか|人間がいいです|誰かいませんか|"
        "スタッフに代わってください|直接話したいんですけど"
    ),
    ("ja", "restart"): (
        "最初から|最初からお願いします|最初に戻る|はじめからやり直したい|やり直し|最初からもう一度お願いします|メインメニューに戻って"
    ),
    ("ja", "en"): ("英語で|英語でお願いします|英語にしてください|イングリッシュプリーズ|English please"),
    ("ja", "ja"): ("日本語で|日本語でお願いします"),
    ("ja", None): (
        "もう一度カードを作り直したい|もう一度送ってください|もう一回行きたい|ゆっくり話したい相談がある|ゆっくりでいいので届けてください|最初から壊れていました|戻ってくる日を知りたい|"
        "お金が戻ってこない|担当の者に聞いたんですけど|担当者の名前を間違えられた件で苦情があります|固定電話の音が聞こえない|荷物が戻ってきました|英語の証明書が欲しい|リピート購入したい|"
        "申し込みをやり直したい|人に頼まれて電話しています|三日前に戻ってきた荷物です|前の住所に戻したい|インターネットが遅い|はい|住所変更|もう一度カードを発行したい|"
    ),
    ("en", "slower"): (
        "slower|slower please|a bit slower please|could you speak more slowly|please slow down|"
        "can you say that more slowly|you're talking too fast|that's too fast|speak slowly please"
    ),
    ("en", "repeat"): (
        "repeat|Could you repeat that?|say that again please|pardon?|what did you say|once more|"
        "I didn't hear that|can you repeat the question|I didn't catch that|sorry?"
    ),
    ("en", "back"): ("go back|back|previous question please|can you go back one|take me back to the previous question"),
    ("en", "person"): (
        "operator|representative please|can I talk to a person|I want to speak to someone|human|"
        "put me through to somebody|I need an agent|get me a real person|customer service please|"
        "I'd like to talk to a human"
    ),
    ("en", "restart"): ("start over|main menu|from the beginning please|restart|can we start from the beginning"),
    ("en", "ja"): ("Japanese please|Japanese|in Japanese|nihongo de onegaishimasu|日本語で"),
    ("en", "en"): ("English|in English please"),
    ("en", None): (
        "my internet is slower|I need a repeat prescription|send it once more|my previous address|"
        "go back to my old plan|my agent told me to call|start from next month|restart my service|"
        "I'd like to pay again|the car was too fast|I can't hear anything on my landline|"
        "the agent was rude to me|I moved back to my parents' house|I lost my card|"
        "my son can't hear well|yes||my Japanese address has changed since last month"
    ),
}


@pytest.mark.parametrize(
    ("language", "wanted", "text"),
    [(language, wanted, text) for (language, wanted), texts in CASES.items() for text in texts.split("|")],
)
def test_a_command_is_known_and_a_matter_that_sounds_like_one_is_not(
    language: str, wanted: str | None, text: str
) -> None:
    assert command(text, language) == wanted


@pytest.mark.parametrize("language", ["ja", "en"])
@given(text=st.text(max_size=200))
def test_no_text_breaks_it(language: str, text: str) -> None:
    assert command(text, language) in ("repeat", "slower", "back", "person", "restart", "ja", "en", None)
