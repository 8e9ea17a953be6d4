"""Settings: read from the environment, never from code. `docs/settings.md` lists every one.

Unset `DATABASE_URL` and `REDIS_URLS` mean the embedded shape: SQLite and the in-process layer.
"""

import re
from pathlib import Path

import django
import environ
from django.core.exceptions import ImproperlyConfigured

from ibasho.secrets import secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

ENV = env.str("IBASHO_ENV", default="development")
if ENV not in ("development", "production"):
    # A slip of the pen must not open the demo's doors.
    raise ImproperlyConfigured('IBASHO_ENV is "production" or "development"')
PRODUCTION = ENV == "production"
DATA = Path(env.str("IBASHO_DATA", default=str(BASE_DIR / "var"))).resolve()
DATA.mkdir(parents=True, exist_ok=True)
VERSION = re.search(  # one truth: the changelog's newest heading
    r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
)[1]  # type: ignore[index]

DEBUG = False
PORT = env.int("PORT", default=8000)
ORIGINS = [
    origin.strip().rstrip("/")
    for origin in env.str(
        "IBASHO_ORIGINS", default=f"http://127.0.0.1:{PORT},http://localhost:{PORT}"
    ).split(",")
    if origin.strip()
]
SECURE = PRODUCTION or all(origin.startswith("https://") for origin in ORIGINS)
ALLOWED_HOSTS = sorted({re.sub(r"^\w+://|:\d+$", "", origin) for origin in ORIGINS})
TRUSTED_PROXIES = env.int("IBASHO_TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    # Our own proxy says whether it was spoken to over TLS; without one nobody may say so.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DEMO = not PRODUCTION

# Raised limits and fault points are for benches and fault tests; production refuses them.
IBASHO_LIMITS = {
    name.strip(): float(factor)
    for name, _, factor in (
        part.partition("=") for part in env.str("IBASHO_LIMITS", default="").split(",") if part
    )
}
IBASHO_FAULT = env.str("IBASHO_FAULT", default="")
if PRODUCTION and (IBASHO_LIMITS or IBASHO_FAULT):
    raise ImproperlyConfigured("IBASHO_LIMITS and IBASHO_FAULT are refused in production")

SECRET_KEY = secret("SECRET_KEY", DATA)
# 合言葉 are found by a keyed hash; without this key a stolen database opens no seat.
PASSPHRASE_KEY = secret("PASSPHRASE_KEY", DATA)
# Tells a repeated text from another one without keeping words that were taken back.
REPEAT_KEY = secret("REPEAT_KEY", DATA)
# Seals what is kept but must not be read from a stolen database (`foundation/sealed.py`).
SEALING_KEY = secret("SEALING_KEY", DATA)
# The one before it, while `manage.py reseal` is still to be run (`docs/leak.md`).
SEALING_KEY_BEFORE = env.str("SEALING_KEY_BEFORE", default="")
# People are counted in the ledger by a code that only this key makes (`ledger/subjects.py`).
SUBJECT_KEY = secret("SUBJECT_KEY", DATA)

INSTALLED_APPS = [
    "ibasho.apps.InspectionConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "programs",
    "helplines",
    "ledger",
    "audit",
    "accounts",
    "duty",
    "chat",
    "moderation",
    "counseling",
    "office",
    "reports",
]
MIDDLEWARE = [
    "ibasho.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.StaffMiddleware",
    "accounts.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "ibasho.urls"
ASGI_APPLICATION = "ibasho.asgi.application"
AUTH_USER_MODEL = "accounts.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The inspection's own templates; no other app's: what isn't here has no page.
        "DIRS": [
            BASE_DIR / "templates",
            Path(django.__file__).parent / "contrib" / "admin" / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.who",
                "duty.context.rest",
            ],
            "builtins": ["django.templatetags.static", "django.templatetags.i18n"],
        },
    }
]

# What each room keeps of a participant, for /me/: shown, exported and erased through these doors.
# Named here and not in `accounts`, because arrows point down.
BELONGINGS = ["chat.belongings", "moderation.belongings", "counseling.belongings"]
# What a house does by itself besides `chat.rounds`: modules with `EVERY_S` and `turn()`.
ROUNDS = ["moderation.rounds", "counseling.rounds", "reports.rounds"]

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

