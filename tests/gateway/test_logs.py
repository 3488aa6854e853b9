import json
import logging

from gateway.logs import JsonLines, Sentences


def line(**more):
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "a call ended", **more})
    return json.loads(JsonLines("hub").format(record))


def test_a_log_line_is_one_json_object_with_its_fields():
    made = line(call="c1", seconds=1.5)
    assert (made["what"], made["role"], made["call"], made["seconds"]) == ("a call ended", "hub", "c1", 1.5)


def test_an_error_is_told_by_its_kind_and_place_and_never_by_its_words():
    try:
        raise ValueError("09012345678 said something private")
    except ValueError as error:
        made = line(exc_info=(type(error), error, error.__traceback__))
    assert made["error"] == "ValueError"
    assert any("test_logs.py" in place for place in made["trace"])
    assert "09012345678" not in json.dumps(made)


def test_control_characters_cannot_start_a_second_line():
    assert "\n" not in JsonLines("hub").format(logging.makeLogRecord({"msg": "a\nb", "evil": "x\r\ny"}))


def test_a_terminal_gets_a_sentence_of_one_line_with_its_fields():
    record = logging.makeLogRecord({"levelname": "WARNING", "msg": "a child\nended", "code": -9, "created": 0.0})
    shown = Sentences("serve").format(record)
    assert shown == "00:00:00  serve    WARNING: a child ended  code=-9"
