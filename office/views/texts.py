"""Texts that people read: house rules, notice."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sentences import rules
from accounts.staff_doors import staff_only
from foundation.refusals import Refused
from office.actions import texts as actions
from office.doors import COORDINATOR, Both, desk, done, page
from office.forms.paper import TextForm
from office.sentences import sentence
from programs import queries
from programs.forms import paragraphs
from programs.sentences import NOTICE
from programs.states import TextKey

TITLES = {
    TextKey.RULES: "約束(入るときに読むもの)",
    TextKey.NOTICE: "知っておいてほしいこと(周知事項)",
}
_KEYS = {key.value: key for key in TextKey}


def _shipped(key: TextKey) -> str:
    return "\n\n".join(rules() if key is TextKey.RULES else map(str, NOTICE))


@staff_only(COORDINATOR)
@require_safe
def all_texts(request: HttpRequest) -> HttpResponse:
    """Which there are, and since when."""
    at = desk(request)
    texts = [
        {
            "key": key.value,
            "title": title,
            "newest": next(iter(queries.text_versions(at.program.pk, key=key)), None),
        }
        for key, title in TITLES.items()
    ]
    return page(request, at, "texts", {"texts": texts})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def one_text(request: HttpRequest, key: str) -> HttpResponse:
    """One of them: write, look at it as people will, keep it as the next version."""
    at = desk(request)
    if key not in _KEYS:
        raise Http404
    which = _KEYS[key]
    versions = queries.text_versions(at.program.pk, key=which)
    newest = versions[0] if versions else None
    kept = newest.body if newest else _shipped(which)
    first = {"body": kept, "version": newest.version if newest else 0}
    form = TextForm(request.POST or None, initial=first)
    context = {"form": form, "title": TITLES[which], "key": key, "versions": versions}
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["body"]
        if "preview" in request.POST:
            return page(request, at, "text", {**context, "preview": paragraphs(body)})
        try:
            actions.write_text(
                at.viewer, program=at.program.pk, key=which, body=body, after=form.seen,
                now=at.now,
            )  # fmt: skip
            return done("manage-texts", said="saved")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            if no.code == "changed_meanwhile":
                context["both"] = [Both("文章", kept, body)]
                form.renew(newest.version if newest else 0)
    return page(request, at, "text", context, status=422 if request.method == "POST" else 200)
