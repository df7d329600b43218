"""A second making of lots and crews for second visits, from docs/reference/draw-format.md: no code of mingjing."""

import math
from collections import Counter
from fractions import Fraction

from tests.programmes.assessments.second_draw import below, draw_key, shuffle, words


def pick(seed, label, population, count):
    stream, chosen = words(seed, f"picks/pick/{label}"), []
    for newest in range(max(population - count, 0) + 1, population + 1):
        found = 1 + below(stream, newest)
        chosen.append(newest if found in chosen else found)
    return sorted(chosen)


def lot(inputs, seed):
    """The visits of a lot for second visits."""
    able = [site for site in inputs["sites"] if site["slots"]]
    wanted = min(len(able), math.ceil(Fraction(inputs["share"]) / 100 * len(inputs["sites"])))
    load, visits = Counter(), []
    for number in pick(seed, "seconds", len(able), wanted):
        site = able[number - 1]
        fewest = min(load[place] for place in site["slots"])
        places = [place for place in site["slots"] if load[place] == fewest]
        place = places[pick(seed, f"seconds/{site['key']}", len(places), 1)[0] - 1]
        load[place] += 1
        visits.append({"key": site["key"], **inputs["slots"][place]})
    return visits


def crew(inputs, seed, passed_over):
    """The order of each part of a crew, and who goes."""
    key = draw_key(inputs, [seed])
    order = {pool["part"]: shuffle(words(key, f"crew/{pool['part']}"), pool["people"]) for pool in inputs["pools"]}
    able = {part: [one for one in people if one not in passed_over] for part, people in order.items()}
    return order, {pool["part"]: able[pool["part"]][: pool["needed"]] for pool in inputs["pools"]}
