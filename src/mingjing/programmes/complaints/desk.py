"""The desk pages of complaints: parse, call, render. Decisions belong in `policy`, writes in `actions`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from mingjing.kernel.parties.guard import guarded


@guarded("complaints.page.view")
def home(request: HttpRequest) -> HttpResponse:
    """The programme's first page."""
    return render(request, "complaints/home.html")


app_name = "complaints"
urlpatterns = [path("", home, name="home")]
