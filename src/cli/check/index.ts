import { openCore } from '../../core.ts';
import { asText } from '../../domain/phrase.ts';
import type { Deps } from '../../handlers/deps.ts';
import { failureOf } from '../../handlers/over-hosts.ts';
import { shownDatabase } from '../../store/database.ts';
import type { Store } from '../../store/store.ts';
import { createLog } from '../../telemetry.ts';
import { settings } from '../settings.ts';
import { checkAdopted } from './adopted.ts';
import { checkChanges } from './changes.ts';
import { type Finding, fail, ok } from './finding.ts';
import { checkRegistries } from './registries.ts';
import { checkRules } from './rules.ts';
import { checkScanner } from './scanner.ts';
import { checkSlack } from './slack.ts';

const SIGNS: Record<Finding['level'], string> = { ok: 'ok  ', note: 'note', warn: 'WARN', fail: 'FAIL' };

/** Time for one host, however many there are, in milliseconds. */
const DEADLINE_MS = 15_000;

/** Tests everything the config and the environment name, and says for each failure what to do. */
export async function checkCommand(): Promise<number> {
  const { config, env } = settings();
  const core = await openCore(config, env, createLog('silent'));
  try {
    const deps = core.deps({
      membership: async () => ({ groups: new Set(), unreadable: new Set() }),
      members: async () => undefined,
      channels: async () => undefined,
    });
    const parts = await Promise.all([
      checkStore(core.store, shownDatabase(env.DATABASE_URL)),
      checkHosts(deps),
      checkAdopted(deps),
      checkRegistries(deps),
      checkScanner(deps),
      checkChanges(deps),
      checkSlack(config, env),
    ]);
    const files = `config: ${env.FAIRLEAD_CONFIG}, ${counted(config.hosts.size, 'host')}, ${counted(config.channels.size, 'channel')}`;
    const findings = [ok(files), ...checkRules(config), ...parts.flat()];
    // What registries, receivers and Slack answer may hold what they were given.
    for (const { level, what, fix } of findings)
      process.stdout.write(deps.redact(`${SIGNS[level]}  ${what}\n${fix === undefined ? '' : `      → ${fix}\n`}`));
    const failed = findings.filter(({ level }) => level === 'fail').length;
    const warned = findings.filter(({ level }) => level === 'warn').length;
    const warnings = warned === 0 ? '' : ` ${counted(warned, 'warning')}.`;
    const summary =
      failed === 0 ? 'All is well.' : `${failed} of ${findings.length} ${failed === 1 ? 'needs' : 'need'} attention.`;
    process.stdout.write(`${failed === 0 && warned > 0 ? 'Nothing failed.' : summary}${warnings}\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    await core.close();
  }
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

async function checkStore(store: Store, url: string): Promise<Finding[]> {
  const { ok: isWhole, audit } = await store.verify();
  const where = `store: ${url} (${store.software})`;
  if (isWhole && audit.ok) return [ok(`${where}, ${audit.records} audit records in order, every record signed`)];
  const what = audit.ok ? 'records are not signed, or are missing' : audit.text;
  return [fail(`store: ${what}`, '`fairlead audit verify` names them; SECURITY.md says what this means.')];
}

async function checkHosts(deps: Pick<Deps, 'config' | 'hosts' | 'redact'>): Promise<Finding[]> {
  const outcomes = await deps.hosts.each([...deps.config.hosts.keys()], (engine) => engine.version(), {
    signal: new AbortController().signal,
    deadlineMs: DEADLINE_MS,
  });
  return outcomes.map((outcome) => {
    if (outcome.ok) {
      const { engine, version } = outcome.value;
      return ok(`host ${outcome.host}: ${engine} ${version} in ${outcome.ms} ms`);
    }
    const { summary, engineSaid, tryThis } = failureOf(outcome.host, outcome.error, deps.redact);
    return fail(
      `host ${outcome.host}: ${summary.includes(engineSaid) ? summary : `${summary} ${engineSaid}`}`,
      asText(tryThis),
    );
  });
}
