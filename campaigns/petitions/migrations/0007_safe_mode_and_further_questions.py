"""Safe mode, and what a petition may ask in addition.

Whether a petition is in safe mode decides how its rows are keyed and sealed, so it is frozen when it opens. The rules of
the signatures are added without looking at the rows there are, which would hold up every signer; the next migration looks.
"""

from django.db import migrations, models


FORGETTING = r"""
ALTER TABLE signature
    ADD CONSTRAINT signature_one_person_if_safe CHECK (
        NOT (name_key = '\x0000000000000000'::bytea AND name_key IS NOT NULL) OR slot IS NULL OR slot = 1) NOT VALID,
    ADD CONSTRAINT signature_forgotten_if_safe CHECK (
        NOT (name_key = '\x0000000000000000'::bytea AND name_key IS NOT NULL) OR state = 0 OR length(blob) = 0) NOT VALID;
"""
NO_FORGETTING = """
ALTER TABLE signature DROP CONSTRAINT signature_one_person_if_safe, DROP CONSTRAINT signature_forgotten_if_safe;
"""
FROZEN = """
CREATE FUNCTION petitions_keep_safe_mode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'petition % was opened: whether it is in safe mode never changes', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_safe_mode BEFORE UPDATE ON petition FOR EACH ROW
    WHEN (OLD.opened_at IS NOT NULL AND NEW.safe_mode <> OLD.safe_mode) EXECUTE FUNCTION petitions_keep_safe_mode();
"""
NOT_FROZEN = """
DROP TRIGGER keep_safe_mode ON petition;
DROP FUNCTION petitions_keep_safe_mode();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_limit_counters"),
        ("petitions", "0006_flood_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="petition",
            name="ask_comment",
            field=models.BooleanField(
                default=False,
                help_text="At most 500 characters, optional, for you alone. Links are left out.",
                verbose_name="ask for a comment",
            ),
        ),
        migrations.AddField(
            model_name="petition",
            name="ask_place",
            field=models.CharField(
                blank=True,
                choices=[("", "nothing"), ("city", "the city"), ("postcode", "the postcode")],
                default="",
                help_text="Optional for whoever signs. Sealed like the name, and for the organisers alone.",
                max_length=8,
                verbose_name="ask in addition for",
            ),
        ),
        migrations.AddField(
            model_name="petition",
            name="safe_mode",
            field=models.BooleanField(
                default=False,
                help_text="For a petition that is dangerous to sign. No name is asked, one person signs with a mailbox, and the address is erased within minutes of its confirmation: you will never learn who signed, only how many, from which country and in which language. No news can be sent. The count moves hourly or daily, in tens. Address, page title and mail must not name the cause. Decide before opening: it can never be changed afterwards.",
                verbose_name="safe mode",
            ),
        ),
        migrations.AddConstraint(
            model_name="petition",
            constraint=models.CheckConstraint(
                condition=models.Q(("ask_place__in", ["", "city", "postcode"])),
                name="petition_ask_place",
                violation_error_message="Choose one of the values in the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="petition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("safe_mode", False),
                    models.Q(("ask_comment", False), ("ask_place", ""), ("linger", "safe")),
                    _connector="OR",
                ),
                name="petition_safe_mode",
                violation_error_message="In safe mode the count lingers, and nothing further is asked.",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(FORGETTING, NO_FORGETTING)],
            [
                migrations.AddConstraint(
                    model_name="signature",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_key", b"\x00\x00\x00\x00\x00\x00\x00\x00"), _negated=True),
                            ("slot", None),
                            ("slot", 1),
                            _connector="OR",
                        ),
                        name="signature_one_person_if_safe",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="signature",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_key", b"\x00\x00\x00\x00\x00\x00\x00\x00"), _negated=True),
                            ("state", 0),
                            ("blob__length", 0),
                            _connector="OR",
                        ),
                        name="signature_forgotten_if_safe",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
    ]
