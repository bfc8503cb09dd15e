"""Makes the consortium of the facts. Pure; what comes out has no address in it.

1. A core member is a member; a member that has left, or is called former, is former.
2. Each member has its seats, the affiliates together have theirs. Who sits there is whom the
   catalog names, in its order; a seat without a name is vacant.
3. Somebody who is named and is not among the people gets a record that says so.
4. Who stewards what comes from the products; a file of a stewardship adds its days.
5. Whom somebody works for comes from the list of people, without days; files of affiliations add
   days to that, and other times. The newest comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from peso.base.finding import Unknown
from peso.partnerships.consortium.bylaws import counted
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.facts import Facts
from peso.partnerships.consortium.privacy import Contact, public
from peso.partnerships.consortium.record import (
    ONGOING,
    UNDATED,
    Affiliation,
    Charter,
    Day,
    Kind,
    Office,
    Organization,
    Person,
    Seat,
    Stewardship,
    Term,
    WorkingGroup,
)
from peso.products.catalogs.consortium import Member
from peso.products.catalogs.consortium import Person as PersonFile
from peso.products.catalogs.consortium import WorkingGroup as GroupFile
from peso.products.catalogs.entry import slug

_KINDS: Final[dict[str, Kind]] = {"core": "member", "affiliate": "affiliate", "former": "former"}
_WITH_AFFILIATION: Final = re.compile(r"(?P<name>[^()]+?)\s*\([^()]*\)\s*")


def consortium_of(facts: Facts) -> Consortium:
    """Return the consortium that the facts describe."""
    organizations = tuple(sorted(_organizations(facts), key=lambda one: one.short_name.casefold()))
    groups = tuple(_group(name, one) for name, one in sorted(facts.groups.items()))
    offices = tuple(_offices(facts))
    named = _named(organizations, groups, offices, facts)
    return public(
        Consortium(
            bylaws=counted(facts.bylaws, facts.days.officers, facts.days.working_groups),
            organizations=organizations,
            people=tuple(_people(facts, named)),
            offices=offices,
            seats=tuple(_seats(facts, organizations)),
            seat_terms=tuple(
                sorted(
                    (one for one in facts.terms.values() if not one.office),
                    key=_begin,
                    reverse=True,
                )
            ),
            delegations=tuple(facts.delegations.values()),
            groups=groups,
            liaisons=tuple(facts.liaisons.values()),
            stewardships=tuple(_stewardships(facts, organizations)),
        )
    )


def contacts_of(facts: Facts) -> tuple[Contact, ...]:
    """Return how to write to people. Private: for who must write, never to be shown."""
    return tuple(
        Contact(person=one.name, email=one.email) for one in facts.people.values() if one.email
    )


def day_of(text: str, missing: Unknown) -> Day:
    """Return a day as files have it; unknown where there is none, or what is there is none."""
    if not text:
        return missing
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Unknown(unknown=f"{text[:40]!r} is no day")


def plain_name(text: str) -> str:
    """Return a name without the affiliation that some lists put behind it in parentheses."""
    found = _WITH_AFFILIATION.fullmatch(text)
    return found["name"] if found else text.strip()


def _organizations(facts: Facts) -> Iterator[Organization]:
    for name, member in facts.members.items():
        yield _member(name, member)
    for name, one in facts.organizations.items():
        if name not in facts.members:
            said = {key: value for key, value in one.plain().items() if key != "schema"}
            yield Organization.model_validate({**said, "slug": name})


def _member(name: str, member: Member) -> Organization:
    level = member.level if isinstance(member.level, str) else ""
    kind = "former" if member.left else _KINDS.get(level, "other")
    return Organization(
        slug=name,
        short_name=member.short_name,
        name=member.name,
        kind=kind,
        level=member.level,
        website=member.website,
        focus=member.focus_area,
        leads=tuple(map(plain_name, member.leads)),
        representatives=tuple(map(plain_name, member.representatives)),
        since=day_of(member.joined, UNDATED),
        until=day_of(member.left, ONGOING if kind != "former" else UNDATED),
    )


def _group(name: str, file: GroupFile) -> WorkingGroup:
    charter = Charter(
        purpose=file.purpose,
        lifetime=file.lifetime,
        membership=file.membership,
        reporting=file.reporting,
        relationships=file.relationships,
        additional=file.additional,
        status=file.status,
        reviewed=day_of(file.status_date, UNDATED),
    )
    return WorkingGroup(
        slug=name,
        name=file.name,
        description=file.description,
        chairs=tuple(map(plain_name, file.chairs)),
        meets=file.meeting_schedule,
        charter=charter,
        links=file.links,
    )


def _offices(facts: Facts) -> Iterator[Office]:
    """Yield the offices, with the terms that the catalog and the files of terms name."""
    names = (*facts.bylaws.offices, *(one.position for one in facts.officers.values()))
    held: dict[str, list[Term]] = {name: [] for name in names}
    for officer in facts.officers.values():
        since = officer.elected if isinstance(officer.elected, str) else ""
        why = officer.elected if isinstance(officer.elected, Unknown) else UNDATED
        person = plain_name(officer.name) if isinstance(officer.name, str) else officer.name
        term = Term(office=officer.position, person=person, since=day_of(since, why))
        held[officer.position].append(term)
    for term in facts.terms.values():
        if term.office:
            held.setdefault(term.office, []).append(term)
    for name, terms in held.items():
        newest = sorted(terms, key=_begin, reverse=True)
        yield Office(slug=slug(name), name=name, terms=tuple(newest))


def _begin(term: Term) -> date:
    return term.since if isinstance(term.since, date) else date.min


def _seats(facts: Facts, organizations: Iterable[Organization]) -> Iterator[Seat]:
    rule = facts.bylaws.seats
    for one in organizations:
        if one.kind == "member":
            yield from _holders(rule.body, rule.each_member, (one.slug,), one.representatives)
    affiliates = [one for one in organizations if one.kind == "affiliate"]
    names = dict.fromkeys(name for one in affiliates for name in one.representatives)
    count = rule.of_affiliates(len(affiliates))
    yield from _holders(rule.body, count, tuple(one.slug for one in affiliates), tuple(names))


def _holders(
    body: str, count: int, organizations: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[Seat]:
    vacant = Unknown(unknown="no representative is named")
    for number in range(count):
        holder = names[number] if number < len(names) else vacant
        yield Seat(body=body, number=number + 1, organizations=organizations, holder=holder)


def _named(
    organizations: Iterable[Organization],
    groups: Iterable[WorkingGroup],
    offices: Iterable[Office],
    facts: Facts,
) -> tuple[str, ...]:
    """Return everybody who is named anywhere, each once."""
    names: list[str | Unknown] = []
    for organization in organizations:
        names += (*organization.leads, *organization.representatives)
    for group in groups:
        names += group.chairs
    names += (term.person for office in offices for term in office.terms)
    names += (one.person for one in facts.terms.values())
    names += (one.person for one in facts.liaisons.values())
    names += (plain_name(one.person) for one in facts.affiliations.values())
    names += (name for one in facts.delegations.values() for name in (one.giver, one.to))
    return tuple(dict.fromkeys(one for one in names if isinstance(one, str) and one))


def _people(facts: Facts, named: Iterable[str]) -> Iterator[Person]:
    taken = set(facts.people)
    known = {one.name for one in facts.people.values()}
    works: dict[str, list[Affiliation]] = {}
    for one in facts.affiliations.values():
        said = {key: value for key, value in one.plain().items() if key not in {"schema", "person"}}
        works.setdefault(plain_name(one.person), []).append(Affiliation.model_validate(said))
    everybody = [_person(name, one, works.pop(one.name, [])) for name, one in facts.people.items()]
    for name in named:
        if name not in known:
            own, number = slug(name), 2
            while own in taken:
                own, number = f"{slug(name)}-{number}", number + 1
            taken.add(own)
            why = Unknown(unknown="the consortium's list of people does not have this name")
            told = _affiliations(Affiliation(organization=why), works.get(name, []))
            everybody.append(Person(slug=own, name=name, affiliations=told))
    yield from sorted(everybody, key=lambda one: one.name.casefold())


def _person(name: str, file: PersonFile, dated: list[Affiliation]) -> Person:
    listed = Affiliation(organization=file.affiliation, short=file.short_affiliation)
    return Person(
        slug=name,
        name=file.name,
        affiliations=_affiliations(listed, dated),
        homepage=file.homepage,
        linkedin=file.linkedin,
        github=file.github,
    )


def _affiliations(listed: Affiliation, dated: list[Affiliation]) -> tuple[Affiliation, ...]:
    """Return whom somebody works and worked for, what goes on before what is over.

    What the list says goes where a file says that the same goes on since a day; that nobody knows
    goes where a file says whoever it is.
    """
    same = {listed.organization, listed.short} - {""}
    unknown = isinstance(listed.organization, Unknown)
    ongoing = [one for one in dated if not isinstance(one.until, date)]
    told = any(unknown or one.organization in same or one.short in same for one in ongoing)

    def when(one: Affiliation) -> tuple[date, date]:
        until = one.until if isinstance(one.until, date) else date.max
        return until, one.since if isinstance(one.since, date) else date.min

    return tuple(sorted(dated if told else [listed, *dated], key=when, reverse=True))


def _stewardships(facts: Facts, organizations: Iterable[Organization]) -> Iterator[Stewardship]:
    slugs = {one.short_name: one.slug for one in organizations}
    names = {one.slug: one.name for one in facts.products}
    dated = {(one.product, one.organization) for one in facts.stewardships.values()}
    found = [
        one if one.name else one.model_copy(update={"name": names.get(one.product, "")})
        for one in facts.stewardships.values()
    ]
    why = Unknown(unknown="the catalog gives no day")
    for product in facts.products:
        for member in product.members:
            owner = slugs.get(member, slug(member))
            if (product.slug, owner) not in dated:
                found.append(
                    Stewardship(
                        product=product.slug, organization=owner, name=product.name, since=why
                    )
                )
    yield from sorted(found, key=lambda one: (one.name or one.product).casefold())
