"""A second making of draws, written from docs/reference/draw-format.md: standard library only, no code of mingjing.

Slow and plain on purpose, for small draws. `team_days(inputs, seeds)` gives what a draw file must say, or None where
no teams or places are found; the inputs are the `inputs` object of a draw file.
"""

import hashlib
import itertools
import json
import math
from collections import Counter, defaultdict
from fractions import Fraction

INFINITE = 10**40


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def inputs_digest(inputs):
    return sha(json.dumps(inputs, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def commitment(seed):
    return sha(b"mingjing.draw.seed/1\x00", seed).hex()


def draw_key(inputs, seeds):
    return sha(b"mingjing.draw.combined/1\x00", inputs_digest(inputs), *sorted(seeds, key=commitment))


def words(key, label):
    for n in itertools.count():
        block = sha(b"mingjing.draw.block/1\x00", key, label.encode(), b"\x00", n.to_bytes(8, "big"))
        for start in range(0, 32, 8):
            yield int.from_bytes(block[start : start + 8], "big")


def below(stream, bound):
    word = next(stream)
    while word >= 2**64 - 2**64 % bound:
        word = next(stream)
    return word % bound


def shuffle(stream, items):
    items = list(items)
    for last in range(len(items) - 1, 0, -1):
        pick = below(stream, last + 1)
        items[last], items[pick] = items[pick], items[last]
    return items


class Case:
    """The inputs with the names of the page."""

    def __init__(self, inputs, key):
        rules = self.rules = inputs["settings"]
        self.key, self.experts = key, inputs["experts"]
        self.days, self.teams, self.size = rules["days"], rules["teams"], rules["team_size"]
        self.slots = len(self.days) * self.teams
        self.sites = self.drawn(inputs["sites"])
        self.barred = [
            {e for e, expert in enumerate(self.experts) if self.bars(inputs, expert, site)} for site in self.sites
        ]

    def drawn(self, sites):
        stream, kept = words(self.key, "sample"), []
        parts = defaultdict(list)
        for site in sites:
            parts[site["stratum"], site["class"]].append(site)
        for _, members in sorted(parts.items()):
            count = math.ceil(len(members) * Fraction(self.rules["share"]))
            kept += shuffle(stream, members)[:count]
        return sorted(kept, key=lambda site: site["key"])

    def bars(self, inputs, expert, site):
        for name in self.rules["recuse"]:
            if site[name] and site[name] == expert["home"]:
                return True
        return any(
            conflict["expert"] == expert["key"]
            and (conflict["site"] == site["key"] or (conflict["company"] and conflict["company"] == site["company"]))
            for conflict in inputs["conflicts"]
        )

    def available(self, day):
        return [e for e, expert in enumerate(self.experts) if not expert["days"] or self.days[day] in expert["days"]]


# --- places ----------------------------------------------------------------------------------------------------------


def cosine(lat):
    x = abs(lat) * 3141592653589793238 // 180000000
    y = x * x // 10**18
    terms = [10**18]
    for k in range(1, 15):
        terms.append(terms[-1] * y // 10**18 // (2 * k * (2 * k - 1)))
    return (sum(terms[0::2]) - sum(terms[1::2]) + 5 * 10**8) // 10**9


def on_plane(sites):
    c = cosine(sorted(site["lat"] for site in sites)[len(sites) // 2])
    return [(site["lon"] * 111195080 * c // 10**15, site["lat"] * 111195080 // 10**6) for site in sites]


def metres(p, q):
    return (math.isqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) + 500) // 1000


def zone_centres(points, p):
    n = len(points)
    if p == 1:
        return [(sum(x for x, _ in points) // n, sum(y for _, y in points) // n)]
    spread = [max(values) - min(values) for values in zip(*points, strict=True)]
    axis = 0 if spread[0] >= spread[1] else 1
    points = sorted(points, key=lambda point: point[axis])
    first = p // 2
    cut = (n // p) * first + ((n % p) * first) // p
    return zone_centres(points[:cut], first) + zone_centres(points[cut:], p - first)


# --- teams -----------------------------------------------------------------------------------------------------------


def duties(case, stream):
    load, on_duty = Counter(), []
    for day in range(len(case.days)):
        order = sorted(shuffle(stream, case.available(day)), key=lambda e: load[e])
        on_duty.append(set(order[: case.teams * case.size]))
        load.update(on_duty[-1])
    while replaced := one_levelling(case, on_duty, load):
        for day, leaves, comes in replaced:
            on_duty[day] = on_duty[day] - {leaves} | {comes}
            load[leaves] -= 1
            load[comes] += 1
    return [sorted(day) for day in on_duty]


def one_levelling(case, on_duty, load):
    everyone = range(len(case.experts))
    for most in range(max(load[e] for e in everyone), min(load[e] for e in everyone) + 1, -1):
        origin = {e: None for e in everyone if load[e] == most}
        queue = list(origin)
        while queue:
            e = queue.pop(0)
            if load[e] <= most - 2:
                steps = []
                while origin[e]:
                    steps.append(origin[e])
                    e = origin[e][1]
                return steps
            for day in range(len(case.days)):
                if e in on_duty[day]:
                    for other in case.available(day):
                        if other not in on_duty[day] and other not in origin:
                            origin[other] = (day, e, other)
                            queue.append(other)
    return None


def teams_of_days(case, stream):
    together, result = Counter(), []

    def met(e, team):
        return sum(together[frozenset((e, f))] for f in team if f != e)

    for on_duty in duties(case, stream):
        order = shuffle(stream, on_duty)
        day = [order[i : i + case.size] for i in range(0, len(order), case.size)]
        for _ in range(8):
            exchanges = [
                try_exchange(day, t, place, met)
                for t in shuffle(stream, range(len(day))) for place in range(case.size)
            ]  # fmt: skip
            if not any(exchanges):
                break
        for team in day:
            together.update(frozenset(pair) for pair in itertools.combinations(team, 2))
        result.append(day)
    return result


def try_exchange(day, t, place, met):
    e = day[t][place]
    if not met(e, day[t]):
        return False
    for step in range(1, min(48, len(day))):
        u = (t + step) % len(day)
        for there in range(len(day[u])):
            f = day[u][there]
            old = met(e, day[t]) + met(f, day[u])
            mine, theirs = [*day[t]], [*day[u]]
            mine[place], theirs[there] = f, e
            if met(f, mine) + met(e, theirs) < old:
                day[t][:], day[u][:] = mine, theirs
                return True
    return False


def flat(days):
    return [team for day in days for team in day]


def teamless(case, teams):
    return [s for s, barred in enumerate(case.barred) if all(barred & set(team) for team in teams)]


def parts(teams):
    groups = []
    for team in map(set, teams):
        touching = [group for group in groups if group & team]
        groups = [group for group in groups if not group & team] + [team.union(*touching)]
    return len(groups)


def open_up(case, days, stream):
    for site in shuffle(stream, teamless(case, flat(days))):
        for day in shuffle(stream, range(len(days))):
            free = [e for team in days[day] for e in team if e not in case.barred[site]]
            if len(free) < case.size:
                continue
            wanted = shuffle(stream, free)[: case.size]
            home = next(team for team in days[day] if wanted[0] in team)
            for e in wanted:
                if e not in home:
                    other = next(team for team in days[day] if e in team)
                    out = next(f for f in home if f not in wanted)
                    other[other.index(e)], home[home.index(out)] = out, e
            break


def link(case, days, stream):
    before = len(teamless(case, flat(days)))
    for day in shuffle(stream, range(len(days))):
        for one, other in itertools.combinations(shuffle(stream, days[day]), 2):
            now = parts(flat(days))
            if now == 1:
                return
            for place in range(len(one)):
                one[place], other[0] = other[0], one[place]
                if parts(flat(days)) < now and len(teamless(case, flat(days))) <= before:
                    break
                one[place], other[0] = other[0], one[place]


def pairs_over(case, teams):
    served = Counter(e for team in teams for e in team)
    found = Counter(pair for team in teams for pair in itertools.combinations(team, 2))
    share = Fraction(case.rules["pair_share"])
    return sum(1 for (e, f), n in found.items() if n > 1 and n > share * min(served[e], served[f]))


def attempts(case):
    imperfect = []
    for attempt in range(min(64, max(2, 20000 // (case.slots * case.size)))):
        stream = words(case.key, f"teams/{attempt}")
        days = teams_of_days(case, stream)
        open_up(case, days, stream)
        link(case, days, stream)
        teams = [sorted(team) for team in flat(days)]
        if parts(teams) == 1 and not teamless(case, teams):
            if over := pairs_over(case, teams):
                imperfect.append((over, attempt, teams))
            else:
                yield attempt, teams
    yield from ((attempt, teams) for _, attempt, teams in sorted(imperfect))


# --- placement: successive cheapest paths by Bellman and Ford, one unit at a time ------------------------------------


def cheapest(costs, low, high):
    """For each unit its slot (`costs[unit][slot]`, absent: closed), or None. Places up to `low` are paid for."""
    reward = sum(max(row.values(), default=0) for row in costs) + 1
    at = {}
    for unit in range(len(costs)):
        loads = Counter(at.values())
        room = {s: -reward if loads[s] < low[s] else 0 for s in range(len(low)) if loads[s] < high[s]}
        far = {s: (cost, unit, None) for s, cost in costs[unit].items()}
        far = relax(far, costs, at)
        ends = [(far[s][0] + gain, s) for s, gain in room.items() if s in far]
        if not ends:
            return None
        slot = min(ends)[1]
        while slot is not None:
            _, mover, origin = far[slot]
            if mover is not None:
                at[mover] = slot
            slot = origin
    loads = Counter(at.values())
    return [at[u] for u in range(len(costs))] if all(loads[s] >= low[s] for s in range(len(low))) else None


def relax(far, costs, at):
    """Shortest ways to slots; each step moves a unit on from one slot to another."""
    changed = True
    while changed:
        changed = False
        for unit, here in at.items():
            if here in far:
                for there, cost in costs[unit].items():
                    way = far[here][0] + cost - costs[unit][here]
                    if there != here and way < far.get(there, (INFINITE,))[0]:
                        far[there], changed = (way, unit, here), True
    return far


def only_one(costs, at, low, high):
    """Whether no ring of moves costs nothing: shortest rings by Floyd and Warshall; the last node is "elsewhere"."""
    n = len(low) + 1
    way = [[INFINITE] * n for _ in range(n)]
    loads = Counter(at)
    for unit, here in enumerate(at):
        for there, cost in costs[unit].items():
            if there != here:
                way[here][there] = min(way[here][there], cost - costs[unit][here])
    for s in range(n - 1):
        if loads[s] > low[s]:
            way[n - 1][s] = 0
        if loads[s] < high[s]:
            way[s][n - 1] = 0
    for k, i, j in itertools.product(range(n), repeat=3):
        way[i][j] = min(way[i][j], way[i][k] + way[k][j])
    shortest = min(way[i][i] for i in range(n))
    assert shortest >= 0, "not the cheapest"
    return shortest > 0


def place(case, teams, centres):
    """(salt, slot of each site), or None."""
    points = on_plane(case.sites)
    salt = 0
    while True:
        stream = words(case.key, f"ties/{salt}")
        a = [1 + below(stream, 16777212) for _ in case.sites]
        b = [1 + below(stream, 16777212) for _ in centres]
        costs = [
            {
                k: (metres(points[s], centres[k]) << 40) + a[s] * b[k] % 16777213
                for k in range(case.slots) if not case.barred[s] & set(teams[k])
            }
            for s in range(len(points))
        ]  # fmt: skip
        found = place_both(case, costs)
        if found is None or found[1]:
            return found and (salt, found[0])
        salt += 1


def place_both(case, costs):
    names = sorted({site["group"] for site in case.sites if site["group"]})
    groups = [[s for s, site in enumerate(case.sites) if site["group"] == name] for name in names]
    low, rest = divmod(len(costs), case.slots)
    high = low + (rest > 0)
    joint = [
        {k: sum(costs[s][k] for s in group) for k in range(case.slots) if all(k in costs[s] for s in group)}
        for group in groups
    ]
    none, one = [0] * case.slots, [1] * case.slots
    at_groups = cheapest(joint, none, one)
    if at_groups is None:
        return None
    taken = Counter({k: len(group) for k, group in zip(at_groups, groups, strict=True)})
    least, most = [max(0, low - taken[k]) for k in range(case.slots)], [high - taken[k] for k in range(case.slots)]
    single = [s for s, site in enumerate(case.sites) if not site["group"]]
    at_single = cheapest([costs[s] for s in single], least, most)
    if at_single is None:
        return None
    at = dict(zip(single, at_single, strict=True))
    at |= {s: k for k, group in zip(at_groups, groups, strict=True) for s in group}
    alone = only_one(joint, at_groups, none, one) and only_one([costs[s] for s in single], at_single, least, most)
    return at, alone


def team_days(inputs, seeds):
    """(attempt, salt, for each slot its experts' and sites' keys and its centre), or None."""
    case = Case(inputs, draw_key(inputs, seeds))
    centres = zone_centres(shuffle(words(case.key, "zones"), on_plane(case.sites)), case.slots)
    centres = shuffle(words(case.key, "slots"), centres)
    for attempt, teams in attempts(case):
        if found := place(case, teams, centres):
            salt, at = found
            sites = [[site["key"] for s, site in enumerate(case.sites) if at[s] == k] for k in range(case.slots)]
            names = [[case.experts[e]["key"] for e in team] for team in teams]
            return attempt, salt, list(zip(names, sites, map(list, centres), strict=True))
    return None
