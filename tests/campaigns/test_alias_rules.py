"""Which addresses are one mailbox: rules as data, written by admins, kept by each petition as it opened."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from campaigns.addresses import DEFAULT_ALIASES, canonical, parse_address, tag_rule
from campaigns.alias_rules import AliasRule, rules_now
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature
from tests.petitions.cast import at_once, make_petition, post
from tests.petitions.conftest import keystore

__all__ = ["keystore"]

DOMAINS = st.sampled_from(["a.example", "b.example", "c.example", "gmail.com", "googlemail.com"])
IGNORED = st.sampled_from(["", "dots", "plus", "dots plus"])
RULES = st.one_of(
    st.dictionaries(DOMAINS, DOMAINS, max_size=4), st.dictionaries(DOMAINS.map(tag_rule), IGNORED, max_size=3)
)
LOCALS = st.from_regex(r"[a-z0-9]+([.+][a-z0-9]+){0,3}", fullmatch=True).filter(lambda local: len(local) < 60)


@given(LOCALS, DOMAINS, IGNORED)
def test_what_a_provider_ignores_makes_no_other_mailbox_and_nothing_else_does(
    local: str, domain: str, ignored: str
) -> None:
    rules = {tag_rule(domain): ignored}
    plain = canonical(f"{local}@{domain}", rules)
    assert canonical(f"  {local}@{domain}".strip().upper(), rules) == plain
    assert (canonical(f"{local}+tag@{domain}", rules) == plain) == ("plus" in ignored)
    if "+" not in local:
        assert (canonical(f"x.{local}@{domain}", rules) == canonical(f"x{local}@{domain}", rules)) == (
            "dots" in ignored
        )


@given(LOCALS, DOMAINS, RULES)
def test_a_canonical_address_is_an_address(local: str, domain: str, rules: dict[str, str]) -> None:
    found = canonical(f"{local}@{domain}", rules)
    assert parse_address(found).typed == found
    assert canonical(f"{local}@{domain.upper()}", rules) == found


@given(LOCALS)
def test_gmail_is_known_without_any_rule(local: str) -> None:
    plain = canonical(f"{local}@gmail.com", {})
    assert plain == f"{local.partition('+')[0].replace('.', '')}@gmail.com"
    assert canonical(f"{local}@googlemail.com", DEFAULT_ALIASES) == plain


@pytest.mark.django_db
def test_rules_stand_on_the_built_in_ones_and_before_them() -> None:
    assert rules_now() == dict(DEFAULT_ALIASES)
    AliasRule.objects.create(domain="old.example", same_as="new.example")
    AliasRule.objects.create(domain="new.example", ignores_plus=True)
    AliasRule.objects.create(domain="pm.me")  # none any more
    rules = rules_now()
    assert canonical("Ada+x@OLD.example", rules) == "ada@new.example"
    assert canonical("a.da@new.example", rules) == "a.da@new.example"
    assert canonical("ada@pm.me", rules) == "ada@pm.me"
    assert canonical("a.d.a+x@googlemail.com", rules) == "ada@gmail.com"


@pytest.mark.django_db
def test_a_chain_leads_to_its_end_and_a_circle_to_one_domain() -> None:
    for domain, same_as in (("a.example", "b.example"), ("b.example", "c.example"), ("x.example", "y.example")):
        AliasRule.objects.create(domain=domain, same_as=same_as)
    AliasRule.objects.create(domain="y.example", same_as="x.example")
    rules = rules_now()
    found = {domain: canonical(f"ada@{domain}.example", rules) for domain in "abcxy"}
    assert len({found[domain] for domain in "abc"}) == 1
    assert len({found[domain] for domain in "xy"}) == 1


@pytest.mark.django_db
def test_an_open_petition_keeps_the_rules_it_opened_with() -> None:
    before = make_petition("before")
    AliasRule.objects.create(domain="old.example", same_as="new.example")
    after = make_petition("after")
    for petition, people in ((before, 2), (after, 1)):
        petition.pause()
        petition.open()
        post(petition, "ada@old.example")
        post(petition, "ada@new.example")
        assert Signature.objects.filter(petition=petition).count() == people


@pytest.mark.parametrize(
    ("domain", "same_as", "field"),
    [("no domain", "", "domain"), ("", "", "domain"), ("a.example", "localhost", "same_as"), ("1.2.3.4", "", "domain")],
)
@pytest.mark.django_db
def test_a_mistake_is_told_beside_its_field(domain: str, same_as: str, field: str) -> None:
    with pytest.raises(ValidationError) as problem:
        AliasRule(domain=domain, same_as=same_as).full_clean()
    assert field in problem.value.message_dict


@pytest.mark.django_db
def test_domains_are_stored_as_they_are_compared() -> None:
    rule = AliasRule(domain="@BÜCHER.example", same_as=" Other.Example ")
    rule.full_clean()
    assert (rule.domain, rule.same_as) == ("xn--bcher-kva.example", "other.example")


@pytest.mark.parametrize(
    "row",
    [
        {"domain": "UPPER.example"},
        {"domain": "plain"},
        {"domain": "a.example", "same_as": "a.example"},
        {"domain": "a.example", "same_as": "b.example", "ignores_dots": True},
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_what_no_rule_may_be(row: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AliasRule.objects.create(**row)


@pytest.mark.django_db(transaction=True)
def test_every_way_to_write_one_address_at_once_makes_one_row() -> None:
    petition: Petition = make_petition("many")
    ways = [
        f"{local}@{domain}"
        for local in ("ada", "a.da", "ADA", "ada+x", "A.D.A+petition")
        for domain in ("gmail.com", "GoogleMail.com")
    ]
    at_once(*[lambda way=way: post(petition, way, "Ada Lovelace") for way in ways * 5])
    row = Signature.objects.get(petition=petition)
    assert row.posts == len(ways) * 5
