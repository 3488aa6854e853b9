import pytest
from pydantic import ValidationError

from gateway.settings import Settings


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_environment_is_heard_before_the_file(tmp_path, monkeypatch):
    (tmp_path / "denwaban.toml").write_text('lines = 3\ncentre_number = "0311112222"\n')
    monkeypatch.setenv("DENWABAN_LINES", "2")
    settings = Settings()
    assert (settings.lines, settings.centre_number) == (2, "0311112222")


def test_a_misspelt_setting_in_the_file_is_refused(tmp_path):
    (tmp_path / "denwaban.toml").write_text("linse = 3\n")
    with pytest.raises(ValidationError, match="linse"):
        Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"sip_port": 0},
        {"sip_port": 70000},
        {"lines": 0},
        {"edge": "asterisk"},
        {"rtp_low": 20000, "rtp_high": 20100},
        {"tls_certificate": "cert.pem"},
        {"resume_within": "-PT1H"},
        {"transfers": {"fire": "119"}},
        {"transfers": {"office": "tel:0312345678"}},
        {"transfer_domain": "trunk.example.jp/x"},
        {"webhook_secrets": {"order": "whsec_c2hvcnQ="}},
        {"webhook_secrets": {"order": "secret"}},
        {"webhook_allow": ["http://intra"]},
        {"webhook_allow": ["10.0.0.1/8"]},
    ],
)
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_links_begin_with_the_address_that_callers_can_reach():
    assert Settings(host="10.0.0.5", advertise="203.0.113.9", web_port=8443).url == "http://203.0.113.9:8443"
    assert Settings(base_url="https://d.example/").url == "https://d.example"


def test_a_wrong_secret_is_not_shown_and_a_right_one_not_printed():
    with pytest.raises(ValidationError) as refused:
        Settings(webhook_secrets={"order": "whsec_dG9vIHNob3J0"})
    assert "dG9vIHNob3J0" not in refused.value.errors()[0]["msg"]
    right = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert right not in repr(Settings(webhook_secrets={"order": right}))
