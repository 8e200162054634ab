"""What an administrator enters; all of the installation."""

from __future__ import annotations

from core.sdk import Context, Message, Setting, _
from core.sdk.settings import get

METHODS = (
    ("client_secret_basic", _("Secret in the header")),
    ("client_secret_post", _("Secret in the form")),
    ("private_key_jwt", _("Signature by a private key")),
)
ADDRESS = _("Begins with https://")


def _text(key: str, label: Message, default: str = "", *, secret: bool = False, help: Message | None = None) -> Setting:
    return Setting(f"oidc.{key}", label, default=default, scope="instance", secret=secret, help=help)


SETTINGS = [
    Setting("oidc.enabled", _("Offer this provider"), "bool", False, "instance"),
    _text("issuer", _("Address of the provider (issuer)"), help=_("Exactly as the provider writes it")),
    _text("client_id", _("Our number there (client_id)")),
    _text("client_secret", _("Our secret there"), secret=True),
    _text("private_key", _("Our private key (PEM)"), secret=True),
    Setting("oidc.auth_method", _("How we prove ourselves"), "choice", "client_secret_basic", "instance", METHODS),
    _text("scopes", _("What we ask for (scopes)"), "openid profile"),
    _text(
        "levels",
        _("Levels of assurance (acr), weakest first"),
        help=_("Separated by spaces; empty if the provider knows none"),
    ),
    Setting(
        "oidc.userinfo",
        _("Ask for more about the person (userinfo)"),
        "choice",
        "GET",
        "instance",
        (("none", _("No")), ("GET", Message("GET")), ("POST", Message("POST"))),
    ),
    _text("hosts", _("Further hosts of the provider"), help=_("Separated by spaces")),
    _text(
        "authorization_endpoint",
        _("Sign-in address"),
        help=_("Only for a provider that publishes no description of itself; then all four addresses are needed"),
    ),
    _text("token_endpoint", _("Token address"), help=ADDRESS),
    _text("jwks_uri", _("Address of its keys"), help=ADDRESS),
    _text("userinfo_endpoint", _("Userinfo address"), help=ADDRESS),
    _text("end_session_endpoint", _("Sign-out address"), help=ADDRESS),
    _text(
        "school_hosts",
        _("Hosts at which schools may have a provider of their own"),
        help=_("Separated by spaces; empty: no school may have one"),
    ),
    Setting(
        "oidc.school_enabled",
        _("Sign-in with the accounts of our school"),
        "bool",
        False,
        help=_("People choose it at /sign-in?school= followed by the code of the school"),
    ),
    Setting(
        "oidc.school_issuer",
        _("Address of our provider (issuer)"),
        "address",
        help=_("At a host that the operator of Truong allows"),
    ),
    Setting("oidc.school_client_id", _("Our number there (client_id)")),
    Setting("oidc.school_client_secret", _("Our secret there"), secret=True),
    Setting(
        "oidc.school_auth_method", _("How we prove ourselves"), "choice", "client_secret_basic", choices=METHODS[:2]
    ),
    Setting("oidc.vnconnect_enabled", _("Offer VNConnect"), "bool", False, "instance"),
    _text("vnconnect_base", _("Address of VNConnect"), "https://xacthuc.dichvucong.gov.vn", help=ADDRESS),
    _text("vnconnect_issuer", _("Name of VNConnect in its tokens (issuer)"), help=_("As the agreement says")),
    _text("vnconnect_client_id", _("Our number at VNConnect")),
    _text("vnconnect_client_secret", _("Our secret at VNConnect"), secret=True),
]


def text(ctx: Context, key: str) -> str:
    """A setting of this plugin as text without blanks around it."""
    return str(get(ctx, f"oidc.{key}")).strip()


def words(ctx: Context, key: str) -> tuple[str, ...]:
    """A setting that holds several words."""
    return tuple(text(ctx, key).split())
