"""A call goes out over the chosen channel, arrives and says nothing; if not, that is told."""

import email
import socket
from datetime import timedelta
from email.header import decode_header

import pytest
from django.conf import settings

from accounts.models import Staff
from duty import calls, channels
from duty.actions import alarms, own
from duty.channels import outward, push
from duty.colleagues import team
from duty.models import AlarmTest, Call, PushAddress
from duty.queries import channels_of
from duty.readiness import readiness
from duty.states import CallState, Channel
from foundation.refusals import Refused
from tests.cast import staff_viewer
from tests.duty.post_offices import HOST, Browser, MailServer, PushService, claims_of, running
from tests.duty.team import begun


@pytest.fixture
def service(tmp_path, monkeypatch):
    """A push service at a public name, as this test's machine sees it."""
    with running(PushService(tmp_path)) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo",
            lambda host, port, *a, **k: real(
                "127.0.0.1" if host == HOST else host, found.port if host == HOST else port, *a, **k
            ),
        )  # fmt: skip
        create = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection",
            lambda where, *a, **k: create(
                (where[0], found.port if where[1] == 443 else where[1]), *a, **k
            ),
        )  # fmt: skip
        monkeypatch.setattr(outward, "is_public", lambda address: address == "127.0.0.1")
        yield found


@pytest.fixture
def post(settings):
    """A mail server, and a house that knows of it."""
    with running(MailServer()) as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.CAN_MAIL = "127.0.0.1", found.port, True
        yield found


def said_yes(staff, now, *, path="/send/abc") -> Browser:
    browser = Browser()
    told = push.checked(browser.told(f"https://{HOST}{path}"))
    alarms.add_push(staff_viewer(staff), told=told, now=now)
    return browser


def called(staff, program, now, *, channel=Channel.PUSH) -> Call:
    number = alarms.call(staff.pk, channel=channel, program=program.pk, about="item:1", now=now)
    return Call.objects.get(pk=number)


def state_of(one: Call) -> tuple[str, int, str]:
    one.refresh_from_db()
    return one.state, one.tries, one.trouble


# --- web push -------------------------------------------------------------------------------------


def test_a_push_arrives_encrypted_signed_and_without_a_word(service, ren, program, now):
    browser = said_yes(ren, now)
    one = called(ren, program, now)
    assert alarms.send_due(now=now) == 1
    assert state_of(one) == (CallState.SENT, 1, "")
    ((path, headers, body),) = service.took
    assert path == "/send/abc"
    assert browser.read(body) == b"1"
    assert (headers["TTL"], headers["Urgency"]) == ("120", "high")
    claims, key = claims_of(headers)
    assert claims["aud"] == f"https://{HOST}"
    assert key == push.public_key()
    assert set(claims) == {"aud", "exp", "sub"}
    assert alarms.send_due(now=now + timedelta(hours=1)) == 0, "once"


def test_where_a_browser_is_reached_stands_nowhere_in_the_clear(service, ren, now):
    said_yes(ren, now)
    row = PushAddress.objects.get()
    assert HOST not in str(PushAddress.objects.values().get())
    other = PushAddress(key="0" * 64, sealed=row.sealed)
    with pytest.raises(channels.Undelivered):
        push.deliver(other.key, other.sealed, now=now)


def test_a_browser_that_took_its_yes_back_is_forgotten(service, ren, program, now):
    said_yes(ren, now)
    service.status = 410
    one = called(ren, program, now)
    alarms.send_due(now=now)
    assert state_of(one) == (CallState.FAILED, 1, "gone")
    assert not PushAddress.objects.exists()
    again = called(ren, program, now)
    alarms.send_due(now=now)
    assert state_of(again) == (CallState.FAILED, 1, "no_way")


def test_of_two_browsers_one_that_takes_it_is_enough(service, ren, program, now):
    said_yes(ren, now, path="/send/old")
    said_yes(ren, now, path="/send/new")
    PushAddress.objects.filter(pk=PushAddress.objects.earliest("pk").pk).update(sealed="broken")
    one = called(ren, program, now)
    assert alarms.send_due(now=now) == 1
    assert state_of(one)[0] == CallState.SENT
    assert PushAddress.objects.count() == 1


def test_a_failing_service_is_tried_three_times_and_the_failure_stays(service, ren, program, now):
    said_yes(ren, now)
    service.status = 503
    one, tried = called(ren, program, now), []
    for seconds in range(0, 300, 5):
        alarms.send_due(now=now + timedelta(seconds=seconds))
        tried.append(len(service.took))
    assert state_of(one) == (CallState.FAILED, 3, "refused")
    assert tried[-1] == 3
    assert PushAddress.objects.get().failed_at is not None
    service.status = 201
    called(ren, program, now)
    alarms.send_due(now=now + timedelta(minutes=6))
    assert PushAddress.objects.get().failed_at is None


def test_a_service_that_says_no_isn_t_asked_again(service, ren, program, now):
    said_yes(ren, now)
    service.status = 400
    one = called(ren, program, now)
    alarms.send_due(now=now)
    assert state_of(one) == (CallState.FAILED, 1, "refused")


