from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import slots
from ivr.actions import Ask, Limits, Option
from ivr.events import Spoke
from meaning import phone
from meaning.sense import Meant, Sense, is_backchannel

TODAY = date(2026, 10, 21)
JA = (
    Option(id="address", key="1", label="住所変更", words=("住所を変えたい", "引っ越しました", "転居の届け")),
    Option(id="balance", key="2", label="残高照会", words=("残高を知りたい", "預金がいくらあるか", "口座の残り")),
    Option(id="person", key="9", label="担当者と話す", words=("人と話したい",)),
)
EN = (
    Option(id="address", key="1", label="Change of address", words=("change my address", "i have moved")),
    Option(id="balance", key="2", label="Balance", words=("how much is in my account", "account balance")),
    Option(id="person", key="9", label="Talk to a person", words=("operator",)),
)
SIDES = (Option(id="yes", key="1", label="続ける"), Option(id="no", key="2", label="やめる"))


def asking(expects: str, language: str = "ja", least: int = 0, most: int = 0) -> Ask:
    options = {"choice": JA if language == "ja" else EN, "yesno": SIDES}.get(
        "choice" if expects == "open" else expects, ()
    )
    return Ask(node="n", text="?", language=language, expects=expects, options=options, least=least, most=most)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sense() -> Sense:
    return Sense([asking("choice"), asking("choice", "en")])


@pytest.mark.parametrize(
    ("language", "text", "choice"),
    [
        ("ja", "住所変更", "address"),
        ("ja", "えっと、住所変更をお願いします。", "address"),
        ("ja", "じゅうしょへんこう", "address"),
        ("ja", "引っ越したんですけど", "address"),
        ("ja", "一番", "address"),
        ("ja", "2番でお願いします", "balance"),
        ("ja", "２", "balance"),
        ("ja", "に", "balance"),
        ("ja", "きゅうばん", "person"),
        ("ja", "担当者と話す", "person"),
        ("en", "Balance, please.", "balance"),
        ("en", "number two", "balance"),
        ("en", "the second one", "balance"),
        ("en", "option nine please", "person"),
        ("en", "one", "address"),
        ("en", "I'd like to change my address", "address"),
    ],
)
def test_an_option_is_chosen_by_its_words_its_sound_or_its_number(
    sense: Sense, language: str, text: str, choice: str
) -> None:
    assert sense.understand(asking("choice", language), text, today=TODAY).choice == choice
    assert sense.understand(asking("open", language), text, today=TODAY).choice == choice


@pytest.mark.parametrize(("language", "text"), [("ja", "住所変更と残高照会"), ("en", "balance and change of address")])
def test_two_options_in_one_breath_are_asked_about(sense: Sense, language: str, text: str) -> None:
    meant = sense.understand(asking("choice", language), text, today=TODAY)
    assert meant.choice is None
    assert set(meant.close) == {"address", "balance"}


def test_a_number_that_no_option_has_chooses_nothing(sense: Sense) -> None:
    assert sense.understand(asking("choice"), "5番", today=TODAY).choice is None


def test_an_option_named_outright_wins_over_a_command_that_sounds_alike(sense: Sense) -> None:
    assert sense.understand(asking("choice"), "担当者と話す", today=TODAY) == Meant(
        choice="person", scores=(("person", 0.95),)
    )
    assert sense.understand(asking("choice"), "オペレーターをお願いします", today=TODAY).command == "person"


@pytest.mark.parametrize("expects", ["choice", "open", "yesno", "digits", "phone"])
def test_a_command_is_heard_at_every_question(sense: Sense, expects: str) -> None:
    meant = sense.understand(asking(expects, most=8), "もう一度お願いします", today=TODAY)
    assert meant.command == "repeat"
    assert meant.choice is None
    assert meant.value is None


def test_the_ears_closed_list_decides_when_the_words_say_nothing(sense: Sense) -> None:
    scores = (("balance", 0.8), ("address", 0.15), ("person", 0.05))
    assert sense.understand(asking("choice"), "ざんざか", scores, today=TODAY).choice == "balance"
    assert sense.understand(asking("yesno"), "", (("yes", 0.9), ("no", 0.1)), today=TODAY).choice == "yes"


