"""What the DNS says about our sender: whether other servers can tell our mail from a forgery of it.

Sources: RFC 7208 (SPF), RFC 6376 and 8301 (DKIM and its keys), RFC 7489 (DMARC). A finding says what is wrong and what
to do; nothing here knows from which address the relay sends, so that a record names it is for the operator to see.
"""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dns.rdtypes.ANY.TXT import TXT

# Under these names relays and providers keep their keys by default.
USUAL_SELECTORS = (
    "default", "mail", "dkim", "selector1", "selector2", "google", "s1", "s2", "k1", "k2", "k3", "pm", "mg", "smtp",
    "brevo1", "brevo2", "mailjet", "fm1", "fm2",
)  # fmt: skip
MOST_LOOKUPS = 10
ASKING = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
FEWEST_BITS, GOOD_BITS = 1024, 2048


class Grade(enum.StrEnum):
    """How much a finding matters. `wrong` keeps mail from arriving."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line for the operator, and what to do about it."""

    grade: Grade
    about: str
    says: str
    to_do: str = ""


class NoAnswer(Exception):
    """The DNS could not be asked."""


@dataclass(frozen=True)
class Sender:
    """`domain` is that of the From header, `bounce_domain` of the envelope; `selectors` name the DKIM keys to look
    for, none meaning the usual ones."""

    domain: str
    bounce_domain: str
    selectors: Sequence[str] = ()


