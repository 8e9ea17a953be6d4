"""Consultations and new cases bound each other: both together give nobody away either."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.places import Year, guarded_pair, guarded_year
from reports.publishing import Above, Told, beneath_told, parts_told
from reports.suppression import NOTHING, TOWN, USUAL
from tests.reports.attacker import bounds
from tests.reports.test_publishing import running

# Of a quarter: new cases by Web and otherwise, further consultations by Web and otherwise.
small, large = st.integers(0, 12), st.integers(0, 60)
quarter = st.tuples(small, small, large, large) | st.tuples(large, large, small, large)


def both(quarters):
    new_totals = running([a + b for a, b, _, _ in quarters])
    new_parts = running([a for a, *_ in quarters])
    totals = running([sum(one) for one in quarters])
    parts = running([a + c for a, _, c, _ in quarters])
    outer = parts_told(totals, parts, beneath=new_totals)
    inner = beneath_told(new_totals, new_parts, above=Above(totals, parts), told_above=outer)
    return outer, inner


def test_what_is_told_of_many_consultations_lets_new_cases_be_told():
    assert both([(12, 20, 50, 60)]) == ([Told(62, 0)], [Told(12, 0)])


def test_ten_consultations_by_web_would_say_that_five_of_35_new_cases_came_so():
    """10 of 40 by Web; 35 of the 40 are new, so 5 to 10 of them came by Web."""
    outer, inner = both([(6, 29, 4, 1)])
    assert (outer, inner) == ([Told(None, None)], [Told(None, None)])
    assert parts_told([40], [10]) == [Told(10, 0)]


def test_a_house_without_a_web_window_says_0():
    assert both([(0, 3, 0, 30)]) == ([Told(0, 0)], [Told(0, 0)])
    assert both([(0, 3, 0, 30), (4, 3, 40, 30)])[1][1] == Told(0, 0)


def test_a_few_that_files_call_new_without_a_consultation_are_not_told():
    above = Above([30], [0])
    assert beneath_told([5], [5], above=above, told_above=[Told(0, 0)]) == [Told(None, None)]


@settings(max_examples=60, deadline=None)
@given(quarters=st.lists(quarter, min_size=1, max_size=4))
def test_an_attacker_with_both_figures_of_every_date_learns_no_more_than_the_totals_tell(quarters):
    outer, inner = both(quarters)
    known = []
    for n, (a, b, c, d) in enumerate(quarters):
        known += [
            ({("new", n): 1, ("new-rest", n): 1}, a + b),
            ({("more", n): 1, ("more-rest", n): 1}, c + d),
            ({("all", n): 1, ("new", n): -1, ("more", n): -1}, 0),
        ]
    for name, told in (("all", outer), ("new", inner)):
        for one in told:
            if one.at is not None:
                known.append(({(name, n): 1 for n in range(one.at + 1)}, one.number))
    for name, told, sizes in (
        ("all", outer, [(a + c, b + d) for a, b, c, d in quarters]),
        ("new", inner, [(a, b) for a, b, _, _ in quarters]),
    ):
        for place, (part, rest) in enumerate(sizes):
            lowest, highest = bounds((name, place), known)
            alone = is_alone(told, [a + b for a, b in sizes], place)
            if alone and lowest == highest:
                fine = all(number == 0 or number > 9 for number in (part, rest))
                assert fine or nought(outer, quarters, place), (name, place)
            elif not nought(outer, quarters, place):
                assert highest - lowest >= min(10, part + rest), (name, place, lowest, highest)


def is_alone(told, totals, place) -> bool:
    """Whether a part was told of that quarter alone: of nothing else that came."""
    ends = [at for at, one in enumerate(told) if one.at == at]
    last = next((at for at in ends if at >= place), None)
    first = max((at + 1 for at in ends if at < place), default=0)
    return last is not None and sum(totals[first : last + 1]) == totals[place]


def nought(outer, quarters, place) -> bool:
    """Whether the page says that nothing at all came by Web in that quarter's stretch."""
    a, _, c, _ = quarters[place]
    ends = [at for at, one in enumerate(outer) if one.at == at]
    last = next((at for at in ends if at >= place), None)
    if a + c or last is None:
        return False
    first = max((at + 1 for at in ends if at < place), default=0)
    return not sum(quarters[n][0] + quarters[n][2] for n in range(first, last + 1))


places = st.lists(
    st.tuples(small | st.just(0), st.integers(0, 40)) | st.tuples(large, small),
    min_size=2, max_size=5,
)  # fmt: skip
YARDS = [USUAL, USUAL, TOWN, NOTHING, USUAL]


def test_new_cases_of_a_town_are_not_given_back_by_its_consultations():
    """12 consultations in b: of 30 new cases at least 18 would be a's."""
    counts, new = {"a": 60, "b": 12}, {"a": 26, "b": 4}
    of = dict.fromkeys(counts, USUAL)
    assert guarded_year(counts, counts, [72], of=of) == counts
    above, beneath = guarded_pair(Year(counts, counts, [72]), Year(new, new, [30]), of=of)
    assert (above, beneath) == ({"a": None, "b": None}, {"a": None, "b": None})


@settings(max_examples=60, deadline=None)
@given(places=places)
def test_an_attacker_with_both_breakdowns_finds_no_hidden_place(places):
    of = {str(n): YARDS[n] for n in range(len(places))}
    new = {str(n): a for n, (a, _) in enumerate(places)}
    counts = {str(n): a + b for n, (a, b) in enumerate(places)}
    above, beneath = guarded_pair(
        Year(counts, counts, [sum(counts.values())]), Year(new, new, [sum(new.values())]), of=of
    )
    bare = [
        ({("new", p): 1 for p in of}, sum(new.values())),
        ({("all", p): 1 for p in of}, sum(counts.values())),
    ]
    bare += [({("all", p): 1, ("new", p): -1, ("more", p): -1}, 0) for p in of]
    known = list(bare)
    for name, shown, true in (("all", above, counts), ("new", beneath, new)):
        for p, number in shown.items():
            if number is not None:
                assert number == true[p] and not of[p].hides(number)
                known.append(({(name, p): 1}, number))
    for name, shown in (("all", above), ("new", beneath)):
        for p, number in shown.items():
            if number is None:
                low, high = bounds((name, p), known)
                least, most = bounds((name, p), bare)
                assert high - low >= min(of[p].room, most - least), (name, p, low, high)
