from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import slots
from meaning import names
from tests.doubles.tables import rows

JA = """
田中太郎と申します = タナカ タロウ
名前は田中太郎です = タナカ タロウ
たなかたろう = タナカ タロウ
タナカタロウ = タナカ タロウ
たなか たろうです = タナカ タロウ
髙橋美咲 = タカハシ ミサキ
高橋さくらです = タカハシ サクラ
さいとうけんじといいます = サイトウ ケンジ
さいとう けんじ = サイトウ ケンジ
佐々木希と申します = ササキ ノゾミ
中村です = ナカムラ
なかむら = ナカムラ
小林健 = コバヤシ ケン
山﨑一郎です = ヤマザキ イチロウ
えーと、田中です = タナカ
私の名前は鈴木一郎でございます = スズキ イチロウ
山田花子ですけど = ヤマダ ハナコ
わかりません = -
住所変更 = -
はい、佐藤です = サトウ
長谷川 涼 = ハセガワ リョウ
東海林太郎 = ショウジ タロウ
いのうえようすけ = イノウエ ヨウスケ
やまだはなこ = ヤマダ ハナコ
ワタナベ ミサキ = ワタナベ ミサキ
田中、太郎です = タナカ タロウ
西村ひなたです = ニシムラ ヒナタ
五十嵐大輔 = イガラシ ダイスケ
John Smith = John Smith
渡邊美穂 = ワタナベ ミホ
渡邉です = ワタナベ
さとうです = サトウ
斎藤様 = サイトウ
小鳥遊です = タカナシ
まつもとじゅんと申します = マツモト ジュン
いいえ = -
ほんとうです = -
やまもとけんじです = ヤマモト ケンジ
ごとうです = ゴトウ
いまいくら = -
もりたともうします = モリタ
夏目漱石 = ナツメ ソウセキ
しずくともうします = シズク
明日です = -
アレックスです = アレックス
きむらたくや = キムラ タクヤ
林 = ハヤシ
柳澤慎吾 = ヤナギサワ シンゴ
"""
WRITTEN = """
髙橋太郎 = 髙橋 太郎|タカハシ タロウ
髙橋 太郎（タカハシ タロウ） = 髙橋 太郎|タカハシ タロウ
山﨑|ヤマザキ = 山﨑|ヤマザキ
タナカ タロウ = タナカ タロウ
田中太郎 = 田中 太郎|タナカ タロウ
"""
EN = """
my name is John Smith = John Smith
John Smith speaking = John Smith
it's Mary O'Brien = Mary O'Brien
this is jane doe = Jane Doe
I'm Anne-Marie Johnson = Anne-Marie Johnson
I don't know = -
Emily = Emily
The name's Bond = Bond
My full name is Robert James Brown = Robert James Brown
Smith, please = Smith
um, my name is Lee = Lee
yes = -
12345 = -
田中太郎 = -
Hello, my name is Carlos Garcia. = Carlos Garcia
"""


@pytest.mark.parametrize(
    ("language", "text", "value"), [("ja", *row) for row in rows(JA)] + [("en", *row) for row in rows(EN)]
)
def test_of_a_spoken_name_the_reading_is_kept(language: str, text: str, value: str | None) -> None:
    assert names.understood(text, language) == value


@pytest.mark.parametrize(("text", "value"), rows(WRITTEN))
def test_of_a_written_name_the_signs_are_kept_with_their_reading(text: str, value: str) -> None:
    assert names.understood(text, "ja", is_written=True) == value


@pytest.mark.parametrize("value", ["タカハシ タロウ", "髙橋 太郎|タカハシ タロウ"])
def test_a_name_read_back_is_understood_as_the_same(value: str) -> None:
    assert names.understood(slots.spoken("name", value, "ja"), "ja", is_written=True) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@settings(deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet="田中太郎たろうと申です髙|（）()・ ", max_size=20))
def test_no_text_breaks_it(language: str, text: str) -> None:
    for is_written in (False, True):
        value = names.understood(text, language, is_written=is_written)
        assert value is None or 0 < len(value) <= 120
