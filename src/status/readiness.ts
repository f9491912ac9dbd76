/** What a process needs to do its work, by name. A check rejects, with a reason for people, when it is not there. */
export type Checks = ReadonlyMap<string, () => Promise<void>>;

/** The checks that fail, each as one line without secrets: empty when the process is ready. Never rejects. */
export type Readiness = () => Promise<readonly string[]>;

/** A check that takes longer has failed. */
const DEADLINE_MS = 2000;

/** Those who ask within this time get the same answer: asking costs a write lock of the database. */
const REMEMBERED_MS = 1000;

export function createReadiness(checks: Checks): Readiness {
  let last: { readonly at: number; readonly failing: Promise<readonly string[]> } | undefined;
  const ask = async () => {
    const failing = await Promise.all([...checks].map(([name, check]) => failureOf(name, check)));
    return failing.flatMap((line) => line ?? []);
  };
  return () => {
    if (last === undefined || performance.now() - last.at > REMEMBERED_MS)
      last = { at: performance.now(), failing: ask() };
    return last.failing;
  };
}

async function failureOf(name: string, check: () => Promise<void>): Promise<string | undefined> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new NotReady('did not answer within 2 s')), DEADLINE_MS);
  try {
    await Promise.race([check(), late.promise]);
    return undefined;
  } catch (error) {
    // What others threw may name an address or a path: it is in the log, not here.
    return `${name}: ${error instanceof NotReady ? error.message : 'failed'}`;
  } finally {
    clearTimeout(timer);
  }
}

/** Why a check failed, in words that may be shown to anybody. */
export class NotReady extends Error {}
