import { createHmac } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { auditEntry, freshStore } from './fixture.ts';
import { KEYS } from './keys.ts';
import { race } from './processes.ts';

const KEY = 'a1'.repeat(32);
const AT = 1_800_000_000_000;
const PERIOD = 30_000;
const fixture = freshStore();

/** What the person's device shows, by RFC 4226 and 6238, with none of the code under test. */
function codeAt(secret: string, at: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / PERIOD)));
  const mac = createHmac('sha1', Buffer.from(Secret.fromBase32(secret).bytes))
    .update(counter)
    .digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
function wrongAt(secret: string, at: number): string {
  const right = new Set([-1, 0, 1].map((step) => codeAt(secret, at + step * PERIOD)));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.has(code)) ?? '';
}
const open = (key: string | undefined = KEY) => openStore(fixture.url, { ...KEYS, totp: key });
async function enrolled(person = 'U0OPS1') {
  const store = await open();
  const begun = await store.totp.begin(person, 'ops@example.com', AT);
  if (!begun) throw new Error('enrolled before');
  expect(await store.totp.confirm(person, codeAt(begun.secret, AT), AT)).toEqual({ ok: true });
  return { store, ...begun };
}

describe('a second factor', () => {
  it('counts from its first right code on', async () => {
    const store = await open();
    expect(await store.totp.check('U0OPS1', '000000', AT)).toEqual({ ok: false, why: 'not_enrolled' });
    const lost = await store.totp.begin('U0OPS1', 'ops@example.com', AT);
    const begun = await store.totp.begin('U0OPS1', 'ops@example.com', AT);
    if (!lost || !begun) throw new Error('nothing begun');
    expect(begun.uri).toContain('otpauth://totp/Fairlead:ops%40example.com?issuer=Fairlead&secret=');
    expect(await store.totp.enrolled('U0OPS1')).toBe(false);
    expect(await store.totp.check('U0OPS1', codeAt(begun.secret, AT), AT)).toMatchObject({ why: 'not_enrolled' });
    expect(await store.totp.confirm('U0OPS1', codeAt(lost.secret, AT), AT)).toMatchObject({ why: 'wrong' });
    expect(await store.totp.confirm('U0OPS1', codeAt(begun.secret, AT), AT)).toEqual({ ok: true });
    expect(await store.totp.enrolled('U0OPS1')).toBe(true);
    await store.close();
  });

  it('cannot be replaced from a Slack session: only removed on the server, and set up again', async () => {
    const { store, secret } = await enrolled();
    expect(await store.totp.begin('U0OPS1', 'x', AT)).toBeUndefined();
    expect(await store.totp.confirm('U0OPS1', codeAt(secret, AT), AT)).toMatchObject({ why: 'not_enrolled' });
    const record = auditEntry({ person: 'U0OPS1', operator: 'root (0)' });
    expect(await store.totp.remove('U0OPS1', record)).toBe(true);
    expect(await store.totp.remove('U0OPS1', record)).toBe(false);
    expect(await store.totp.begin('U0OPS1', 'x', AT)).toBeDefined();
    await store.close();
  });

  it('takes the code of this period or a neighbour, with a blank in it, each once', async () => {
    const { store, secret } = await enrolled();
    const check = (code: string, at: number) => store.totp.check('U0OPS1', code, at);
    const later = AT + 10 * PERIOD;
    const code = codeAt(secret, later - PERIOD);
    expect(await check(`${code.slice(0, 3)} ${code.slice(3)}`, later)).toEqual({ ok: true });
    expect(await check(code, later)).toEqual({ ok: false, why: 'used', left: 4 });
    expect(await check(codeAt(secret, later + PERIOD), later)).toEqual({ ok: true });
    // An older one that was never used is worth nothing once a newer one was.
    expect(await check(codeAt(secret, later), later)).toMatchObject({ why: 'used' });
    expect(await check(codeAt(secret, later + 2 * PERIOD), later)).toMatchObject({ why: 'wrong' });
    await store.close();
  });

  it('is locked by five wrong codes, for longer each time, until a right one', async () => {
    const { store, secret } = await enrolled();
    let at = AT + PERIOD;
    const answers: unknown[] = [];
    for (let round = 0; round < 9; round += 1) {
      for (let attempt = 0; attempt < 5; attempt += 1)
        answers.push(await store.totp.check('U0OPS1', wrongAt(secret, at), at));
      const last = answers.at(-1) as { why: string; until: number };
      const minutes = [15, 30, 60, 120, 240, 480, 960, 1440, 1440][round];
      expect(last).toEqual({ ok: false, why: 'locked', until: at + (minutes ?? 0) * 60_000 });
      // The right code does not open it either.
      expect(await store.totp.check('U0OPS1', codeAt(secret, at), at)).toMatchObject({ why: 'locked' });
      at = last.until;
    }
    expect(answers.slice(0, 4)).toEqual([4, 3, 2, 1].map((left) => ({ ok: false, why: 'wrong', left })));
    expect(await store.totp.check('U0OPS1', codeAt(secret, at), at)).toEqual({ ok: true });
    expect(await store.totp.check('U0OPS1', wrongAt(secret, at), at)).toMatchObject({ why: 'wrong', left: 4 });
    await store.close();
  });

  it('is locked no longer than that where the clock was a day ahead, and is set back', async () => {
    const { store, secret } = await enrolled();
    const ahead = AT + 24 * 3_600_000;
    for (let attempt = 0; attempt < 5; attempt += 1) await store.totp.check('U0OPS1', wrongAt(secret, ahead), ahead);
    const at = AT + PERIOD;
    const until = at + 15 * 60_000;

    expect(await store.totp.check('U0OPS1', codeAt(secret, at), at)).toEqual({ ok: false, why: 'locked', until });
    expect(await store.totp.check('U0OPS1', codeAt(secret, until - 1), until - 1)).toMatchObject({
      why: 'locked',
      until,
    });
    expect(await store.totp.check('U0OPS1', codeAt(secret, until), until)).toEqual({ ok: true });
    await store.close();
  });

  it('is not on disk as it is, and cannot be moved to another person', async () => {
    const { store, secret } = await enrolled();
    await store.close();
    const db = new DatabaseSync(fixture.url.slice(5));
    const row = db.prepare('select secret from totp').get() as { secret: string };
    expect(Buffer.from(row.secret, 'base64').toString('latin1')).not.toContain(secret);
    db.exec(`insert into totp select 'U0DEV1', secret, 1, 0, 0, 0, 0 from totp`);
    db.close();
    const again = await open();
    const at = AT + PERIOD;
    await expect(again.totp.check('U0DEV1', codeAt(secret, at), at)).rejects.toThrow('cannot be read');
    expect(await again.totp.check('U0OPS1', codeAt(secret, at), at)).toEqual({ ok: true });
    await again.close();
  });

  it.each(['delete from totp', 'update totp set active = 0'])(
    'is not set up again by a Slack session after %s, until it is removed on the server',
    async (change) => {
      const { store } = await enrolled();
      const tamper = (statement: string) => {
        const db = new DatabaseSync(fixture.url.slice(5));
        db.exec(statement);
        db.close();
      };
      expect(await store.verify()).toMatchObject({ ok: true });
      tamper(change);

      await expect(store.totp.begin('U0OPS1', 'x', AT)).rejects.toMatchObject({ reason: 'untrusted_record' });
      expect((await store.verify()).missing).toEqual([expect.stringMatching(/^totp U0OPS1: /u)]);
      // Nor does a record without the key take the enrolment back.
      const forged = JSON.stringify(auditEntry({ person: 'U0OPS1', command: 'totp', reason: 'removed' }));
      tamper(`insert into audit (seq, at, kind, person, channel, command, entry, prev, hash, mac)
        select 99, 1, 'event', 'U0OPS1', '', 'totp', '${forged}', prev, hash, mac from audit order by seq desc limit 1`);
      await expect(store.totp.begin('U0OPS1', 'x', AT)).rejects.toMatchObject({ reason: 'untrusted_record' });
      tamper('drop trigger audit_no_delete; delete from audit where seq = 99');

      expect(await store.totp.remove('U0OPS1', auditEntry({ person: 'U0OPS1' }))).toBe(true);
      expect(await store.totp.begin('U0OPS1', 'x', AT)).toBeDefined();
      expect(await store.verify()).toMatchObject({ ok: true });
      await store.close();
    },
  );

  it('needs the key it was enrolled under', async () => {
    const { store, secret } = await enrolled();
    await store.close();
    const at = AT + PERIOD;
    const other = await open('b2'.repeat(32));
    await expect(other.totp.check('U0OPS1', codeAt(secret, at), at)).rejects.toThrow('FAIRLEAD_TOTP_KEY of today');
    await other.close();
    await expect(fixture.store.totp.check('U0OPS1', codeAt(secret, at), at)).rejects.toThrow(
      'FAIRLEAD_TOTP_KEY is not set',
    );
    await expect(fixture.store.totp.begin('U0NEW1', 'x', at)).rejects.toThrow('FAIRLEAD_TOTP_KEY is not set');
  });

  it('is used once by three processes that get the same code at once', async () => {
    const { store, secret } = await enrolled();
    await store.close();
    const codes = Array.from({ length: 40 }, (_, index) => {
      const at = AT + (index + 1) * PERIOD;
      return { at, code: codeAt(secret, at) };
    });
    const told = await race<{ at: number; ok: boolean }>(
      fixture.url,
      3,
      `for (const { at, code } of ${JSON.stringify(codes)}) {
        const { ok } = await store.totp.check('U0OPS1', code, at);
        tell({ at, ok });
      }`,
      KEY,
    );
    const accepted = told.filter(({ ok }) => ok).map(({ at }) => at);
    expect(new Set(accepted).size).toBe(accepted.length);
    expect(accepted.length).toBeGreaterThan(0);
  }, 60_000);
});
