"""How mails are claimed: the statements behind `campaigns.petitions.mail_source`.

`mailbox_mail` numbers the mails of a mailbox in a petition, and its primary key is the cap, whoever races:

- 1 to 4 are caused by posts, at most three of them within 24 hours; a mail still on its way covers a new post, and an
  address that the server refused gets no more.
- One of them may be a reminder, two days after the last mail to a mailbox where somebody still waits. When it is due
  stands in the row of mail 1 alone and is taken out by whoever claims it, so a mailbox is reminded once.
- 5 is kept for a request made from an earlier mail's page: posting somebody's address often cannot silence her. It
  always holds a link. A mailbox whose mails held codes alone gets it when the tries of its codes are used up; one whose
  mails lead nowhere any more, since every row that they were about is gone, gets it for the next post: nobody could
  ask for it from their pages, and four posts in time would else silence its owner for good.

Each statement is run on its own, autocommitted: nobody holds the lock of a signature's row while mail is sent, for
its signer's next post would have to wait. Rows are claimed with SKIP LOCKED (PostgreSQL manual, SELECT, "The Locking
Clause") and numbers inserted in one order, so mailers meet in no deadlock, however many there are.
"""

from datetime import timedelta

NO_ON_REQUEST = 5
REMIND_AFTER = timedelta(days=2)

# The row whose address and link the mail gets: the newest that waits, else one that is held, else a confirmed one.
# The row that stands for everyone past six has no address of its own (no blob), so it never is the one; nor is what
# was confirmed in safe mode, whose address is forgotten (an empty blob).
ROW_OF_BOX = """
    SELECT s.id, s.name_key, s.seed, s.blob, s.lang, s.state, s.code_only FROM signature s
    WHERE s.petition_id = box.petition_id AND s.email_key = box.email_key
      AND s.blob <> '' AND s.state IN (0, 1, 3)
    ORDER BY s.state = 0 DESC, s.state = 3 DESC, s.id DESC LIMIT 1"""

TAKE_NEW = f"""
    WITH due AS (
        SELECT id, petition_id, email_key, mail_due_at FROM signature
        WHERE mail_due_at <= now() ORDER BY mail_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), cleared AS (
        UPDATE signature s SET mail_due_at = NULL FROM due WHERE s.id = due.id
    ), box AS (
        SELECT petition_id, email_key, min(mail_due_at) AS since, min(id) AS first FROM due
        WHERE email_key IS NOT NULL GROUP BY petition_id, email_key
    ), numbered AS (
        SELECT box.petition_id, box.email_key, box.since, box.first, 1 + coalesce(mails.newest, 0) AS no, row.*
        FROM box CROSS JOIN LATERAL (
            SELECT max(no) FILTER (WHERE no < {NO_ON_REQUEST}) AS newest,
                   count(*) FILTER (WHERE no < {NO_ON_REQUEST} AND claimed_at > now() - interval '24 hours') AS today,
                   bool_or(EXISTS (SELECT FROM signature l WHERE l.id = m.signature_id)) AS leads_on,
                   bool_or(refused_at IS NOT NULL OR sending_at IS NULL) AS covered
            FROM mailbox_mail m WHERE m.petition_id = box.petition_id AND m.email_key = box.email_key
        ) mails CROSS JOIN LATERAL ({ROW_OF_BOX}) row
        WHERE (coalesce(mails.newest, 0) < {NO_ON_REQUEST} - 1 OR NOT mails.leads_on)
          AND mails.today < 3 AND mails.covered IS NOT TRUE
    ), given AS (
        INSERT INTO mailbox_mail (petition_id, email_key, no, signature_id, due_at)
        SELECT petition_id, email_key, no, id, now() + %(lease)s FROM numbered ORDER BY petition_id, email_key
        ON CONFLICT DO NOTHING
        RETURNING petition_id, email_key, due_at, tries
    )
    SELECT petition_id, email_key, numbered.no, given.due_at, given.tries,
           id, name_key, seed, blob, lang, state, code_only, false
    FROM given JOIN numbered USING (petition_id, email_key) ORDER BY since, first"""  # noqa: S608

REMINDER_DUE = "SELECT EXISTS (SELECT FROM mailbox_mail WHERE remind_at <= now())"

