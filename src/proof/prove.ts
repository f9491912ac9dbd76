import { setImmediate as turn } from 'node:timers/promises';
import type { VerifyRule } from '../config.ts';
import { repositoryOf } from './provenance.ts';
import { shown } from './statement.ts';
import type { Trust } from './trust.ts';
import type { Collected, Found, Proof } from './types.ts';
import { type Checked, checkMaterial } from './verify.ts';

type Accepted = Extract<Checked, { readonly ok: true }>;

/** Signatures that a refusal tells of. */
const MOST_TOLD = 4;

/** Judges what a registry has for a digest by one rule. */
export async function proveBy(
  rule: VerifyRule,
  digest: string,
  { materials, notes, isWhole }: Collected,
  trust: Trust,
): Promise<Proof> {
  const accepted: Accepted[] = [];
  const refused: Found[] = [];
  for (const material of materials) {
    const checked = await checkMaterial(material, digest, rule, trust);
    if (checked.ok) accepted.push(checked);
    else refused.push({ code: checked.code, words: `${material.where} ${checked.why}.` });
    // Each takes some milliseconds of arithmetic.
    await turn();
  }
  const no = { ok: false, rule: rule.path, expected: expectedBy(rule) } as const;
  const [first] = accepted;
  if (!first) {
    const why = refused.length > 0 ? 'refused' : isWhole ? 'unsigned' : 'unknown';
    const more =
      refused.length > MOST_TOLD
        ? [{ code: 'cut', words: `${refused.length - MOST_TOLD} more signatures were refused.` } as const]
        : [];
    return { ...no, why, found: [...refused.slice(0, MOST_TOLD), ...more, ...notes] };
  }
  const built = accepted.find(({ provenance }) => provenance) ?? accepted.find(({ certified }) => certified) ?? first;
  const misses = accepted.map((one) => provenanceMiss(one, rule));
  if (!misses.includes(undefined)) {
    const why = isWhole ? 'provenance' : 'unknown';
    return { ...no, why, found: [...told(misses.filter((miss) => miss !== undefined)), ...notes] };
  }
  return { ok: true, rules: [rule.path], by: first.by, built: built.provenance ?? built.certified };
}

const told = (misses: readonly string[]): Found[] =>
  misses.slice(0, MOST_TOLD).map((words) => ({ code: 'provenance', words }));

/** Why a signature does not satisfy the provenance a rule asks for; undefined when it does, or nothing is asked. */
function provenanceMiss(
  { provenance, certified, by }: Accepted,
  { provenance: asked }: VerifyRule,
): string | undefined {
  if (!asked) return undefined;
  const signer = by.kind === 'key' ? `key \`${shown(by.key)}\`` : `\`${shown(by.identity)}\``;
  if (!provenance) return `Signed by ${signer}, without a provenance.`;
  // What the authority wrote into the certificate is more than what the build says of itself.
  for (const part of ['repository', 'commit'] as const)
    if (certified?.[part] !== undefined && certified[part] !== provenance[part])
      return `Its provenance says ${part} ${quoted(provenance[part])}, and its certificate ${quoted(certified[part])}.`;
  const wanted: Record<string, [string | undefined, string | undefined]> = {
    builder: [asked.builder, provenance.builder],
    repository: [repositoryOf(asked.repository), provenance.repository],
    branch: [asked.branch && `refs/heads/${asked.branch}`, provenance.ref],
  };
  const [miss] = Object.entries(wanted).filter(([, [want, has]]) => want !== undefined && want !== has);
  return miss && `Its provenance says ${miss[0]} ${quoted(miss[1][1])}.`;
}

const quoted = (text: string | undefined) => (text === undefined ? 'nothing' : `\`${shown(text)}\``);

function expectedBy({ signers, provenance }: VerifyRule): string[] {
  const by = signers.map((one) =>
    one.kind === 'key' ? `key \`${shown(one.file)}\`` : `\`${shown(one.identity)}\` (issuer \`${shown(one.issuer)}\`)`,
  );
  const built = Object.entries(provenance ?? {}).map(([what, text]) => `${what} ${quoted(text)}`);
  return [
    `A signature by ${by.join(' or ')}.`,
    ...(built.length > 0 ? [`A signed provenance with ${built.join(', ')}.`] : []),
  ];
}