class SenderRecords:
    """Looks records up through a resolver."""

    def __init__(self, resolver: dns.resolver.Resolver) -> None:
        self._resolver = resolver

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, none if it has none. Raises NoAnswer."""
        found = [record for record in self._ask(name, "TXT") if isinstance(record, TXT)]
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found]

    def takes_mail(self, domain: str) -> bool:
        """Whether mail to a domain can arrive anywhere (RFC 5321, 5.1). Raises NoAnswer."""
        return any(True for kind in ("MX", "A", "AAAA") for _ in self._ask(domain, kind))

    def _ask(self, name: str, kind: str) -> Iterator[dns.rdata.Rdata]:
        try:
            yield from self._resolver.resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return
        except dns.exception.DNSException as problem:
            raise NoAnswer(f"{kind} of {name}: {type(problem).__name__}") from None


def check_sender(sender: Sender, resolver: dns.resolver.Resolver) -> list[Finding]:
    """Everything that the DNS tells about the sender, in the order in which to mend it."""
    records = SenderRecords(resolver)
    try:
        policy, dmarc = _dmarc(sender.domain, records)
        return [
            *_spf(sender, records),
            *_dkim(sender, records),
            *dmarc,
            *_alignment(sender, policy),
            *_mx(sender, records),
        ]
    except NoAnswer as problem:
        to_do = "Check the name servers of this machine, or name one with --nameserver."
        return [Finding(Grade.WRONG, "DNS", f"cannot be asked ({problem}).", to_do)]


def _spf(sender: Sender, records: SenderRecords) -> Iterator[Finding]:
    domain = sender.bounce_domain
    found = [text for text in records.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if len(found) != 1:
        says = f"{domain} has {len(found)} SPF records; it must have one."
        yield Finding(
            Grade.WRONG, "SPF", says, f'Publish one TXT record at {domain}, like "v=spf1 include:<relay> -all".'
        )
        return
    terms = found[0].lower().split()[1:]
    if any(term in {"all", "+all"} for term in terms):
        yield Finding(Grade.WRONG, "SPF", "lets the whole world send in our name.", "End the record with -all or ~all.")
    elif not any(term.endswith("all") or term.startswith("redirect=") for term in terms):
        yield Finding(
            Grade.DOUBTFUL, "SPF", "says nothing about senders it does not name.", "End the record with -all."
        )
    elif "?all" in terms:
        yield Finding(Grade.DOUBTFUL, "SPF", "takes no side (?all).", "End the record with -all or ~all.")
    else:
        yield Finding(
            Grade.GOOD, "SPF", f"{domain}: {found[0]}", "See that it names the address your relay sends from."
        )
    lookups = _lookups(found[0], records, {domain})
    if lookups > MOST_LOOKUPS:
        says = f"needs {lookups} look-ups; receivers stop at {MOST_LOOKUPS} and call it an error."
        yield Finding(Grade.WRONG, "SPF", says, "Take out includes that you no longer send through.")


def _lookups(record: str, records: SenderRecords, seen: set[str]) -> int:
    """How often a receiver must ask; never follows more than it would."""
    count = 0
    for term in record.lower().split()[1:]:
        bare = term.lstrip("+-~?")
        if not any(bare == mark or bare.startswith((mark, f"{mark}:", f"{mark}/")) for mark in ASKING if bare != "all"):
            continue
        count += 1
        target = bare.partition(":")[2] if bare.startswith("include:") else bare.partition("redirect=")[2]
        if target and target not in seen and len(seen) <= MOST_LOOKUPS:
            seen.add(target)
            inner = [text for text in records.texts(target) if text.lower().startswith("v=spf1")]
            count += _lookups(inner[0], records, seen) if inner else 0
    return count


def _dkim(sender: Sender, records: SenderRecords) -> Iterator[Finding]:
    keys = 0
    for selector in sender.selectors or USUAL_SELECTORS:
        name = f"{selector}._domainkey.{sender.domain}"
        for record in records.texts(name):
            keys += 1
            yield _dkim_key(name, _tags(record))
    if keys == 0:
        named = ", ".join(sender.selectors)
        says = f"no key of {sender.domain} under {named or 'any of the usual selectors'}."
        to_do = "Let your relay sign with this domain, publish the record it shows, and name it with --selector."
        yield Finding(Grade.WRONG if named else Grade.DOUBTFUL, "DKIM", says, to_do)


def _dkim_key(name: str, tags: Mapping[str, str]) -> Finding:
    if not tags.get("p"):
        return Finding(
            Grade.WRONG, "DKIM", f"the key at {name} is withdrawn (empty p=).", "Publish the relay's new key."
        )
    if tags.get("k", "rsa") == "ed25519":
        return Finding(
            Grade.GOOD, "DKIM", f"{name} holds an Ed25519 key.", "Keep an RSA key beside it: many know no other."
        )
    bits = _rsa_bits(tags["p"])
    if bits is None:
        return Finding(Grade.WRONG, "DKIM", f"the key at {name} cannot be read.", "Copy the record again, as one line.")
    if bits < FEWEST_BITS:
        return Finding(
            Grade.WRONG, "DKIM", f"the key at {name} has {bits} bits; receivers ignore it.", "Use 2048 bits."
        )
    grade, to_do = (Grade.GOOD, "") if bits >= GOOD_BITS else (Grade.DOUBTFUL, "Use 2048 bits.")
    return Finding(grade, "DKIM", f"{name} holds an RSA key of {bits} bits.", to_do)


def _rsa_bits(text: str) -> int | None:
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def _dmarc(domain: str, records: SenderRecords) -> tuple[Mapping[str, str], list[Finding]]:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = f"_dmarc.{'.'.join(labels[start:])}"
        found = [text for text in records.texts(name) if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(found) > 1:
            says = f"{name} has {len(found)} records; receivers then ignore all."
            return {}, [Finding(Grade.WRONG, "DMARC", says, "Keep one.")]
        if found:
            tags = _tags(found[0])
            return tags, list(_dmarc_policy(name, tags))
    to_do = (
        f'Publish "v=DMARC1; p=quarantine; rua=mailto:…" at _dmarc.{domain}. Big providers refuse bulk mail without.'
    )
    return {}, [Finding(Grade.WRONG, "DMARC", f"{domain} has no DMARC record.", to_do)]


def _dmarc_policy(name: str, tags: Mapping[str, str]) -> Iterator[Finding]:
    policy = tags.get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        yield Finding(Grade.WRONG, "DMARC", f"{name} has no valid p=.", "Set p=quarantine, or p=reject.")
    elif policy == "none":
        says = f"{name} only watches (p=none): a forgery of our mail is delivered."
        yield Finding(Grade.DOUBTFUL, "DMARC", says, "Once the reports show only your own mail, set p=quarantine.")
    else:
        yield Finding(Grade.GOOD, "DMARC", f"{name}: p={policy}")


def _alignment(sender: Sender, policy: Mapping[str, str]) -> Iterator[Finding]:
    """Whether SPF speaks for the domain that people read. The organisation's domain is taken to be the last two labels
    where neither domain lies below the other: the list of public suffixes is not asked."""
    ours, envelope = sender.domain, sender.bounce_domain
    related = (
        ours.endswith(f".{envelope}")
        or envelope.endswith(f".{ours}")
        or ours.split(".")[-2:] == envelope.split(".")[-2:]
    )
    strict = policy.get("aspf", "r").lower() == "s"
    if ours == envelope or (related and not strict):
        yield Finding(Grade.GOOD, "Alignment", f"the envelope's domain {envelope} speaks for {ours}.")
        return
    says = f"the envelope's domain {envelope} does not count for {ours}{' (aspf=s)' if strict else ''}: only DKIM does."
    yield Finding(
        Grade.DOUBTFUL, "Alignment", says, "Set UPSTANDER_BOUNCE_ADDRESS to an address of the sender's domain."
    )


def _mx(sender: Sender, records: SenderRecords) -> Iterator[Finding]:
    for domain in dict.fromkeys([sender.bounce_domain, sender.domain]):
        if not records.takes_mail(domain):
            says = (
                f"no mail can be delivered to {domain}: bounces and answers are lost, and some servers refuse our mail."
            )
            yield Finding(Grade.WRONG, "MX", says, f"Publish an MX record at {domain}.")


def _tags(record: str) -> dict[str, str]:
    """`tag=value; …` (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
