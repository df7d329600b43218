"""The routes of what follows the decision, below /assessments/."""

from django.urls import URLPattern, path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk.draws import files
from mingjing.programmes.assessments.desk.publishing import (
    disputes,
    editions,
    listings,
    objections,
    overview,
    reopenings,
    seconds,
)

urlpatterns: list[URLPattern] = [
    path("rounds/<int:pk>/publication/", overview.publication, name="round-publication"),
    path("rounds/<int:pk>/publication/of/<codes:number>/notice/", listings.notice, name="listing-notice"),
    path("rounds/<int:pk>/publication/of/<codes:number>/service/", listings.service, name="listing-service"),
    path("rounds/<int:pk>/publication/of/<codes:number>/begin/", listings.begin, name="listing-begin"),
    path("rounds/<int:pk>/publication/of/<codes:number>/follow/<slug:step>/", listings.follow, name="listing-follow"),
    path("rounds/<int:pk>/publication/of/<codes:number>/decide/<slug:step>/", listings.decide, name="listing-decide"),
    path("rounds/<int:pk>/publication/of/<codes:number>/back/<int:act>/", listings.take_back, name="listing-back"),
    path("rounds/<int:pk>/publication/of/<codes:number>/", listings.listing, name="listing"),
    path("rounds/<int:pk>/signing/", editions.signing, name="round-signing"),
    path("rounds/<int:pk>/signing/prepare/<slug:step>/", editions.prepare, name="signing-prepare"),
    path("rounds/<int:pk>/signing/centre/<slug:step>/", editions.sign_centre, name="signing-centre"),
    path("rounds/<int:pk>/signing/bureau/<slug:step>/", editions.sign_bureau, name="signing-bureau"),
    path("rounds/<int:pk>/signing/back/<int:act>/", editions.take_back, name="signing-back"),
    path("rounds/<int:pk>/publish/", editions.publish, name="round-publish"),
    path("rounds/<int:pk>/editions/", editions.editions, name="round-editions"),
    path("rounds/<int:pk>/editions/correct/", editions.correct, name="round-correct"),
    path("rounds/<int:pk>/editions/<int:number>/", editions.edition, name="edition"),
    path("rounds/<int:pk>/reopenings/", reopenings.reopenings, name="round-reopenings"),
    path("rounds/<int:pk>/reopenings/<int:filing>/", reopenings.reopening, name="reopening"),
    path("rounds/<int:pk>/reopenings/<int:filing>/notice/", reopenings.notice, name="reopening-notice"),
    path("rounds/<int:pk>/reopenings/<int:filing>/service/", reopenings.service, name="reopening-service"),
    path("rounds/<int:pk>/reopenings/<int:filing>/begin/", reopenings.begin, name="reopening-begin"),
    path("rounds/<int:pk>/reopenings/<int:filing>/back/<int:act>/", reopenings.take_back, name="reopening-back"),
    *(
        path(f"rounds/<int:pk>/reopenings/<int:filing>/{part}/<slug:step>/", view, name=f"reopening-{part}")
        for part, view in (
            ("follow", reopenings.follow),
            ("decide", reopenings.decide),
            ("prepare", reopenings.prepare),
            ("centre", reopenings.sign_centre),
            ("bureau", reopenings.sign_bureau),
        )
    ),
    path("rounds/<int:pk>/disputes/", disputes.disputes, name="round-disputes"),
    path("rounds/<int:pk>/disputes/<int:dispute>/", disputes.dispute, name="dispute"),
    path("rounds/<int:pk>/disputes/<int:dispute>/<slug:step>/", disputes.decide, name="dispute-decide"),
    path("rounds/<int:pk>/appeal/<codes:number>/", disputes.file_appeal, name="appeal-file"),
    path("rounds/<int:pk>/findings/<codes:number>/", objections.findings, name="findings"),
    path("visits/<int:pk>/delivery/", objections.deliver, name="visit-delivery"),
    path("visits/<int:pk>/objection/<codes:finding>/", objections.object_to, name="objection-file"),
    path("rounds/<int:pk>/seconds/", seconds.seconds, name="round-seconds"),
    path("rounds/<int:pk>/seconds/lot/", seconds.commit, name="seconds-commit"),
    path("rounds/<int:pk>/seconds/draw/", seconds.draw, name="seconds-draw"),
    path("rounds/<int:pk>/seconds/team/<codes:number>/", seconds.assign, name="seconds-assign"),
    path("rounds/<int:pk>/seconds/crew/<codes:number>/", seconds.call, name="seconds-crew"),
    path("rounds/<int:pk>/seconds/crews/<int:crew>/draw/", seconds.make, name="crew-draw"),
    path("rounds/<int:pk>/seconds/crews/<int:crew>.json", files.crew, name="crew-file"),
    path("rounds/<int:pk>/seconds/lot.json", files.lot, name="seconds-file"),
    path("rounds/<int:pk>/seconds/which/<codes:number>/", seconds.gap, name="gap-decide"),
]
