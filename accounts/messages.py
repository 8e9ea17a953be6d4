"""Pages that say one thing, when something didn't work out. They ask no database.

Rendered without the request, so that nothing on them can want to know who is looking.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts import forms

_BARE = (
    '<!doctype html><html lang="ja"><meta charset="utf-8"><title>メモ</title>'
    "<h1>{title}</h1><p>{text}</p>"
    '<p><a href="/">もどる</a> <a href="/now/">いますぐ</a></p></html>'
)


_LATE = "ページを開いてから時間がたったようです。"
_NO_COOKIES = (
    "ブラウザが、この場所のCookie（クッキー）をおぼえていません。"
    "Cookieをことわる設定なら、この場所だけゆるしてください。"
    "名前や場所がわかるものは入れていません。"
)


def message(
    *, title: str, text: str, status: int, back: str = "/", way: str = "", kept: str = ""
) -> HttpResponse:
    """One page with one thing to say; `kept` gives back what someone had written.

    `back` is where its link leads, `way` what the link says if it isn't 「もどる」.
    """
    context = {"title": title, "text": text, "back": back, "way": way, "kept": kept}
    return HttpResponse(render_to_string("accounts/message.html", context), status=status)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: left open too long, or not from here. Nothing was done.

    From a browser that keeps no cookie it would come so every time: that is said.
    """
    why = _LATE if request.COOKIES else _NO_COOKIES
    return message(
        title="もう一度おねがいします",
        text=f"{why}まだなにも送られていません。もどって開きなおすと、つづけられます。",
        status=403,
        back=request.path if forms.may_be_opened(request.path) else "/",
        kept=forms.typed_text(request) or forms.typed_fields(request),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return message(
        title="うまく受けとれませんでした",
        text="送られたものを読むことができませんでした。もどって、もう一度おねがいします。",
        status=400,
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return message(title="ここには入れません", text="ほかの場所からどうぞ。", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return message(
        title="見つかりませんでした",
        text="このページはないか、もうなくなったようです。",
        status=404,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Even the templates may be what broke."""
    title = "いま、うまく動いていません"
    text = "こちらの調子がよくないようです。すこしあとで、もう一度開いてみてください。"
    try:
        return message(title=title, text=text, status=500)
    except Exception:  # noqa: BLE001 - the last page must always come
        return HttpResponse(_BARE.format(title=title, text=text), status=500)
