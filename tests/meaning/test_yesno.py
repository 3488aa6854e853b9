from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.yesno import yesno

CASES = {
    ("ja", "yes"): (
        "はい。|ええ|うん|うんうん|そうです|そうですね|お願いします|はい、お願いします|はい大丈夫です|"
        "それで大丈夫です|いいですよ|えっと、はい|"
        "はい、そうです|間違いありません|合ってます|合っています|その通りです|はいはい|送ってください|"
        "あ、はい|はい、それで進めてください|"
        "もちろんです|オッケーです|それで結構です|イエス|よろしくお願いします"
    ),
    ("ja", "no"): (
        "いいえ|いえ|いや|違います|ちがいます|結構です|けっこうです|いえ、結構です|いいえ、大丈夫です|"
        "いりません|必要ありません|しません|"
        "送らないでください|間違っています|合ってません|そうじゃない|違うんですけど|いいえ、違います|"
        "やめておきます|ノー|ううん|間違いです"
    ),
    ("ja", None): (
        "大丈夫です|いいです|わかりません|はい、違います|どちらでもない|うーん|住所変更|||えっと|たぶん|"
        "はいって言われても困るんですがもう少し詳しく教えて"
    ),
    ("en", "yes"): (
        "yes|Yes, please.|yeah|yep|yup|correct|sure|that's right|That is correct.|right|OK|uh-huh|"
        "um, yes|of course|go ahead|please do|"
        "yes that is correct|sounds good|absolutely|I do|exactly"
    ),
    ("en", "no"): (
        "no|No, thank you.|nope|nah|wrong|not really|that's not right|no, that's wrong|don't send it|"
        "of course not|uh-uh|incorrect|I don't|never|"
        "that's wrong|not now"
    ),
    (
        "en",
        None,
    ): "no problem|I don't know|yes no|not sure|maybe|address|hmm||yes I'm not sure|what do you mean by that",
}


@pytest.mark.parametrize(
    ("language", "side", "text"),
    [(language, side, text) for (language, side), texts in CASES.items() for text in texts.split("|")],
)
def test_yes_is_yes_no_is_no_and_what_may_be_either_is_neither(language: str, side: str | None, text: str) -> None:
    assert yesno(text, language) == side


@pytest.mark.parametrize("language", ["ja", "en"])
@given(text=st.text(max_size=200))
def test_no_text_breaks_it(language: str, text: str) -> None:
    assert yesno(text, language) in ("yes", "no", None)


@pytest.mark.parametrize("language", ["ja", "en"])
@given(data=st.data())
def test_saying_it_twice_changes_nothing_and_saying_both_decides_nothing(language: str, data: st.DataObject) -> None:
    yes = data.draw(st.sampled_from({"ja": ["はい", "ええ", "そうです"], "en": ["yes", "yeah", "correct"]}[language]))
    no = data.draw(st.sampled_from({"ja": ["いいえ", "違います"], "en": ["no", "nope", "wrong"]}[language]))
    joint = data.draw(st.sampled_from([" ", "、", ", ", "。 "]))
    assert yesno(yes + joint + yes, language) == "yes"
    assert yesno(no + joint + no, language) == "no"
    assert yesno(yes + joint + no, language) is None
