"""Every setting of an installation, read once from the environment.

What an installation may set is listed in docs/reference/settings.md, which is generated from `environment.py`.
Nothing about a place, a rule or a threshold belongs here: that is data (rulebooks).
"""

from mingjing.config.environment import Environment

ENV = Environment.read()

DEBUG = False
SECRET_KEY = ENV.secret_key
MODE = ENV.mode
DATA_DIR = ENV.data_dir
ORIGINALS = ENV.originals  # empty for DATA_DIR/originals, or s3://bucket/prefix
S3_ENDPOINT = ENV.s3_endpoint
FONT = ENV.font
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = [
    f"https://{host}" for host in ENV.allowed_hosts if host not in {"*", "localhost", "127.0.0.1", "[::1]"}
]

DATABASES = {"default": ENV.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "mingjing.kernel.db",
    "mingjing.kernel.ledger",
    "mingjing.kernel.jobs",
    "mingjing.kernel.places",
    "mingjing.kernel.parties",
    "mingjing.kernel.evidence",
    "mingjing.kernel.rulebooks",
    "mingjing.kernel.calendar",
    "mingjing.kernel.documents",
    "mingjing.kernel.visits",
    "mingjing.kernel.cases",
    "mingjing.kernel.sync",
    "mingjing.kernel.proceedings",
    "mingjing.kernel.submissions",
    "mingjing.faces.ui",
    "mingjing.faces.cli",
    "mingjing.faces.desk",
    "mingjing.faces.field",
    "mingjing.faces.portal",
    "mingjing.faces.board",
    *ENV.programmes,
    "mingjing.config",
]

MIDDLEWARE = [
    "mingjing.faces.field.front.Front",
    "mingjing.faces.api.front.Front",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mingjing.config.urls"
WSGI_APPLICATION = "mingjing.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "mingjing.faces.ui.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds for which a password link works
LOGIN_URL = "desk:sign-in"
LOGIN_REDIRECT_URL = "desk:home"
PORTAL_URL = "portal:home"  # where people of companies are at home
PORTAL_FILE_LIMIT = 20 * 2**20  # bytes of one file that a company hands in
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time that somebody is told holds, however often they try
AXES_LOCKOUT_CALLABLE = "mingjing.faces.desk.session.locked_out"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ENV.package / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENV.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ENV.data_dir}},
    "staticfiles": {"BACKEND": ENV.static_storage},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.production
SECURE_HSTS_SECONDS = 31_536_000 if ENV.production else 0
# The proxy redirects to HTTPS (docs/deploy.md); what the other subdomains of a city do is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
UPLOAD_LIMIT = 64 * 2**20  # bytes of one workbook or data file
WEBHOOKS_LOCAL = False  # True in tests only: events are told to addresses on this machine, and without TLS
EVIDENCE_LIMIT = 64 * 2**20  # bytes of one piece of evidence; the proxy lets 80 MB through (docs/deploy.md)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"refusals": {"()": "mingjing.config.logs.PlainRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["refusals"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Anybody can send a wrong Host header: it is refused, and not worth a traceback each time.
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False}},
}