# Where a later mail left less than two days ago, the reminder moves behind it.
TAKE_REMINDERS = f"""
    WITH due AS (
        SELECT petition_id, email_key, no, remind_at FROM mailbox_mail
        WHERE remind_at <= now() ORDER BY remind_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), box AS (
        SELECT due.petition_id, due.email_key, due.remind_at, mails.*
        FROM due CROSS JOIN LATERAL (
            SELECT max(no) FILTER (WHERE no < {NO_ON_REQUEST}) AS newest,
                   max(sending_at) + interval '2 days' AS earliest,
                   bool_or(refused_at IS NOT NULL OR sending_at IS NULL) AS covered
            FROM mailbox_mail m WHERE m.petition_id = due.petition_id AND m.email_key = due.email_key
        ) mails
    ), cleared AS (
        UPDATE mailbox_mail m SET remind_at = CASE WHEN box.earliest > now() THEN box.earliest END
        FROM box JOIN due USING (petition_id, email_key)
        WHERE (m.petition_id, m.email_key, m.no) = (due.petition_id, due.email_key, due.no)
    ), numbered AS (
        SELECT box.petition_id, box.email_key, box.remind_at, 1 + box.newest AS no, row.*
        FROM box CROSS JOIN LATERAL ({ROW_OF_BOX}) row
        WHERE row.state = 0 AND box.earliest <= now() AND box.newest < {NO_ON_REQUEST} - 1 AND box.covered IS NOT TRUE
          AND box.petition_id = ANY(%(reminding)s::int[])
    ), given AS (
        INSERT INTO mailbox_mail (petition_id, email_key, no, signature_id, due_at, reminder)
        SELECT petition_id, email_key, no, id, now() + %(lease)s, true FROM numbered ORDER BY petition_id, email_key
        ON CONFLICT DO NOTHING
        RETURNING petition_id, email_key, due_at, tries
    )
    SELECT petition_id, email_key, numbered.no, given.due_at, given.tries,
           id, name_key, seed, blob, lang, state, code_only, true
    FROM given JOIN numbered USING (petition_id, email_key) ORDER BY remind_at, id"""  # noqa: S608

TAKE_AGAIN = f"""
    WITH again AS (
        SELECT petition_id, email_key, no, due_at FROM mailbox_mail
        WHERE sending_at IS NULL AND refused_at IS NULL AND due_at <= now()
        ORDER BY due_at, claimed_at, signature_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), box AS (
        UPDATE mailbox_mail m SET due_at = now() + %(lease)s FROM again
        WHERE (m.petition_id, m.email_key, m.no) = (again.petition_id, again.email_key, again.no)
        RETURNING m.petition_id, m.email_key, m.no, m.due_at, m.tries, m.signature_id, m.claimed_at,
                  m.reminder, again.due_at AS since
    )
    SELECT box.petition_id, box.email_key, box.no, box.due_at, box.tries, row.*, box.reminder
    FROM box LEFT JOIN LATERAL ({ROW_OF_BOX}) row ON true ORDER BY since, claimed_at, signature_id"""  # noqa: S608

# Who asked by address alone is mailed where there is somebody to mail, and never twice within two minutes. The requests
# go in any case: that nobody is there leaves nothing behind. Whose codes are used up needs a link, not another code.
TAKE_REQUESTS = f"""
    WITH due AS (
        SELECT petition_id, email_key FROM mail_request ORDER BY asked_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), box AS (
        DELETE FROM mail_request r USING due
        WHERE (r.petition_id, r.email_key) = (due.petition_id, due.email_key)
        RETURNING r.petition_id, r.email_key, r.codes_used_up
    ), linked AS (
        INSERT INTO mailbox_mail (petition_id, email_key, no, signature_id)
        SELECT box.petition_id, box.email_key, {NO_ON_REQUEST}, row.id
        FROM box CROSS JOIN LATERAL ({ROW_OF_BOX}) row
        WHERE box.codes_used_up AND row.state = 0 AND row.code_only
        ORDER BY box.petition_id, box.email_key
        ON CONFLICT DO NOTHING
    )
    UPDATE signature u SET mail_due_at = least(u.mail_due_at, greatest(now(), (
        SELECT max(claimed_at) + interval '2 minutes' FROM mailbox_mail m
        WHERE m.petition_id = box.petition_id AND m.email_key = box.email_key
    )))
    FROM box CROSS JOIN LATERAL ({ROW_OF_BOX}) row
    WHERE u.id = row.id AND NOT (box.codes_used_up AND row.state = 0 AND row.code_only)
    RETURNING u.id"""  # noqa: S608

DUE = """
    SELECT EXISTS (SELECT FROM mail_request)
        OR EXISTS (SELECT FROM signature WHERE mail_due_at <= now())
        OR EXISTS (SELECT FROM mailbox_mail WHERE remind_at <= now())
        OR EXISTS (SELECT FROM mailbox_mail WHERE sending_at IS NULL AND refused_at IS NULL AND due_at <= now())"""

# Claims that are ours still: who takes one again moves `due_at`.
OURS = """
    FROM unnest(%(petitions)s::int[], %(email_keys)s::bytea[], %(nos)s::smallint[], %(leases)s::timestamptz[])
         AS ours (petition_id, email_key, no, due_at)
    WHERE (m.petition_id, m.email_key, m.no, m.due_at) = (ours.petition_id, ours.email_key, ours.no, ours.due_at)"""
SENDING = f"""
    UPDATE mailbox_mail m SET sending_at = now(), remind_at = now() + %(after)s::interval {OURS}
    AND m.sending_at IS NULL RETURNING m.no"""  # noqa: S608
SENT = f"UPDATE mailbox_mail m SET sent_at = now() {OURS} RETURNING m.no"  # noqa: S608

QUEUE = """
    SELECT sum(n)::bigint, min(oldest) FROM (
        SELECT count(*) AS n, min(mail_due_at) AS oldest FROM signature WHERE mail_due_at <= now()
        UNION ALL
        SELECT count(*), min(claimed_at) FROM mailbox_mail WHERE sending_at IS NULL AND refused_at IS NULL
    ) waiting"""
