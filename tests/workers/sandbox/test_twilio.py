"""What Twilio refuses is refused with its code; what it takes it answers in its shape."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest
from twilio.rest import Client  # the shape is read by Twilio's own library

from tests.workers.sandbox.harness import AUTH_TOKEN, OURS, START, Running, RunSandbox

ANN = "+12025550101"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "2025550101"}, 21211),
        ({"To": "+1202555"}, 21211),
        ({"To": "+442079460018"}, 21408),
        ({"To": OURS}, 21266),
        ({"From": "ACME"}, 21212),
        ({"From": "+12025550199"}, 21659),
        ({"From": "", "MessagingServiceSid": "MG" + "0" * 32}, 21701),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"ValidityPeriod": "36001"}, 20001),
    ],
)
def test_a_wrong_text_is_refused_with_its_code(rehearsal: Running, form: dict[str, str], code: int) -> None:
    answer = rehearsal.text(**{"to": ANN} | {("to" if name == "To" else name): value for name, value in form.items()})
    assert answer.status_code == 400
    refusal = answer.json()
    assert (refusal["code"], refusal["status"]) == (code, 400)
    assert refusal["more_info"].endswith(str(code))
    assert rehearsal.control.get("/").json()["counts"]["texts_taken"] == 0


@pytest.mark.parametrize("code", [21610, 21614, 21635])
def test_a_number_can_be_scripted_to_be_refused(rehearsal: Running, code: int) -> None:
    rehearsal.script(ANN, texts=[{"refuse": code}])
    answer = rehearsal.text(ANN)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_number_that_takes_no_texts_cannot_send_them(rehearsal: Running) -> None:
    rehearsal.control.put("/account", json={"text_numbers": [{"number": OURS, "takes_texts": False}]})
    assert rehearsal.text(ANN).json()["code"] == 21606


def test_a_wrong_token_or_account_is_refused(rehearsal: Running) -> None:
    for auth in ((rehearsal.account_sid, "wrong"), ("AC" + "0" * 32, AUTH_TOKEN), ("", "")):
        answer = rehearsal.twilio.get("/Messages.json", auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    other = str(rehearsal.twilio.base_url).replace(rehearsal.account_sid, "AC" + "0" * 32)
    answer = rehearsal.twilio.get(f"{other}Messages.json")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    assert rehearsal.twilio.get("/Messages/SM0.json").json()["code"] == 20404


def test_a_text_is_answered_in_twilios_shape(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox()
    answer = sandbox.text(ANN)
    assert answer.status_code == 201
    text = answer.json()
    assert text["sid"].startswith("SM")
    assert len(text["sid"]) == 34
    assert parsedate_to_datetime(text["date_created"]) == START
    assert text["uri"] == f"/2010-04-01/Accounts/{sandbox.account_sid}/Messages/{text['sid']}.json"
    expected = {
        "status": "queued", "direction": "outbound-api", "num_segments": "1", "num_media": "0", "error_code": None,
        "to": ANN, "from": OURS, "body": "Hello", "messaging_service_sid": None, "price_unit": "USD", "date_sent": None,
    }  # fmt: skip
    assert {name: text[name] for name in expected} == expected


def test_a_messaging_service_accepts_before_it_has_a_sender(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox()
    service = sandbox.sandbox.stage.account.messaging_services[0]
    text = sandbox.text(ANN, From="", MessagingServiceSid=service.sid).json()
    assert (text["status"], text["from"], text["num_segments"]) == ("accepted", None, "0")
    sandbox.advance("PT10S")
    text = sandbox.twilio.get(f"/Messages/{text['sid']}.json").json()
    assert text["from"] in service.numbers


@pytest.mark.parametrize(("letter", "alone"), [("x", 160), ("€", 80), ("ж", 70), ("👍", 35)])
def test_segments_are_counted_as_twilio_counts(rehearsal: Running, letter: str, alone: int) -> None:
    rehearsal.script(ANN, texts=[{"outcome": "delivered"}])
    assert rehearsal.text(ANN, Body=letter * alone).json()["num_segments"] == "1"
    assert rehearsal.text(ANN, Body=letter * (alone + 1)).json()["num_segments"] == "2"


def test_the_list_is_filtered_and_paged_for_twilios_own_client(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox()
    sids: list[str] = []
    for day in range(3):
        for digit in range(2):
            number = f"+1202555010{digit}"
            sandbox.script(number, texts=[{"outcome": "delivered"}])
            sids.insert(0, sandbox.text(number, Body=f"day {day}").json()["sid"])
        sandbox.advance("P1D")

    client = Client(sandbox.account_sid, AUTH_TOKEN)
    client.api.base_url = str(sandbox.twilio.base_url).split("/2010")[0]

    def listed(**filters: object) -> list[str]:
        return [message.sid for message in client.messages.list(**filters)]

    assert listed() == sids
    assert listed(page_size=2) == sids
    assert listed(limit=3) == sids[:3]
    assert listed(to="+12025550101") == sids[::2]
    assert listed(from_=OURS) == sids
    assert listed(from_="+12025550101") == []
    assert listed(date_sent=START.date()) == sids[4:]
    assert listed(date_sent_after=datetime(2026, 3, 3, 15, tzinfo=START.tzinfo)) == sids[:4]
    assert listed(date_sent_before=datetime(2026, 3, 3, tzinfo=START.tzinfo)) == sids[4:]


def test_a_long_code_sends_one_segment_a_second(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox(twilio_messages_per_second=1)
    sids = []
    for digit in range(5):
        sandbox.script(f"+1202555010{digit}", texts=[{"outcome": "delivered", "after": "PT1H"}])
        sids.append(sandbox.text(f"+1202555010{digit}").json()["sid"])
    sandbox.advance("PT2.5S")
    statuses = [sandbox.twilio.get(f"/Messages/{sid}.json").json()["status"] for sid in sids]
    assert statuses == ["sent", "sent", "sent", "queued", "queued"]


def test_a_queue_longer_than_four_hours_is_refused(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox(twilio_messages_per_second=0.0001)
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.script("+12025550102", texts=[{"outcome": "delivered"}])
    assert sandbox.text(ANN).status_code == 201
    sandbox.text("+12025550102")
    assert sandbox.text("+12025550102").json()["code"] == 21611
