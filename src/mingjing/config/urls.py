"""Every route: the desk's own at the root, the phones' below /field/, each programme's below its code (manifests)."""

from django.urls import include, path

from mingjing.kernel import registry

urlpatterns = [
    *(
        path(f"{programme.code}/", include(programme.desk_urls))
        for programme in registry.programmes()
        if programme.desk_urls
    ),
    path("field/", include("mingjing.faces.field.urls")),
    path("", include("mingjing.faces.desk.urls")),
]