def test_a_closed_list_without_a_winner_is_not_guessed_from(sense: Sense) -> None:
    even = (("balance", 0.36), ("address", 0.34), ("person", 0.3))
    assert sense.understand(asking("choice"), "ざんざか", even, today=TODAY).choice is None
    assert sense.understand(asking("yesno"), "", (("yes", 0.55), ("no", 0.45)), today=TODAY).choice is None


def test_an_ear_that_contradicts_the_words_makes_it_a_question(sense: Sense) -> None:
    meant = sense.understand(asking("yesno"), "はい", (("no", 0.9), ("yes", 0.1)), today=TODAY)
    assert meant.choice is None
    assert meant.close == ("yes", "no")


def test_yes_and_no_are_heard_as_such_or_by_the_name_of_their_option(sense: Sense) -> None:
    for text, side in (
        ("はい、お願いします", "yes"),
        ("いいえ", "no"),
        ("続ける", "yes"),
        ("やめる", "no"),
        ("2番", "no"),
    ):
        assert sense.understand(asking("yesno"), text, today=TODAY).choice == side
    assert sense.understand(asking("yesno"), "大丈夫です", today=TODAY).choice is None


def test_a_plain_answer_has_a_score_that_the_engine_takes(sense: Sense) -> None:
    meant = sense.understand(asking("yesno"), "はい", (("yes", 0.4), ("no", 0.35)), today=TODAY)
    assert dict(meant.scores)["yes"] >= 0.9


def test_digits_are_taken_when_they_are_as_many_as_asked(sense: Sense) -> None:
    ask = asking("digits", least=4, most=6)
    assert sense.understand(ask, "ぜろいちにさん", today=TODAY).value == "0123"
    assert sense.understand(ask, "いちに", today=TODAY).value is None
    assert sense.understand(ask, "", digits="0042", today=TODAY).value == "0042"
    assert sense.understand(ask, "", digits="42", today=TODAY).value is None


def test_digits_that_ear_and_words_give_differently_are_taken_only_from_a_sure_ear(sense: Sense) -> None:
    ask = asking("digits", least=4, most=4)
    assert sense.understand(ask, "1234", digits="1235", confidence=0.3, today=TODAY).value is None
    assert sense.understand(ask, "1234", digits="1235", confidence=0.9, today=TODAY).value == "1235"


def test_a_telephone_number_is_given_as_it_is_dialled_and_only_when_valid(sense: Sense) -> None:
    ask = asking("phone", least=10, most=11)
    assert (
        sense.understand(ask, "ゼロキューゼロ、イチニーサンヨン、ゴーロクナナハチ", today=TODAY).value == "09012345678"
    )
    assert sense.understand(ask, "", digits="0312345678", today=TODAY).value == "0312345678"
    assert sense.understand(ask, "いちにさんしごろく", today=TODAY).value is None


@pytest.mark.parametrize(
    ("expects", "language", "text", "value"),
    [
        ("date", "ja", "えっと、来週の火曜でお願いします", "2026-10-27"),
        ("date", "en", "next Tuesday, please", "2026-10-27"),
        ("time", "ja", "午前十時半です", "10:30"), ("time", "en", "half past two", "14:30"),
        ("amount", "ja", "一万二千円です", "12000"), ("amount", "en", "twelve thousand yen", "12000"),
        ("count", "ja", "三名です", "3"), ("count", "en", "three of us", "3"),
        ("name", "ja", "田中太郎と申します", "タナカ タロウ"), ("name", "en", "my name is Jane Doe", "Jane Doe"),
        ("address", "ja", "東京都千代田区千代田一丁目一番です", "1000001|東京都千代田区千代田1-1"),
        ("address", "en", "1-1 Chiyoda, Tokyo", "|1-1 Chiyoda, Tokyo"), ("rest", "ja", "一丁目二番三号です", "1-2-3"),
        ("rest", "en", "1-2-3, room 5", "1-2-3, room 5"), ("member", "ja", "エー、ビー、いちにさん", "AB123"),
        ("member", "en", "A as in alpha, B, one two three", "AB123"),
        ("text", "ja", "えーと、鍵をなくしました。", "鍵をなくしました。"),
        ("text", "en", "Um, I lost my Key.", "I lost my Key."), ("digits", "ja", "ゼロゼロいちに", "0012"),
        ("digits", "en", "double oh one two", "0012"),
    ],
)  # fmt: skip
def test_every_kind_of_value_is_understood_in_both_languages(
    sense: Sense, expects: str, language: str, text: str, value: str
) -> None:
    assert sense.understand(asking(expects, language), text, today=TODAY).value == value


