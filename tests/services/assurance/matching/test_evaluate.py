from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.services.assurance.advisories.record import Affected, Range, scheme_of
from peso.services.assurance.matching.evaluate import evaluate
from peso.services.assurance.matching.order import Scheme


def affected(
    *events: dict[str, str],
    versions: tuple[str, ...] = (),
    kind: str = "ECOSYSTEM",
    ecosystem: str = "PyPI",
    doubt: str = "",
) -> Affected:
    scheme = scheme_of(ecosystem)
    order = {"ECOSYSTEM": scheme, "SEMVER": "semver"}.get(kind, kind)
    steps = tuple(step for event in events for step in event.items())
    ranges = (Range(type=kind, events=steps, scheme=order, doubt=doubt),) if events else ()
    return Affected(keys=((ecosystem, "a"),), ranges=ranges, versions=versions, scheme=scheme)


def answer(entry: Affected, version: str) -> str:
    return evaluate([entry], version).answer


INTRODUCED, FIXED, LAST, LIMIT = (
    {"introduced": "1.2"},
    {"fixed": "2.0"},
    {"last_affected": "2.0"},
    {"limit": "3.0"},
)
ZERO = {"introduced": "0"}


@pytest.mark.parametrize(
    ("events", "version", "said"),
    [
        ((INTRODUCED, FIXED), "1.1", "not affected"),
        ((INTRODUCED, FIXED), "1.2", "affected"),
        ((INTRODUCED, FIXED), "1.2.0", "affected"),
        ((INTRODUCED, FIXED), "1.10", "affected"),
        ((INTRODUCED, FIXED), "2.0", "not affected"),
        ((INTRODUCED, FIXED), "2.0rc1", "affected"),
        ((INTRODUCED, FIXED), "2.0.post1", "not affected"),
        ((FIXED, INTRODUCED), "1.5", "affected"),
        ((INTRODUCED, LAST), "2.0", "affected"),
        ((INTRODUCED, LAST), "2.0.post1", "not affected"),
        ((INTRODUCED, LAST), "2.0+cu118", "affected"),
        ((INTRODUCED, FIXED), "2.0+cu118", "not affected"),
        ((ZERO, FIXED), "0.0.dev0", "affected"),
        ((ZERO,), "999!1", "affected"),
        ((ZERO, LIMIT), "2.9", "affected"),
        ((ZERO, LIMIT), "3.0", "not affected"),
        ((ZERO, LIMIT, {"limit": "4.0"}), "3.5", "affected"),
        ((ZERO, LIMIT, {"limit": "*"}), "99", "affected"),
        ((INTRODUCED, FIXED, {"introduced": "2.5"}, {"fixed": "2.6"}), "2.5.1", "affected"),
        ((INTRODUCED, FIXED, {"introduced": "2.5"}, {"fixed": "2.6"}), "2.4", "not affected"),
        # at one version the record's own order counts
        ((INTRODUCED, FIXED, {"introduced": "2.0"}, {"fixed": "3.0"}), "2.0", "affected"),
        (({"introduced": "2.0"}, FIXED), "2.0", "not affected"),
        (({"introduced": "2.0"}, LAST), "2.0", "affected"),
        ((LAST, {"introduced": "2.0"}), "2.1", "not affected"),
    ],
)
def test_events_on_a_line_decide(
    events: tuple[dict[str, str], ...], version: str, said: str
) -> None:
    assert answer(affected(*events), version) == said


def test_a_range_may_begin_after_a_version() -> None:
    entry = affected({"after": "1.2"}, FIXED)
    assert [answer(entry, one) for one in ("1.1", "1.2.0", "1.2.1", "2.0")] == [
        "not affected",
        "not affected",
        "affected",
        "not affected",
    ]


def test_a_version_in_a_range_of_doubt_is_unknown() -> None:
    entry = affected(INTRODUCED, FIXED, doubt="only together with a toaster")
    assert answer(entry, "1.0") == "not affected"
    said = evaluate([entry], "1.5")
    assert (said.answer, said.reason) == ("unknown", "only together with a toaster")
    assert evaluate([entry, affected(ZERO)], "1.5").answer == "affected"


def test_a_listed_version_is_affected_whatever_the_range_says() -> None:
    entry = affected(ZERO, {"fixed": "1.0"}, versions=("1.0", "3.0.0"))
    assert answer(entry, "1.0.0") == "affected"
    assert answer(entry, "3.0") == "affected"
    assert answer(entry, "3.1") == "not affected"
    assert answer(affected(versions=("4.11-final",)), "4.11-final") == "affected"
    assert answer(affected(versions=("4.11-final",)), "4.11") == "not affected"


def test_the_lowest_fix_above_the_version_is_named() -> None:
    entry = affected(ZERO, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.5"})
    assert evaluate([entry], "1.0").fixed == "1.5"
    assert evaluate([entry], "2.1").fixed == "2.5"
    assert evaluate([entry], "1.7").fixed is None


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (affected(ZERO, {"fixed": "1.0-final-2"}), "'1.0-final-2' is not a PEP 440 version"),
        (affected({"fixed": "1.0"}), "no beginning"),
        (affected(ZERO, {"mended": "1.0"}), "an event mended"),
        (affected(ZERO, kind="GIT"), "git commits only"),
        (affected({"introduced": "abc", "fixed": "def"}, versions=("0.1",), kind="GIT"), "git"),
        (affected(ZERO, kind="LUNAR"), "the order of LUNAR versions is not known here"),
        (affected(), "neither versions nor ranges"),
        (affected(ZERO, ecosystem="Spack"), "is not known here"),
        (affected(versions=("2.0",), ecosystem="Spack"), "the order of its versions"),
        (affected({"introduced": "1.x"}, kind="SEMVER"), "'1.x' is not a semantic version"),
    ],
)
def test_what_cannot_be_decided_is_unknown_with_the_reason(entry: Affected, why: str) -> None:
    said = evaluate([entry], "0.5")
    assert said.answer == "unknown"
    assert why in said.reason


