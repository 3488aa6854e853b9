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

MORE = {
    ("ja", "yes"): (
        "そうそう|そうそうそう|うん、そう|そうだよ|そうだね|そうっす|"
        "はい、合ってます|ええ、合ってます|合ってるよ|あってます|それです|"
        "それでお願いします|それでいいです|それで合ってます|"
        "それで間違いないです|大丈夫です、はい|はい、大丈夫です|"
        "問題ありません|問題ないです|オーケー|おk|いいよ|いいですよ|"
        "よろしいです|おっしゃる通りです|その通りでございます|承知しました|"
        "わかりました|もちろん|ぜひ|ぜひお願いします|頼みます|はーい|"
        "はい？そうです|正しいです|左様です|さようでございます|"
        "はいそうです間違いありません|お願い|はい、よろしくお願いいたします|"
        "うんお願い|進めてください|続けてください|はい、続けてください|"
        "ええそうですね|それで進めてください"
    ),
    ("ja", "no"): (
        "違うよ|違うって|違う違う|ちがう|いや違います|いえ違います|"
        "そうじゃないです|そうじゃなくて|そうではなく|いらない|いりませんよ|"
        "いらないです|結構ですよ|もう結構です|いえ、大丈夫です|"
        "いや、大丈夫です|いえ、いいです|いいえ、結構です|いえ、要らないです|"
        "やめます|やめておく|やめとく|だめ|だめです|ダメです|間違ってます|"
        "間違いです|合ってないです|違いました|別のです|別の番号です|"
        "キャンセルで|お断りします|遠慮します|遠慮しておきます|ノーサンキュー|"
        "まだです|まだ|今は結構です|しなくていいです|不要です|それは違います|"
        "それじゃないです|ぜんぜん違います|全然違う|送らなくて大丈夫です"
    ),
    ("ja", None): (
        "大丈夫|いいです|大丈夫ですよ|どうしようかな|どうかな|ちょっと待って|"
        "何ですか|えっと、どうだろう|はいかいいえか|分かりません|住所|三番|"
        "それは|どっちでもいい|微妙です|考えます|はい、結構です|もしもし"
    ),
    ("en", "yes"): (
        "that's right|yes that's right|that's correct|yes, that's the one|you got it|that is right|it is|"
        "it's correct|yep that's it|yes sir|yes ma'am|very well|sounds good to me|by all means|why not|"
        "please do|okay then|ok great|that'll do|that works|works for me|sure, go ahead|yes of course|perfect|"
        "affirmative|indeed|yeah sure|mm-hmm|uh-huh|right|right you are|totally|you bet|no problem, yes|"
        "yes, please continue|continue|go on|proceed"
    ),
    ("en", "no"): (
        "nope|no way|nah|no no no|no, that's not it|that's not it|that's not correct|not quite|no, it's wrong|"
        "it's not|it isn't|it is not|that's wrong|not that one|wrong number|no thanks|no thank you very much|"
        "I'd rather not|rather not|never mind|forget it|cancel that|stop|don't|please don't|no need|"
        "that won't be necessary|not yet|incorrect|negative|not me|no, not that"
    ),
    ("en", None): (
        "no problem|I'm not sure|maybe|what|what was that|yes and no|address|hold on|wait|I don't know|"
        "it depends|both|hello|fine I guess|either"
    ),
}


@pytest.mark.parametrize(
    ("language", "side", "text"),
    [
        (language, side, text)
        for cases in (CASES, MORE)
        for (language, side), texts in cases.items()
        for text in texts.split("|")
    ],
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