def test_limits_are_kept_in_mind() -> None:
    ask = replace(asking("time"), limits=Limits(lowest="09:00", highest="17:00"))
    assert Sense().understand(ask, "3時", today=TODAY).value == "15:00"
    ask = replace(asking("member"), limits=Limits(pattern="A99"))
    assert Sense().understand(ask, "キューいちに", today=TODAY).value == "Q12"


@pytest.mark.parametrize(("expects", "digits", "value"), [
    ("date", "20261103", "2026-11-03"), ("time", "0930", "09:30"),
    ("amount", "12000", "12000"), ("address", "1000001", "1000001|"),
])  # fmt: skip
def test_digits_that_only_the_ear_has_are_taken_as_keys_are(
    sense: Sense, expects: str, digits: str, value: str
) -> None:
    assert sense.understand(asking(expects), "", digits=digits, today=TODAY).value == value


def test_what_is_said_in_one_breath_with_a_choice_comes_with_it(sense: Sense) -> None:
    meant = sense.understand(asking("open"), "来週の火曜の10時に3名で住所変更の相談がしたい", today=TODAY)
    assert meant.choice == "address"
    assert meant.values == (("date", "2026-10-27"), ("time", "10:00"), ("count", "3"))
    meant = sense.understand(asking("open", "en"), "account balance for November 3rd at 2 pm", today=TODAY)
    assert (meant.choice, meant.values) == ("balance", (("date", "2026-11-03"), ("time", "14:00")))
    assert sense.understand(asking("open"), "住所変更、連絡先は090-1234-5678です", today=TODAY).values == (
        ("phone", "09012345678"),
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "住所変更、今日お願いできますか"),
        ("ja", "2番の残高照会"),
        ("ja", "住所変更を三つ"),
        ("en", "balance, for the 2nd time"),
    ],
)
def test_what_is_not_sure_does_not_come_with_a_choice(sense: Sense, language: str, text: str) -> None:
    assert sense.understand(asking("open", language), text, today=TODAY).values == ()


@pytest.mark.parametrize("language", ["ja", "en"])
@given(last=st.integers(0, 99_999_999), prefix=st.sampled_from(["070", "080", "090"]))
def test_a_telephone_number_read_back_is_understood_as_the_same(
    sense: Sense, language: str, prefix: str, last: int
) -> None:
    value = f"{prefix}{last:08}"
    said = slots.spoken("phone", value, language)
    meant = sense.understand(asking("phone", language, least=10, most=11), said, today=TODAY)
    assert meant.value == value or phone.normalise(value) is None


@pytest.mark.parametrize("language", ["ja", "en"])
@given(value=st.text(alphabet="0123456789", min_size=1, max_size=16))
def test_digits_read_back_are_understood_as_the_same(sense: Sense, language: str, value: str) -> None:
    said = slots.spoken("digits", value, language)
    assert sense.understand(asking("digits", language, least=1, most=16), said, today=TODAY).value == value


def test_options_without_words_are_left_to_keys(sense: Sense) -> None:
    ask = Ask(node="n", text="?", language="ja", expects="choice", options=(Option(id="a", key="1", label="・"),))
    assert sense.understand(ask, "なにか", today=TODAY).choice is None
    assert sense.understand(ask, "一番", today=TODAY).choice == "a"


