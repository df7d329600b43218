"""Boot-time checks of what manifests declare about permissions. Not here: checks of an installation (config.checks)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from mingjing.kernel import registry


@register()
def permissions_make_sense(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every role a permission names, and every permission that navigation or a role names, is declared somewhere."""
    roles, permissions = registry.roles(), registry.permissions()
    unknown_roles = [
        f"{permission.code} names the role {role!r}"
        for permission in permissions.values()
        for role in permission.roles
        if role not in roles
    ]
    unknown_permissions = [
        f"{item.url_name} names the permission {item.permission!r}"
        for manifest in registry.manifests().values()
        for item in manifest.navigation
        if item.permission not in permissions
    ]
    unknown_permissions += [
        f"the role {role.code} carries the permission {code!r}"
        for role in roles.values()
        for code in role.carries
        if code not in permissions
    ]
    hint = "Declare it in a manifest, or correct the code."
    return [
        Error(f"{fault}, which no manifest declares.", hint, id="parties.E001")
        for fault in unknown_roles + unknown_permissions
    ]
