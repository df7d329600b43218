"""The routes of teams, draws and their days, below /assessments/."""

from django.urls import URLPattern, path

from mingjing.programmes.assessments.desk.draws import days, draws, files, people

ROUND = "rounds/<int:pk>"
DRAW = f"{ROUND}/draws/<int:draw>"

urlpatterns: list[URLPattern] = [
    path("my-conflicts/", people.own, name="my-conflicts"),
    path(f"{ROUND}/teams/", people.teams, name="round-teams"),
    path(f"{ROUND}/teams/add-supervisor/", people.add_expert, name="expert-add"),
    path(f"{ROUND}/teams/supervisors/<int:expert>/", people.add_expert, name="expert"),
    path(f"{ROUND}/teams/supervisors/<int:expert>/remove/", people.remove_expert, name="expert-remove"),
    path(f"{ROUND}/teams/supervisors/<int:expert>/declare/", people.declare, name="conflict-add"),
    path(f"{ROUND}/teams/conflicts/<int:conflict>/withdraw/", people.withdraw, name="conflict-withdraw"),
    path(f"{ROUND}/teams/add-staff/", people.add_staff, name="staff-add"),
    path(f"{ROUND}/teams/staff/<int:staff>/remove/", people.remove_staff, name="staff-remove"),
    path(f"{ROUND}/draw/", draws.overview, name="round-draw"),
    path(f"{ROUND}/draw/plan/", draws.plan, name="round-plan"),
    path(f"{ROUND}/draw/commit/", draws.commit, name="draw-commit"),
    path(f"{DRAW}/", draws.draw, name="draw"),
    path(f"{DRAW}/add-seed/", draws.add_seed, name="draw-seed"),
    path(f"{DRAW}/reveal-seed/", draws.reveal_seed, name="draw-reveal-seed"),
    path(f"{DRAW}/reveal/", draws.reveal, name="draw-reveal"),
    path(f"{DRAW}/cancel/", draws.cancel, name="draw-cancel"),
    path(f"{DRAW}/inputs.json", files.inputs, name="draw-inputs"),
    path(f"{DRAW}/commitments/<code:digest>.json", files.commitment, name="draw-commitment"),
    path(f"{DRAW}/draw.json", files.whole, name="draw-file"),
    path(f"{DRAW}/days/<code:day>.json", files.day, name="draw-day"),
    path(f"{ROUND}/team-days/", days.team_days, name="team-days"),
    path(f"{ROUND}/team-days/<int:team_day>/", days.team_day, name="team-day"),
    path(f"{ROUND}/team-days/<int:team_day>/open/", days.open_day, name="team-day-open"),
    path(f"{ROUND}/team-days/<int:team_day>/members/<int:member>/", days.replace, name="member-replace"),
]