@pytest.mark.parametrize(
    ("language", "text", "listens"),
    [
        ("ja", "はい", True), ("ja", "ええ", True), ("ja", "うんうん", True), ("ja", "なるほど", True),
        ("ja", "", True), ("ja", "はい、はい", True), ("ja", "えっと", True), ("ja", "はい住所変更", False),
        ("ja", "違います", False), ("en", "uh-huh", True), ("en", "yeah, okay", True), ("en", "um", True),
        ("en", "I see", True), ("en", "no", False), ("en", "yes my address", False),
    ],
)  # fmt: skip
def test_a_sign_of_listening_is_no_answer(language: str, text: str, listens: bool) -> None:
    assert is_backchannel(text, language) is listens


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=60) | st.sampled_from(["はい", "もう一度", "住所変更", "一番", "one", "yes", "09012345678"]),
    expects=st.sampled_from(["choice", "open", "yesno", "wait", *slots.KINDS]),
    language=st.sampled_from(["ja", "en", "xx"]),
    scores=st.lists(st.tuples(st.sampled_from(["address", "yes", "no", "zz"]), st.floats(0, 1)), max_size=4),
    digits=st.text(alphabet="0123456789あ", max_size=12),
    confidence=st.floats(0, 1),
)
def test_any_hypothesis_gets_a_sense_that_makes_an_event(
    sense: Sense,
    text: str,
    expects: str,
    language: str,
    scores: list[tuple[str, float]],
    digits: str,
    confidence: float,
) -> None:
    ask = asking(expects, language, least=1, most=11)
    meant = sense.understand(ask, text, tuple(scores), digits, confidence, today=TODAY)
    assert meant.choice is None or meant.choice in {option.id for option in ask.options}
    assert (meant.choice is not None) + bool(meant.close) + (meant.command is not None) <= 1
    assert Spoke.__dataclass_fields__.keys() >= Meant.__dataclass_fields__.keys()


@pytest.mark.parametrize(
    ("language", "before", "text", "wanted"),
    [
        ("ja", "date", "いや、そうじゃなくて、10月25日です", Meant(command="correct", value="2026-10-25")),
        ("en", "date", "no, I meant October 25th", Meant(command="correct", value="2026-10-25")),
        ("ja", "date", "間違えました", Meant(command="correct")),
        ("ja", "yesno", "違います、はい", Meant(command="correct", choice="yes", scores=(("yes", 0.95),))),
    ],
)
def test_what_is_taken_back_answers_the_question_before(language: str, before: str, text: str, wanted: Meant) -> None:
    ask = asking("time", language)
    assert Sense().understand(ask, text, today=TODAY, before=asking(before, language)) == wanted


def test_an_option_meant_instead_answers_the_question_before(sense: Sense) -> None:
    meant = sense.understand(asking("date"), "違います、住所変更です", today=TODAY, before=asking("choice"))
    assert (meant.command, meant.choice, meant.close) == ("correct", "address", ())


def test_before_anything_was_answered_what_is_meant_instead_answers_the_question_itself(sense: Sense) -> None:
    meant = sense.understand(asking("open"), "違います、住所変更です", today=TODAY)
    assert (meant.command, meant.choice) == (None, "address")


def test_at_a_yes_no_question_a_no_takes_nothing_back() -> None:
    meant = Sense().understand(asking("yesno"), "違います", today=TODAY, before=asking("date"))
    assert (meant.command, meant.choice) == (None, "no")


def test_slower_is_a_command_at_every_question(sense: Sense) -> None:
    for expects in ("choice", "open", "yesno", "date", "digits"):
        assert sense.understand(asking(expects), "もう少しゆっくりお願いします", today=TODAY).command == "slower"


def test_the_phrases_nearest_to_what_was_said_are_told_for_the_record(sense: Sense) -> None:
    meant = sense.understand(asking("open"), "先月引っ越したものですから", today=TODAY)
    assert meant.choice == "address"
    assert meant.nearest[0][0] == "address"
    assert len(meant.nearest) <= 3
