"""Recording cases: edits one after the other, what the sheet is then, what is signed of it, and what was refused."""

from typing import Any

from mingjing.engine.chain import content_digest
from mingjing.engine.picks import seed_of
from mingjing.engine.scoring import score
from mingjing.programmes.assessments.policy.answers import lacking, terms_of, unanswered
from mingjing.programmes.assessments.policy.recording import Conflict, Edit, apply_edits, sheet_from, signed_form
from tools.vectors.schemes import SCHEMES
from tools.vectors.scores import figures
from tools.vectors.stories import PHOTO, STORIES, Story

__all__ = ["document", "seed_for"]

FORMAT = {
    "zh-Hans": "每条 cases：edits 为依次发生的录入；refusals 为每条录入被拒的代码，null 表示已录入，"
    "current 为冲突时现有的记录；sheet 为录入后的记录；signed 为签名所签的摘要（去掉 by、at）；"
    "unanswered 为未作答的小项数；lacking 为提交前还缺的；score 为试算。由 python -m tools.vectors 生成，不手工修改。",
    "en": "Each of cases: edits come one after the other; refusals has the code that each met, null where it was "
    "taken, current what stands where two disagree; sheet is what comes of them; signed the digest that is signed "
    "(without by and at); unanswered how many checks have no answer; lacking what a submission still misses; score "
    "the preview. Written by python -m tools.vectors, not by hand.",
}


def seed_for(subject: str) -> str:
    """The seed of a visit in these cases."""
    return seed_of(bytes(32).hex(), subject)


def document() -> dict[str, Any]:
    """Every story with what it comes to."""
    return {"format": FORMAT, "standing": [PHOTO], "cases": [_case(story) for story in STORIES]}


def _case(story: Story) -> dict[str, Any]:
    scheme = SCHEMES[story.scheme]
    rubric = scheme.rubrics[story.of]
    seed = seed_for("assessments.visit:12") if story.seeded else ""
    edits = [
        Edit(kind, payload, f"token-{number % 2}", f"2024-09-04T01:{number:02}:00.000000Z")
        for number, (kind, payload) in enumerate(story.edits)
    ]
    sheet, refusals = apply_edits(scheme, rubric, {}, edits, seed=seed)
    terms = terms_of(scheme, rubric)
    return {
        "name": {"zh-Hans": story.chinese, "en": story.english}, "rubric": f"{story.scheme}-{story.of}", "seed": seed,
        "edits": [{"kind": e.kind, "payload": e.payload, "by": e.by, "at": e.at} for e in edits],
        "expect": {
            "refusals": [None if r is None else _refused(r) for r in refusals],
            "sheet": sheet, "signed": content_digest(signed_form(sheet)), "unanswered": len(unanswered(terms, sheet)),
            "lacking": [[p.code, p.place] for p in lacking(terms, sheet, [PHOTO])],
            "score": figures(score(rubric, sheet_from(sheet))),
        },
    }  # fmt: skip


def _refused(refusal: Any) -> dict[str, Any]:
    (problem,) = refusal.problems
    found = {"code": problem.code, "place": problem.place}
    return found | ({"current": refusal.current} if isinstance(refusal, Conflict) else {})
