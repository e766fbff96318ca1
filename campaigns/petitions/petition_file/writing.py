"""Writing a petition file to the database, by key."""

from __future__ import annotations

from campaigns.models import Campaign
from campaigns.petitions.consent import publish_first_wording
from campaigns.petitions.petition_file.demo_signing import sign_as_demonstration
from campaigns.petitions.petition_file.parts import PetitionFile, PetitionItem, UpdateItem
from campaigns.petitions.petitions import Petition, PetitionText, Stage, publish_text
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from reports.content_loading import write
from reports.content_writing import PUBLISHED, Changes, made_from, worded_anew
from reports.editorial.corrections import Change
from reports.editorial.texts import TextState
from reports.report_file.parts import Columns


def write_petitions(file: PetitionFile, *, said: Change | None = None, dry_run: bool = False) -> Changes:
    """Store the petitions and say what changed; a dry run changes nothing.

    Words are written in one transaction. Then each petition opens, is signed where it is a demonstration, and closes if
    the file says so: acts that commit on their own, as they do in life, and that a second load does not repeat.
    `said`: what changes to words are that the public reads already. Raises NotSaid where there are some and it is not.
    """
    writer = _Writer(file, said)
    write(writer.changes, writer.write, dry_run=dry_run)
    if not dry_run:
        for item in file.petitions:
            _bring_to_stage(Petition.objects.get(key=item.key), item)
    return writer.changes


def _bring_to_stage(petition: Petition, item: PetitionItem) -> None:
    if petition.opened_at is None:
        petition.open(item.opened_at)
        if petition.demo:
            sign_as_demonstration(petition, item.demo)
    if petition.stage == Stage.CLOSED:
        return
    if petition.closes_at != item.closes_at:
        petition.closes_at = item.closes_at
        petition.save(update_fields=["closes_at"])
    if item.stage == Stage.CLOSED:
        petition.close(item.closes_at)


class _Writer:
    """One load, with what the file refers to by key."""

    def __init__(self, file: PetitionFile, said: Change | None) -> None:
        self.file = file
        self.changes = Changes(unread=file.needs_review, said=said)
        self.lang = {"original_lang": file.original_lang}

    def write(self) -> None:
        """Every petition with its words."""
        campaigns = {row.key: row for row in Campaign.objects.select_related("organisation")}
        for item in self.file.petitions:
            publish_first_wording(campaigns[item.campaign].organisation)
            self.petition(item, campaigns[item.campaign])

    def petition(self, item: PetitionItem, campaign: Campaign) -> None:
        """A petition, its texts and its news."""
        values = {**item.columns, "campaign_id": campaign.pk}
        first = {**PUBLISHED, **self.lang, "demo": campaign.demo}
        petition = self.changes.put(Petition, {"key": item.key}, values, **first)
        stored = {text.lang: text for text in petition.texts.all()}
        self.changes.count_versions([petition] if worded_anew(petition, stored, item.texts) else [])
        for lang, words in item.texts.items():
            self.text(petition, lang, {**words, **made_from(petition, stored.get(lang), words)})
        for update in item.updates:
            self.update(petition, update)

    def text(self, petition: Petition, lang: str, words: Columns) -> None:
        """Words in one language; a new wording becomes a new version that people sign from then on."""
        before = self.changes.total
        first = {"needs_review": lang in self.file.needs_review}
        text = self.changes.put(PetitionText, {"petition": petition, "lang": lang}, words, **first)
        if self.changes.total > before or text.state != TextState.PUBLISHED:
            publish_text(text)

    def update(self, petition: Petition, item: UpdateItem) -> None:
        """News that are there keep the day they were first told with."""
        match = {"petition": petition, "position": item.position}
        first = {"on": item.on, "outcome": item.outcome}
        update = self.changes.put(PetitionUpdate, match, {}, **first, **self.lang)
        self.changes.texts(PetitionUpdateText, "update", update, item.texts)