def test_a_redirect_is_not_followed(service, ren, program, now):
    said_yes(ren, now)
    service.status, service.location = 302, f"https://{HOST}/elsewhere"
    called(ren, program, now)
    alarms.send_due(now=now)
    assert [path for path, *_ in service.took] == ["/send/abc"]


def test_of_two_processes_one_sends(service, ren, program, now):
    said_yes(ren, now)
    called(ren, program, now)
    assert len(alarms._take(now=now)) == 1
    assert alarms.send_due(now=now) == 0
    # Whoever had it went away: another one sends it.
    assert alarms.send_due(now=now + alarms.TAKEN_FOR) == 1


# --- where a call may go --------------------------------------------------------------------------


def test_a_public_name_that_leads_inside_is_not_followed(monkeypatch, ren, program, now):
    """DNS rebinding: what was kept was fine, and leads inside on the day."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.2)
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo",
            lambda host, port, *a, **k: real("127.0.0.1", inside.getsockname()[1], *a, **k),
        )  # fmt: skip
        said_yes(ren, now)
        one = called(ren, program, now)
        assert alarms.send_due(now=now) == 0
        assert state_of(one) == (CallState.FAILED, 1, "refused")
        with pytest.raises(TimeoutError):
            inside.accept()


# --- e-mail ---------------------------------------------------------------------------------------


def heard(letter: str) -> str:
    read = email.message_from_string(letter)
    subject = "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in decode_header(read["Subject"])
    )
    return f"{subject}\n{read.get_payload(decode=True).decode()}"


def test_a_mail_arrives_and_names_nothing(post, mori, program, now):
    mori.email = "mori@example.org"
    mori.save()
    one = called(mori, program, now, channel=Channel.EMAIL)
    assert alarms.send_due(now=now) == 1
    assert state_of(one) == (CallState.SENT, 1, "")
    (letter,) = post.took
    text = heard(letter)
    assert f"{settings.ORIGINS[0]}/moderation/called/" in text
    for word in (program.name, "item:1", "もり", "mori", "いのち", "部屋"):
        assert word not in text


@pytest.mark.parametrize(
    ("says", "trouble"), [("550 no such person", "refused"), ("451 later", "refused")]
)
def test_a_mail_that_is_refused_is_tried_again_and_then_told_of(
    post, mori, program, now, says, trouble
):
    mori.email = "mori@example.org"
    mori.save()
    post.says = says
    one = called(mori, program, now, channel=Channel.EMAIL)
    alarms.send_due(now=now)
    assert state_of(one) == (CallState.WAITING, 1, trouble)
    post.says = ""
    assert alarms.send_due(now=now + timedelta(seconds=20)) == 1
    assert state_of(one) == (CallState.SENT, 2, "")


def test_a_mail_server_that_is_silent_is_no_mistake_of_the_house(settings, mori, program, now):
    mori.email = "mori@example.org"
    mori.save()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.CAN_MAIL = "127.0.0.1", port, True
    one = called(mori, program, now, channel=Channel.EMAIL)
    alarms.send_due(now=now)
    assert state_of(one) == (CallState.WAITING, 1, "silent")


# --- the team -------------------------------------------------------------------------------------


def test_a_call_to_the_desk_needs_no_message(ren, program, now):
    assert state_of(called(ren, program, now, channel=Channel.DESK)) == (CallState.SENT, 0, "")


def test_who_said_yes_in_a_browser_can_be_reached_by_push(service, ren, program, now):
    def open_to() -> frozenset[Channel]:
        return next(one.open for one in team(program.pk, now=now) if one.staff == ren.pk)

    assert Channel.PUSH not in open_to()
    said_yes(ren, now)
    assert Channel.PUSH in open_to()


def test_a_test_alarm_really_travels_and_lets_sleep_who_may_sleep(
    service, post, ren, sora, mori, program, now
):
    for who in (ren, sora, mori):
        who.email = f"{who.username}@example.org"
        who.save()
        own.choose_alerts(
            staff_viewer(who), channels=[Channel.PUSH, Channel.EMAIL], hours=(), now=now
        )
    begun(ren, program)
    browser = said_yes(ren, now)
    own.try_alarm(staff_viewer(mori), program=program.pk, now=now)
    own.try_alarm(staff_viewer(mori), program=program.pk, now=now)
    assert alarms.send_due(now=now) == 3
    assert browser.read(service.took[0][2]) == b"1"
    to = sorted(email.message_from_string(letter)["To"] for letter in post.took)
    assert to == ["mori@example.org", "ren@example.org"]
    told = calls.calls_of_newest_test(staff_viewer(mori), program=program.pk)
    assert {(one.staff_id, one.channel, one.state) for one in told} == {
        (ren.pk, "push", "sent"), (ren.pk, "email", "sent"), (mori.pk, "email", "sent"),
    }  # fmt: skip
    assert AlarmTest.objects.count() == 1
    with pytest.raises(Refused):
        calls.calls_of_newest_test(staff_viewer(ren), program=program.pk)


def test_a_test_that_called_nobody_proves_nothing_and_can_be_made_again(
    post, ren, mori, program, now
):
    def tested(at) -> bool:
        found = {one.code: one.ok for one in readiness(program.pk, at)}
        return found["tested_alarm"]

    test = own.try_alarm(staff_viewer(mori), program=program.pk, now=now)
    assert calls.reaches_nobody(test) and not Call.objects.exists()
    own.acknowledge_test(staff_viewer(ren), test=test.pk, now=now)
    assert not tested(now)
    second = own.try_alarm(staff_viewer(mori), program=program.pk, now=now)
    Staff.objects.filter(pk=mori.pk).update(email="mori@example.org")
    own.try_alarm(staff_viewer(mori), program=program.pk, now=now + timedelta(minutes=1))
    assert not calls.reaches_nobody(second), "it's on its way"
    alarms.send_due(now=now + timedelta(minutes=1))
    own.acknowledge_test(staff_viewer(ren), test=second.pk, now=now + timedelta(minutes=2))
    assert tested(now + timedelta(minutes=3)) and len(post.took) == 1


def test_after_an_hour_without_an_answer_calls_go_out_again(post, ren, mori, program, now):
    Staff.objects.filter(pk=mori.pk).update(email="mori@example.org")
    viewer = staff_viewer(mori)
    own.try_alarm(viewer, program=program.pk, now=now)
    alarms.send_due(now=now)
    own.try_alarm(viewer, program=program.pk, now=now + timedelta(minutes=59))
    assert Call.objects.count() == 1
    later = now + timedelta(hours=1)
    test = own.try_alarm(viewer, program=program.pk, now=later)
    assert Call.objects.count() == 2 and test.asked_at == later
    (told,) = calls.calls_of_newest_test(viewer, program=program.pk)
    assert told.at == later, "what became of the last asking"
    # The answer is to the last asking, of which nothing was delivered.
    own.acknowledge_test(staff_viewer(ren), test=test.pk, now=later)
    assert not {one.code: one.ok for one in readiness(program.pk, later)}["tested_alarm"]
    alarms.send_due(now=later)
    assert {one.code: one.ok for one in readiness(program.pk, later)}["tested_alarm"]


def test_a_coordinator_is_reachable_by_a_channel_that_leads_somewhere(
    service, mori, program, now, settings
):
    def reachable() -> bool:
        found = readiness(program.pk, now)
        return next(one.ok for one in found if one.code == "coordinator_reachable")

    mori.email = "mori@example.org"
    mori.save()
    settings.CAN_MAIL = False
    assert not reachable(), "no mail server is set"
    settings.CAN_MAIL = True
    assert reachable()
    own.choose_alerts(staff_viewer(mori), channels=[Channel.PUSH], hours=(), now=now)
    assert not reachable()
    said_yes(mori, now)
    assert reachable()
    PushAddress.objects.update(failed_at=now)
    assert not reachable()


def test_a_browser_is_its_owner_s_and_there_are_five_at_most(service, ren, sora, kaede, now):
    for number in range(5):
        said_yes(ren, now, path=f"/send/{number}")
    said_yes(ren, now, path="/send/0")
    assert ren.push_addresses.count() == 5
    with pytest.raises(Refused, match="too_many_browsers"):
        said_yes(ren, now, path="/send/5")
    number = ren.push_addresses.earliest("pk").pk
    for who in (sora, kaede):
        with pytest.raises(Refused, match="not_found"):
            alarms.remove_push(staff_viewer(who), number=number, now=now)
    alarms.remove_push(staff_viewer(ren), number=number, now=now)
    assert ren.push_addresses.count() == 4
    said_yes(sora, now, path="/send/4")
    assert (ren.push_addresses.count(), sora.push_addresses.count()) == (3, 1)


def test_whoever_adds_a_browser_is_called_there_after_what_they_chose(ren, sora, now):
    said_yes(ren, now)
    assert channels_of(staff_viewer(ren)) == (Channel.DESK, Channel.EMAIL, Channel.PUSH)
    own.choose_alerts(staff_viewer(sora), channels=[Channel.PUSH, Channel.DESK], hours=(), now=now)
    said_yes(sora, now, path="/send/sora")
    assert channels_of(staff_viewer(sora)) == (Channel.PUSH, Channel.DESK)


def test_a_closed_account_s_browsers_go(ren, sora, program, now):
    said_yes(ren, now)
    said_yes(sora, now, path="/send/sora")
    Staff.objects.filter(pk=ren.pk).update(is_active=False)
    one = called(ren, program, now)
    alarms.send_due(now=now)
    assert state_of(one) == (CallState.FAILED, 1, "no_way")
    assert alarms.purge(now=now) == 1
    assert PushAddress.objects.get().staff_id == sora.pk


def test_calls_go_after_ninety_days(ren, program, now):
    called(ren, program, now)
    assert alarms.purge(now=now + timedelta(days=89)) == 0
    assert alarms.purge(now=now + timedelta(days=91)) == 1
