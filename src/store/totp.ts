import { UserError } from '../domain/errors.ts';
import type { AuditEntry } from './audit-records.ts';
import { isOnRecord, recordEnrolment, recordRemoval } from './enrolments.ts';
import { seal, unseal } from './sealed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql } from './sql.ts';

export type Checked =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'not_enrolled' }
  /** `used`: right, but used before; wait for the next one. `left`: tries until it is locked. */
  | { readonly ok: false; readonly why: 'wrong' | 'used'; readonly left: number }
  /** Unix milliseconds. */
  | { readonly ok: false; readonly why: 'locked'; readonly until: number };

/** Second factors by RFC 6238: six digits every thirty seconds, SHA-1, as every authenticator app has them. */
export interface Totp {
  /**
   * A new secret, to be shown once to this person alone; undefined when they have one that works. Rejects with a `UserError`
   * when the audit log says that they have one and the database has none: somebody deleted it.
   */
  begin(
    person: string,
    label: string,
    at: number,
  ): Promise<{ readonly secret: string; readonly uri: string } | undefined>;
  /** Confirms an enrolment by its first code. */
  confirm(person: string, code: string, at: number): Promise<Checked>;
  /** Each code is good once. Five wrong ones lock for 15 minutes, and each five after that twice as long. */
  check(person: string, code: string, at: number): Promise<Checked>;
  enrolled(person: string): Promise<boolean>;
  /** Removes an enrolment, for a person who lost the device, and appends its record. False, and nothing, where there was none. */
  remove(person: string, record: AuditEntry): Promise<boolean>;
}

const TRIES = 5;
const LOCK_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;
const PERIOD_S = 30;

interface Row {
  readonly secret: string;
  readonly active: number;
  readonly last_step: number;
  readonly failures: number;
  readonly locked_until: number;
}

/** `hex` is the key the secrets are encrypted with: 32 bytes. Without it nobody can enrol or be checked. */
export function createTotp(sql: Sql, signer: Signer, hex: string | undefined): Totp {
  const key = () => {
    if (hex !== undefined) return Buffer.from(hex, 'hex');
    throw new UserError(
      'not_configured',
      'One-time codes are not set up: FAIRLEAD_TOTP_KEY is not set.',
      'Set it where Fairlead runs; `openssl rand -hex 32` makes one.',
    );
  };
  const check = async (tx: Queryable, attempt: Attempt): Promise<Checked> => {
    const { person, code, at, active } = attempt;
    const row = await find(tx, person);
    if (row?.active !== active) return { ok: false, why: 'not_enrolled' };
    const locked = await lockedUntil(tx, attempt, row);
    if (locked > at) return { ok: false, why: 'locked', until: locked };
    const step = await stepOf(open(key(), person, row.secret), code, at);
    if (step !== undefined && step > row.last_step) {
      await tx.query('update totp set active = 1, last_step = $2, failures = 0, locked_until = 0 where person = $1', [
        person,
        step,
      ]);
      await recordEnrolment(tx, signer, person, at);
      return { ok: true };
    }
    const failures = row.failures + 1;
    const until = failures % TRIES === 0 ? at + lockMs(failures) : 0;
    await tx.query('update totp set failures = $2, locked_until = $3 where person = $1', [person, failures, until]);
    if (until > 0) return { ok: false, why: 'locked', until };
    return { ok: false, why: step === undefined ? 'wrong' : 'used', left: TRIES - (failures % TRIES) };
  };
  const enrolled = async (person: string) => (await find(sql, person))?.active === 1;
  return {
    async begin(person, label, at) {
      const { Secret, TOTP } = await library();
      const secret = new Secret({ size: 20 });
      if (await enrolled(person)) return undefined;
      if (await isOnRecord(sql, signer, person)) throw lost();
      const added = await sql.query(
        `insert into totp (person, secret, active, last_step, failures, locked_until, enrolled_at)
         values ($1, $2, 0, 0, 0, 0, $3)
         on conflict (person) do update set secret = $2, last_step = 0, enrolled_at = $3 where totp.active = 0 returning person`,
        [person, seal(key(), person, secret.base32), at],
      );
      if (added.length === 0) return undefined;
      return { secret: secret.base32, uri: new TOTP({ issuer: 'Fairlead', label, secret }).toString() };
    },
    confirm: (person, code, at) => sql.tx((tx) => check(tx, { person, code, at, active: 0 })),
    check: (person, code, at) => sql.tx((tx) => check(tx, { person, code, at, active: 1 })),
    enrolled,
    remove: (person, record) =>
      sql.tx(async (tx) => {
        const wasOnRecord = await isOnRecord(tx, signer, person);
        const removed = await tx.query('delete from totp where person = $1 returning person', [person]);
        if (removed.length === 0 && !wasOnRecord) return false;
        await recordRemoval(tx, signer, record);
        return true;
      }),
  };
}

/** A code that somebody gives; `active` is 0 for the first, which confirms an enrolment. */
interface Attempt {
  readonly person: string;
  readonly code: string;
  readonly at: number;
  readonly active: 0 | 1;
}

/** How long so many wrong codes lock, a multiple of `TRIES`. */
const lockMs = (failures: number) => Math.min(LONGEST_LOCK_MS, LOCK_MS * 2 ** (failures / TRIES - 1));

/** When a lock ends. One whose end is further away than it lasts is from before the clock was set back: it begins again. */
async function lockedUntil(tx: Queryable, { person, at }: Attempt, row: Row): Promise<number> {
  const latest = at + lockMs(row.failures);
  if (row.locked_until <= latest) return row.locked_until;
  await tx.query('update totp set locked_until = $2 where person = $1', [person, latest]);
  return latest;
}

async function find(sql: Queryable, person: string): Promise<Row | undefined> {
  const [row] = await sql.query<Row>(
    'select secret, active, last_step, failures, locked_until from totp where person = $1',
    [person],
  );
  return row;
}

function open(key: Buffer, person: string, sealed: string): string {
  try {
    return unseal(key, person, sealed);
  } catch {
    throw new UserError(
      'not_configured',
      'The secret of your authenticator cannot be read with the FAIRLEAD_TOTP_KEY of today.',
      'Start Fairlead with the key it was enrolled under, or enrol again.',
    );
  }
}

const lost = () =>
  new UserError(
    'untrusted_record',
    'Your one-time code was set up before, and its record in the database is gone or was changed.',
    'An admin of Fairlead runs `fairlead audit verify` on the server, and then `fairlead totp remove <your id>`.',
  );

/** Loaded by the first code: few processes are ever given one. */
const library = () => import('otpauth');

/** The period the code belongs to: this one, or a neighbour's, since clocks differ. Undefined when it is wrong. */
async function stepOf(secret: string, code: string, at: number): Promise<number | undefined> {
  const { Secret, TOTP } = await library();
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD_S });
  const delta = totp.validate({ token: code.replace(/\s/gu, ''), timestamp: at, window: 1 });
  return delta === null ? undefined : Math.floor(at / 1000 / PERIOD_S) + delta;
}
