from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.commands import command

CASES = {
    ("ja", "repeat"): (
        "もう一度|もう一回言ってください|もういちどお願いします|聞こえません|"
        "すみません、聞き取れませんでした|繰り返してください|リピート"
    ),
    ("ja", "back"): "戻る|戻ってください|前に戻って|一つ前に戻りたいです|前の質問に戻って",
    ("ja", "person"): (
        "オペレーター|オペレーターにつないでください|人につないで|担当者をお願いします|"
        "担当の方に代わってください|人と話したいです|係の人をお願いします"
    ),
    ("ja", "restart"): "最初から|最初からお願いします|最初に戻る|はじめからやり直したい|やり直し",
    ("ja", "en"): "英語で|英語でお願いします|イングリッシュプリーズ|English please",
    ("ja", "ja"): "日本語で|日本語でお願いします",
    ("en", "repeat"): (
        "repeat|Could you repeat that?|say that again please|pardon?|what did you say|once more|I didn't hear that"
    ),
    ("en", "back"): "go back|back|previous question please",
    ("en", "person"): (
        "operator|representative please|can I talk to a person|I want to speak to someone|human|"
        "put me through to somebody"
    ),
    ("en", "restart"): "start over|main menu|from the beginning please|restart",
    ("en", "ja"): "Japanese please|Japanese|in Japanese|nihongo de onegaishimasu|日本語で",
    ("en", "en"): "English|in English please",
    ("ja", None): (
        "はい|住所変更|もう一度カードを発行したい|担当者の名前を間違えられた件で苦情があります||"
        "荷物が戻ってきました|英語の証明書が欲しい"
    ),
    ("en", None): (
        "yes|I lost my card|I moved back to my parents' house||my Japanese address has changed since last month"
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
    assert command(text, language) in ("repeat", "back", "person", "restart", "ja", "en", None)
