"""Twilio's webhooks: signed for the URL as it was given, with the statuses and replies that follow a text."""

import pytest
from starlette.responses import Response
from twilio.request_validator import RequestValidator

from tests.workers.sandbox.harness import AUTH_TOKEN, OURS, Ear, Running, RunSandbox

ANN = "+12025550101"


def assert_all_signed(ear: Ear) -> None:
    """As Twilio's own library sees it: good with the token, bad with another or with another query."""
    assert ear.heard
    validator, stranger = RequestValidator(AUTH_TOKEN), RequestValidator("another")
    for heard in ear.heard:
        signature = heard.headers["x-twilio-signature"]
        assert validator.validate(heard.url, heard.form, signature)
        assert not stranger.validate(heard.url, heard.form, signature)
        assert not validator.validate(f"{heard.url}&x=1", heard.form, signature)


@pytest.mark.parametrize(
    ("script", "statuses", "code"),
    [
        ({"outcome": "delivered"}, ["sent", "delivered"], None),
        ({"outcome": "undelivered", "error_code": 30005}, ["sent", "undelivered"], "30005"),
        ({"outcome": "failed", "error_code": 30034}, ["failed"], "30034"),
        ({"outcome": "sent"}, ["sent"], None),
    ],
)
def test_statuses_are_called_back(
    sandbox: Running, ear: Ear, script: dict[str, object], statuses: list[str], code: str | None
) -> None:
    sandbox.script(ANN, texts=[script])
    sid = sandbox.text(ANN, StatusCallback=f"{ear.url}/status?attempt=a-7&b=ü").json()["sid"]
    assert ear.heard == []
    sandbox.advance("PT1H")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == statuses
    assert {heard.form["MessageSid"] for heard in ear.heard} == {sid}
    assert ear.heard[-1].form.get("ErrorCode") == code
    shown = sandbox.twilio.get(f"/Messages/{sid}.json").json()
    assert shown["status"] == statuses[-1]
    assert shown["error_code"] == (int(code) if code else None)
    entry = next(entry for entry in sandbox.log("webhook") if entry["correlation"]["type"] == statuses[0])
    assert entry["correlation"]["attempt_id"] == "a-7"


def test_webhooks_are_signed_over_the_whole_url(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"replies": [{"body": "Yes & no = maybe? + ü 👍", "after": "PT5M"}]}])
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?attempt=7&x=%C3%BC")
    sandbox.advance("PT1H")
    assert [heard.path for heard in ear.heard] == ["/status", "/status", "/inbound"]
    assert ear.heard[-1].form["Body"] == "Yes & no = maybe? + ü 👍"
    assert_all_signed(ear)


def test_a_reply_comes_after_its_time_to_the_number_that_was_used(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"after": "PT10S", "replies": [{"body": "Who is this?", "after": "PT40M"}]}])
    sandbox.text(ANN)
    sandbox.advance("PT40M")
    assert ear.heard == []
    sandbox.advance("PT1M")
    (reply,) = ear.heard
    assert (reply.form["From"], reply.form["To"], reply.form["NumMedia"]) == (ANN, OURS, "0")
    assert reply.form["FromCity"] == ""
    assert "OptOutType" not in reply.form
    inbound = sandbox.twilio.get("/Messages.json", params={"From": ANN}).json()["messages"]
    assert [message["direction"] for message in inbound] == ["inbound"]


@pytest.mark.parametrize("words", ["STOP", "stop", " Stop. ", "UNSUBSCRIBE", "opt-out", "Cancel!"])
def test_a_stop_word_blocks_until_a_start_word(rehearsal: Running, words: str) -> None:
    rehearsal.script(ANN, texts=[{"outcome": "delivered"}])

    def write(body: str) -> None:
        assert rehearsal.control.post(f"/people/{ANN}/texts", json={"to": OURS, "body": body}).status_code == 201

    write(words)
    assert rehearsal.text(ANN).json()["code"] == 21610
    assert rehearsal.text(ANN, From="+12025550178").json()["code"] == 21610, "the numbers of a service share the list"
    assert rehearsal.control.get(f"/people/{ANN}").json()["opted_out"]
    write("START")
    assert rehearsal.text(ANN).status_code == 201


@pytest.mark.parametrize("words", ["please stop texting me", "I can't stop laughing at this", "don't cancel"])
def test_other_words_do_not_block(rehearsal: Running, words: str) -> None:
    rehearsal.script(ANN, texts=[{"outcome": "delivered"}])
    rehearsal.control.post(f"/people/{ANN}/texts", json={"to": OURS, "body": words})
    assert rehearsal.text(ANN).status_code == 201


def test_advanced_opt_out_names_the_kind(run_sandbox: RunSandbox, ear: Ear) -> None:
    sandbox = run_sandbox(webhook_url=f"{ear.url}/in", twilio_advanced_opt_out=True)
    for body in ("STOP", "HELP", "START", "Hello"):
        sandbox.control.post(f"/people/{ANN}/texts", json={"to": OURS, "body": body})
    sandbox.advance("PT1S")
    kinds = {heard.form["Body"]: heard.form.get("OptOutType") for heard in ear.heard}
    assert kinds == {"STOP": "STOP", "HELP": "HELP", "START": "START", "Hello": None}


def test_a_callback_that_was_refused_is_not_sent_again(sandbox: Running, ear: Ear) -> None:
    ear.answer = lambda _: Response(status_code=500)
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    sandbox.advance("PT1H")
    assert [entry["status"] for entry in sandbox.log("webhook")] == [500, 500]


def test_a_receiver_address_alone_gets_inbound_texts_at_its_usual_path(run_sandbox: RunSandbox, ear: Ear) -> None:
    sandbox = run_sandbox(webhook_url=ear.url)
    sandbox.control.post(f"/people/{ANN}/texts", json={"to": OURS, "body": "Hello"})
    sandbox.advance("PT1S")
    assert [heard.path for heard in ear.heard] == ["/webhooks/twilio/inbound"]