def test_a_version_that_cannot_be_ordered_is_unknown() -> None:
    assert answer(affected(ZERO, FIXED), "final") == "unknown"


def test_git_ranges_beside_others_are_left_out() -> None:
    numbers = affected(ZERO, {"fixed": "1.0"})
    both = replace(numbers, ranges=(*affected(ZERO, kind="GIT").ranges, *numbers.ranges))
    assert answer(both, "1.0") == "not affected"


def test_of_several_entries_the_worst_answer_counts() -> None:
    clean, unsure, hit = affected(ZERO, {"fixed": "1.0"}), affected(), affected(ZERO)
    assert evaluate([clean, unsure, hit], "2.0").answer == "affected"
    assert evaluate([clean, unsure], "2.0").answer == "unknown"
    assert evaluate([clean], "2.0").answer == "not affected"
    assert evaluate([], "2.0").answer == "not affected"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.0.0-alpha", "affected"),
        ("1.0.0", "not affected"),
        ("1.0", "not affected"),
        ("v0.9.9", "affected"),
        ("1.0.0+build.5", "not affected"),
        ("1.0rc1", "unknown"),
    ],
)
def test_semver_ranges_have_their_own_order(version: str, said: str) -> None:
    assert answer(affected(ZERO, {"fixed": "1.0.0"}, kind="SEMVER"), version) == said


NUMBERS = st.lists(st.integers(1, 30), min_size=1, max_size=6, unique=True).map(sorted)


@given(NUMBERS, st.integers(0, 31), st.randoms(use_true_random=False))
def test_ranges_agree_with_plain_intervals_in_whatever_order_events_come(
    bounds: list[int], version: int, random: object
) -> None:
    kinds = ["introduced", "fixed"]
    events = [{kinds[place % 2]: str(number)} for place, number in enumerate(bounds)]
    pairs = zip(bounds[::2], [*bounds[1::2], 99], strict=False)
    inside = any(low <= version < high for low, high in pairs)
    random.shuffle(events)  # type: ignore[attr-defined]
    assert answer(affected(*events), str(version)) == ("affected" if inside else "not affected")


WORDS = st.one_of(
    st.text(max_size=6), st.sampled_from(["0", "*", "1.0", "2.0rc1", "main", "1:2-3"])
)
ANYTHING = st.builds(
    Affected,
    ranges=st.lists(
        st.builds(
            Range,
            type=st.sampled_from(["ECOSYSTEM", "SEMVER", "GIT", "LUNAR"]),
            events=st.lists(
                st.tuples(
                    st.sampled_from(
                        ["introduced", "fixed", "last_affected", "limit", "after", "mended"]
                    ),
                    WORDS,
                ),
                max_size=4,
            ).map(tuple),
            scheme=st.sampled_from(["", "pep440", "semver", "spack", "openssl", "deb", "git"]),
            doubt=st.sampled_from(["", "perhaps"]),
        ),
        max_size=2,
    ).map(tuple),
    versions=st.lists(WORDS, max_size=3).map(tuple),
    scheme=st.sampled_from(["", "pep440", "semver", "roman"]),
)
SCHEMES: list[Scheme | None] = [
    None,
    "spack",
    "pep440",
    "openssl",
    "openssh",
    "calver",
    "deb",
    "rpm",
]


@given(ANYTHING, WORDS, st.sampled_from(SCHEMES))
def test_whatever_a_record_says_there_is_an_answer(
    entry: Affected, version: str, scheme: Scheme | None
) -> None:
    said = evaluate([entry], version, scheme)
    assert said.answer in {"affected", "not affected", "unknown"}
    assert bool(said.reason) is (said.answer == "unknown")


def test_affected_from_above_a_version_is_not_affected_at_it() -> None:
    entry = affected({"after": "1.2"}, FIXED)
    assert [answer(entry, version) for version in ("1.2", "1.2.post1", "2.0")] == [
        "not affected",
        "affected",
        "not affected",
    ]


@pytest.mark.parametrize(
    ("span", "listed", "product", "version", "said"),
    [
        ("semver", "", "openssl", "1.1.1w", "affected"),  # the project's own order reads it
        ("spack", "", "openssl", "1.1.1w", "affected"),
        ("", "", "openssl", "1.1.1w", "affected"),
        ("openssl", "", "spack", "1.1.1w", "affected"),  # the record knows better than a default
        ("semver", "", "pep440", "1.0rc1", "unknown"),
        ("semver", "", None, "1.0.0-rc1", "affected"),
        ("roman", "", "spack", "1.0", "unknown"),
        ("", "roman", "spack", "1.0", "unknown"),
        ("", "", None, "1.0", "unknown"),
    ],
)
def test_the_record_s_order_counts_or_else_the_product_s(
    span: str, listed: str, product: Scheme | None, version: str, said: str
) -> None:
    whole = Range(type="ECOSYSTEM", events=(("introduced", "0"), ("fixed", "2.0")), scheme=span)
    entry = Affected(ranges=(whole,), scheme=listed)
    assert evaluate([entry], version, product).answer == said
