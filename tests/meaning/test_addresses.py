from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meaning import addresses
from tests.doubles.tables import rows

JA = """
東京都千代田区千代田1-1 = 1000001|東京都千代田区千代田1-1
東京都千代田区千代田一丁目一番 = 1000001|東京都千代田区千代田1-1
千代田区千代田1の1です = 1000001|東京都千代田区千代田1-1
〒100-0001 東京都千代田区千代田1-1 = 1000001|東京都千代田区千代田1-1
100-0001 千代田1-1 = 1000001|東京都千代田区千代田1-1
100-0001 = 1000001|
〒１００－０００１ = 1000001|
郵便番号は100の0001です = 1000001|
いちぜろぜろのぜろぜろぜろいち = 1000001|
郵便番号は一〇〇の〇〇〇一です = 1000001|
神奈川県横浜市西区みなとみらい2丁目3番5号 = 2200012|神奈川県横浜市西区みなとみらい2-3-5
横浜市西区みなとみらい二の三の五 = 2200012|神奈川県横浜市西区みなとみらい2-3-5
東京都港区六本木6丁目10番1号 六本木ヒルズ森タワー10階 = 1060032|東京都港区六本木6-10-1 六本木ヒルズ森タワー10階
港区六本木六丁目 = 1060032|東京都港区六本木6丁目
住所は東京都千代田区千代田です = 1000001|東京都千代田区千代田
東京都千代田区 = |東京都千代田区
府中市 = -
東京都府中市宮町1-41 = 1830023|東京都府中市宮町1-41
府中市宮町1-41 = 1830023|東京都府中市宮町1-41
とうきょうとちよだくちよだ1の1 = 1000001|東京都千代田区千代田1-1
東京都ちよだくちよだ1-1 = 1000001|東京都千代田区千代田1-1
北海道札幌市中央区北一条西2丁目 = |北海道札幌市中央区北一条西2丁目
札幌市中央区北1条西2丁目 = |北海道札幌市中央区北一条西2丁目
大阪市北区梅田3丁目1番3号 = 5300001|大阪府大阪市北区梅田3-1-3
大阪府大阪市北区梅田三丁目一番三号です = 5300001|大阪府大阪市北区梅田3-1-3
愛知県愛知郡東郷町春木 = 4700162|愛知県愛知郡東郷町春木
東郷町春木123番地 = 4700162|愛知県愛知郡東郷町春木123
千葉の家 = -
わかりません = -
東京都千代田区霞が関1-2-3 = 1000013|東京都千代田区霞が関1-2-3
東京都千代田区霞ヶ関1-2-3 = 1000013|東京都千代田区霞が関1-2-3
新しい住所は京都市中京区恵比須町300番地の2になります = 6048005|京都府京都市中京区恵比須町300-2
東京都 千代田区 千代田 1-1 = 1000001|東京都千代田区千代田1-1
〒530-0001 東京都千代田区千代田1-1 = -
渋谷区神南一丁目19番11号 = 1500041|東京都渋谷区神南1-19-11
東京都新宿区西新宿2-8-1 都庁 = 1600023|東京都新宿区西新宿2-8-1 都庁
福岡市博多区博多駅前2丁目1-1 = 8120011|福岡県福岡市博多区博多駅前2-1-1
仙台市青葉区中央1-1-1の202号室 = 9800021|宮城県仙台市青葉区中央1-1-1 202号室
千代田区三番町1 = 1020075|東京都千代田区三番町1
みなとくろっぽんぎいっちょうめ = 1060032|東京都港区六本木1丁目
滋賀県犬上郡多賀町一円10 = 5220317|滋賀県犬上郡多賀町一円10
千代田区架空町1-1 = |東京都千代田区架空町1-1
"""
EN = """
1-1 Chiyoda, Chiyoda-ku, Tokyo = |1-1 Chiyoda, Chiyoda-ku, Tokyo
My address is 1-1 Chiyoda, Chiyoda-ku, Tokyo 100-0001 = 1000001|1-1 Chiyoda, Chiyoda-ku, Tokyo
100-0001 = 1000001|
one zero zero zero zero zero one = 1000001|
my postal code is 100 0001 = 1000001|
Tokyo = -
I don't know = -
10 Downing Street, London = |10 Downing Street, London
"""
REST = """
一丁目一番 = 1-1
1丁目2番3号 = 1-2-3
一の二の三 = 1-2-3
1-2-3 コーポ田中202号室 = 1-2-3 コーポ田中202号室
いっちょうめにばんさんごうです = 1-2-3
にのさんのよん = 2-3-4
さんちょうめいちのに = 3-1-2
123番地 = 123
5番地の2 = 5-2
2丁目 = 2丁目
1の1の1の405 = 1-1-1-405
１－１ = 1-1
六本木ヒルズ10階 = 六本木ヒルズ10階
十二番地三号 = 12-3
3番町ビル = 3番町ビル
三の二十一 = 3-21
7、8、9 = 7-8-9
"""


@pytest.mark.parametrize(
    ("language", "text", "value"), [("ja", *row) for row in rows(JA)] + [("en", *row) for row in rows(EN)]
)
def test_an_address_is_found_as_people_say_or_write_it(language: str, text: str, value: str | None) -> None:
    assert addresses.understood(text, language) == value


@pytest.mark.parametrize(("text", "value"), rows(REST))
def test_block_number_and_house_are_joined_and_buildings_keep_their_names(text: str, value: str) -> None:
    assert addresses.rest(text, "ja") == value


def test_a_postal_code_keyed_is_an_address_to_begin_with() -> None:
    assert addresses.understood("", "ja", "1000001") == "1000001|"


def test_areas_and_codes_lead_to_each_other() -> None:
    assert addresses.areas("1000001") == addresses.areas("〒100-0001".removeprefix("〒")) == ("東京都千代田区千代田",)
    assert addresses.areas("4980000") == ("愛知県弥富市", "三重県桑名郡木曽岬町")
    assert addresses.areas("100-8111") == ("東京都千代田区千代田",), "a large office has a code of its own"
    assert addresses.areas("9999999") == addresses.areas("") == addresses.areas("abc") == ()
    assert addresses.codes("東京都千代田区千代田") == ("1000001",)
    assert len(addresses.codes("札幌市中央区北一条西")) == 2
    assert addresses.codes("東京都千代田区") == addresses.codes("月") == ()


@pytest.mark.parametrize("language", ["ja", "en"])
@settings(deadline=None)
@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "東京都",
                "千代田区",
                "千代田",
                "府中市",
                "一丁目",
                "100-0001",
                "1の1",
                "号室",
                "番地",
                "〒",
                "ちょうめ",
                "に",
                "郡",
                "999",
            ]
        )
    ).map("".join),
    digits=st.text(alphabet="0123456789", max_size=8),
)
def test_no_text_breaks_it(language: str, text: str, digits: str) -> None:
    value = addresses.understood(text, language, digits)
    assert value is None or "|" in value
    addresses.rest(text, language)
    addresses.codes(text)
    addresses.areas(text)