_url = env.str("DATABASE_URL", default="")
if _url:
    DATABASES = {"default": env.db_url_config(_url)}
    # A page has a thread of its own, and a line that ends with it: one that stayed would stand open
    # unused until garbage is looked for. What lives on keeps its own (`chat/threads.py`).
    DATABASES["default"].update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=True)
    # A database that hangs must become `busy`, not a writer that never answers.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        # The statements by hand are prepared by `foundation/one_trip.py`, the ORM's never are. The
        # driver takes back all that is prepared, by whomever, once it has prepared something.
        prepare_threshold=None,
        # The last: a process that is frozen in mid-transaction would hold its room for everybody.
        options="-c statement_timeout=10000 -c lock_timeout=5000"
        " -c idle_in_transaction_session_timeout=5000"
        # Of the same statements: planned once, not at every act. Whatever changes a table's
        # statistics has them planned anew.
        " -c plan_cache_mode=force_generic_plan",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10000,
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "ibasho.sqlite3",
            "CONN_MAX_AGE": 0,
            # Measured in this stack: without IMMEDIATE and a time-out, WAL loses writes to locks.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                ),
            },
        }
    }
EMBEDDED = not _url

REDIS_URLS = [u for u in env.str("REDIS_URLS", default="").split(",") if u]
if REDIS_URLS:
    # The pub/sub layer: with the other one an idle process loses sockets, and messages fall out
    # of full queues. It is a doorbell only; no words pass through it.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "prefix": "ibasho",
                "hosts": [
                    # redis-py's default socket time-out of 5 s would cut the idle receiver.
                    {"address": url, "socket_timeout": None, "socket_connect_timeout": 2}
                    for url in REDIS_URLS
                ],
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "ibasho.calm_cache.CalmRedis",
            # Django would take several for one leader and its copies.
            "LOCATION": REDIS_URLS[0],
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Of Django's 300, a code's mark could be pushed out: the code would be good again.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }

# Staff sign in by invitation, with a password and a second factor. All hooks: accounts/adapters/.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "display_name")}),
    )
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/accounts/"
ACCOUNT_ADAPTER = "accounts.adapters.Account"
ACCOUNT_FORMS = {"login": "accounts.adapters.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Per address, and per account from one address; what a stranger does slows no colleague. Of what
# all strangers may guess at an account, one address has a fifth; when that is used up, every
# address still has two an hour: crowds of strangers slow a colleague, they don't lock them out.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "login_strange": "60/3600s/key",
    "login_strange_here": "12/3600s/key",
    "login_crowded": "2/3600s/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.adapters.SecondFactor"
MFA_FORMS = {
    "authenticate": "accounts.adapters.CodeForm",
    "reauthenticate": "accounts.adapters.CodeAgainForm",
    "authenticate_webauthn": "accounts.adapters.PasskeyForm",
    "login_webauthn": "accounts.adapters.PasskeyAloneForm",
    "reauthenticate_webauthn": "accounts.adapters.PasskeyAgainForm",
    "add_webauthn": "accounts.adapters.NewPasskeyForm",
    "activate_totp": "accounts.adapters.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "いばしょ"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock is half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True
# On plain http, which production refuses, a passkey works on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Invitations can go by e-mail; without a server their link is shown once on the screen. The demo's
# mail lies in files, for whoever tries it out: its coordinators can be called.
_mail = env.str("EMAIL_URL", default="")
if _mail:
    vars().update(env.email_url_config(_mail), EMAIL_TIMEOUT=10)
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA / "mail")
CAN_MAIL = bool(_mail) or DEMO
DEFAULT_FROM_EMAIL = env.str("IBASHO_FROM", default="ibasho@localhost")

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ibasho.static_files.HashedModules"},
}
WHITENOISE_MAX_AGE = 3600

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-seat" if SECURE else "seat"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# As long as a seat may be kept; the person themselves goes earlier (`chat/actions/leavers.py`).
SESSION_COOKIE_AGE = 60 * 60 * 24 * 365
CSRF_COOKIE_NAME = "__Host-form" if SECURE else "form"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = ORIGINS
CSRF_FAILURE_VIEW = "accounts.views.stale_form"

# `no-referrer` would make browsers send `Origin: null` and break every form.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The page of a room's hours is the longest form: a full week of hours and fourteen days beside it.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600

# Nothing that a person typed, and no address, reaches a log: see `ibasho/quiet_logs.py`.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "ibasho.quiet_logs.QuietFormatter"}},
    "filters": {"not-ours": {"()": "ibasho.quiet_logs.NotOurs"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "ibasho": {"level": "INFO"},
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "daphne": {"level": "WARNING"},
        "uvicorn.error": {"filters": ["not-ours"]},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
