import * as z from 'zod';
import { inTransaction, openDatabase } from '#local/services/database.ts';

const Header = z.object({ name: z.string(), value: z.string() });
const Link = z.object({ url: z.string(), tags: z.record(z.string(), z.array(z.string())) });

/** A mail as its recipients see it: links and the pixel of tracked mails are in `html` already. */
const Mail = z.object({
  id: z.string(),
  at: z.number(),
  from: z.string(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  subject: z.string(),
  text: z.string().optional(),
  html: z.string().optional(),
  headers: z.array(Header),
  tags: z.record(z.string(), z.array(z.string())),
  configurationSet: z.string().optional(),
  /** What the tracked links of `html` lead to, by their number. */
  links: z.array(Link),
});
export type Mail = z.infer<typeof Mail>;

export const EventType = z.enum(['Send', 'Delivery', 'Open', 'Click', 'Bounce', 'Complaint']);
export type EventType = z.infer<typeof EventType>;

/** What came of a mail; `detail` is the object that SES's event carries under the name of its type. */
const MailEvent = z.object({
  n: z.number(),
  mail: z.string(),
  type: EventType,
  at: z.number(),
  detail: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
});
export type MailEvent = z.infer<typeof MailEvent>;

export interface MailWithEvents {
  readonly n: number;
  readonly mail: Mail;
  readonly events: readonly MailEvent[];
}

export type Mailbox = ReturnType<typeof openMailbox>;

/** Keeps every mail that was sent, and what came of it. */
export function openMailbox(dir: string) {
  const database = openDatabase(
    dir,
    'mail',
    `CREATE TABLE IF NOT EXISTS mails (
       n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipients TEXT NOT NULL,
       subject TEXT NOT NULL, mail TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS events (
       n INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
       detail TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0);
     CREATE INDEX IF NOT EXISTS events_by_mail ON events (mail, n);
     CREATE INDEX IF NOT EXISTS events_unpublished ON events (n) WHERE published = 0;`,
  );
  const insertMail = database.prepare(
    'INSERT INTO mails (id, recipients, subject, mail) VALUES (?, ?, ?, ?)',
  );
  const insertEvent = database.prepare('INSERT INTO events (mail, type, at, detail) VALUES (?, ?, ?, ?)');
  const markPublished = database.prepare('UPDATE events SET published = 1 WHERE n = ?');
  const unpublished = database.prepare('SELECT * FROM events WHERE published = 0 ORDER BY n');
  const eventsOf = database.prepare('SELECT * FROM events WHERE mail = ? ORDER BY n');
  const byId = database.prepare('SELECT n, mail FROM mails WHERE id = ?');
  const search = database.prepare(
    String.raw`SELECT n, mail FROM mails
     WHERE recipients LIKE ? ESCAPE '\' AND (recipients LIKE ? ESCAPE '\' OR subject LIKE ? ESCAPE '\') AND n < ?
     ORDER BY n DESC LIMIT ?`,
  );
  const countSince = database.prepare("SELECT COUNT(*) AS sent FROM events WHERE type = 'Send' AND at >= ?");

  function withEvents(row: Record<string, unknown>): MailWithEvents {
    const mail = Mail.parse(JSON.parse(String(row.mail)));
    return { n: Number(row.n), mail, events: eventsOf.all(mail.id).map((event) => MailEvent.parse(event)) };
  }

  return {
    add(mail: Mail, events: readonly { type: EventType; detail: object }[]): void {
      const recipients = [...mail.to, ...mail.cc, ...mail.bcc].join(' ');
      inTransaction(database, () => {
        insertMail.run(mail.id, recipients, mail.subject, JSON.stringify(mail));
        for (const event of events)
          insertEvent.run(mail.id, event.type, mail.at, JSON.stringify(event.detail));
      });
    },
    addEvent(mailId: string, event: { type: EventType; detail: object }): void {
      insertEvent.run(mailId, event.type, Date.now(), JSON.stringify(event.detail));
    },
    /** Those that nobody has been told of yet, a former process's included. */
    unpublished: () => unpublished.all().map((event) => MailEvent.parse(event)),
    markPublished: (event: MailEvent) => void markPublished.run(event.n),
    find(id: string): MailWithEvents | undefined {
      const row = byId.get(id);
      return row === undefined ? undefined : withEvents(row);
    },
    /** The latest first; `after` is the `n` of the last one on the page before. */
    search(o: { to?: string; text?: string; after?: number; limit: number }): MailWithEvents[] {
      const text = like(o.text);
      const before = o.after ?? Number.MAX_SAFE_INTEGER;
      return search.all(like(o.to), text, text, before, o.limit).map(withEvents);
    },
    sentSince: (at: number) => Number(countSince.get(at)?.sent ?? 0),
    close: () => database.close(),
  };
}

const like = (text = '') => `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
