"""Every route: the desk's own at the root, the phones' below /field/, the companies' below /portal/,
the public's below /board/.

Each programme's are below its code within each of them, as its manifest says.
"""

from django.urls import include, path

from mingjing.kernel import registry

urlpatterns = [
    *(
        path(f"{programme.code}/", include(programme.desk_urls))
        for programme in registry.programmes()
        if programme.desk_urls
    ),
    *(
        path(f"portal/{programme.code}/", include(programme.portal_urls))
        for programme in registry.programmes()
        if programme.portal_urls
    ),
    *(
        path(f"board/{programme.code}/", include(programme.board_urls))
        for programme in registry.programmes()
        if programme.board_urls
    ),
    path("board/", include("mingjing.faces.board.urls")),
    path("portal/", include("mingjing.faces.portal.urls")),
    *(
        path(f"api/{programme.code}/", include(programme.api_urls))
        for programme in registry.programmes()
        if programme.api_urls
    ),
    path("field/", include("mingjing.faces.field.urls")),
    path("", include("mingjing.faces.desk.urls")),
]
