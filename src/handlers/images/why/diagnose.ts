import { explain } from '../../../docker/client/cause.ts';
import { EngineError, type EngineFault } from '../../../docker/client/engine-error.ts';
import { type Cause, type Diagnosis, SURE } from '../../../docker/diagnosis/cause.ts';
import { sayDuration } from '../../../domain/duration.ts';
import { code } from '../../../domain/errors.ts';
import { canonical, familiar } from '../../../domain/reference.ts';
import { saySize } from '../../../domain/size.ts';
import type { ImageFacts } from './facts.ts';
import { pingWords } from './ping-words.ts';

type Rule = (facts: ImageFacts) => Cause | undefined;

/** Faults after which another name may have been meant. */
const MISSING: ReadonlySet<EngineFault> = new Set(['tag_not_found', 'repository_not_found', 'auth_or_missing']);
const TLS: ReadonlySet<EngineFault> = new Set(['tls_unknown_ca', 'tls_name', 'tls']);
/** Clocks of two machines that differ more than this make certificates look invalid. */
const CLOCK_MS = 5 * 60_000;
/** Codes of a name that does not resolve. */
const NAMELESS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const LOW_DISK_BYTES = 500_000_000;

const pull = ({ host }: ImageFacts, image: string) => ({ label: `Pull ${image}`, line: `pull ${image} --on ${host}` });
const whyOther = ({ host }: ImageFacts, image: string) => ({
  label: `Why ${image}?`,
  line: `why ${image} --on ${host}`,
});

/** `harbor.example.com/devops/shop` with another tag, as people write it. */
const withTag = ({ reference }: ImageFacts, tag: string) => familiar({ ...reference, tag, digest: undefined });

const RULES: readonly Rule[] = [
  // A name that nobody has, and the one that was meant.
  (facts) => {
    const { asked, nearRepository, nearTags, reference } = facts;
    if (asked?.kind !== 'failed' || !MISSING.has(asked.fault) || nearRepository === undefined || nearTags.length > 0)
      return undefined;
    return {
      id: 'repository-misspelt',
      rank: SURE.told + 3,
      sentence: `${code(familiar(reference))} does not exist, but ${code(nearRepository)} does.`,
      evidence: [asked.engineSaid, pingWords(facts)],
      advice: 'Correct the spelling of the repository.',
      next: [whyOther(facts, `${nearRepository}:${reference.tag ?? 'latest'}`)],
    };
  },
  (facts) => {
    const { asked, nearTags, reference } = facts;
    if (asked?.kind !== 'failed' || !MISSING.has(asked.fault) || nearTags.length === 0) return undefined;
    if (reference.digest !== undefined) return digestMissing(facts, asked.engineSaid);
    return {
      id: 'tag-missing',
      rank: SURE.told + 2,
      sentence: `The repository has no tag ${code(reference.tag ?? 'latest')}. Nearest: ${nearTags.slice(0, 3).map(code).join(', ')}.`,
      evidence: [asked.engineSaid],
      advice: 'Use one of these tags, or push the one that is missing.',
      next: nearTags.slice(0, 3).map((tag) => pull(facts, withTag(facts, tag))),
    };
  },
  (facts) => {
    const { asked, warnings } = facts;
    if (asked?.kind !== 'failed' || !MISSING.has(asked.fault)) return undefined;
    const [warning] = warnings.filter((text) => text.includes('no dot or port'));
    return warning === undefined
      ? undefined
      : {
          id: 'registry-without-dot',
          rank: SURE.told + 4,
          sentence: warning,
          evidence: [asked.engineSaid],
          advice: 'Write the whole address of the registry, such as harbor.example.com/devops/shop.',
          next: [],
        };
  },
  // A certificate that is refused, and a clock that is wrong.
  (facts) => {
    const { asked, engine, now } = facts;
    const skew = Date.parse(engine?.time ?? '') - now;
    if (Number.isNaN(skew) || Math.abs(skew) < CLOCK_MS) return undefined;
    const isTls = asked?.kind === 'failed' && TLS.has(asked.fault);
    return {
      id: 'clock-wrong',
      rank: isTls ? SURE.told + 5 : SURE.aside,
      sentence: `The clock of ${facts.host} is ${sayDuration(Math.abs(skew))} ${skew < 0 ? 'behind' : 'ahead'}${isTls ? ', so certificates do not look valid to it' : ''}.`,
      evidence: [`${facts.host}: ${engine?.time.slice(0, 19)}`, ...(isTls ? [asked.engineSaid] : [])],
      advice: 'Set the clock of the host: timedatectl set-ntp true.',
      next: [],
    };
  },
  // What the registry told the engine.
  (facts) => {
    const { asked, reference, host, engine } = facts;
    if (asked?.kind !== 'failed') return undefined;
    const error = new EngineError(asked.fault, asked.engineSaid, asked.status);
    const { summary, tryThis } = explain(error, { host, reference: canonical(reference) });
    return EXPIRED.test(asked.engineSaid)
      ? certificateExpired(facts, asked.engineSaid)
      : {
          id: idOf(facts, asked.fault),
          rank: SURE.told,
          sentence: summary,
          evidence: [
            asked.engineSaid,
            pingWords(facts),
            ...(engine && engine.proxy !== '' ? [`the engine uses the proxy ${engine.proxy}`] : []),
          ],
          advice: tryThis,
          next: asked.fault === 'no_space' ? [{ label: 'Find what to prune', line: `prune images --on ${host}` }] : [],
        };
  },
  // Only Fairlead's own connection, since the engines were not asked.
  (facts) => {
    const { asked, ping, reference } = facts;
    if (asked !== undefined || ping === undefined || ping.ok) return undefined;
    const { registry } = reference;
    const isUnnamed = ping.code === 'refused';
    return {
      id: isUnnamed ? 'registry-not-in-config' : NAMELESS.has(ping.code) ? 'dns' : 'registry-unreachable',
      rank: SURE.told,
      sentence: isUnnamed
        ? `${code(registry)} is at a private address, and the config does not name it under registries.`
        : NAMELESS.has(ping.code)
          ? `The name ${code(registry)} does not resolve: it is misspelt, or known only in another network.`
          : `Fairlead cannot connect to ${code(registry)}.`,
      evidence: [pingWords(facts)],
      advice: isUnnamed
        ? 'Name it under registries in the config; until then neither Fairlead nor the hosts ask it.'
        : 'Check the spelling of the registry. One that only the hosts can resolve has to be named under registries in the config.',
      next: [],
    };
  },
  (facts) => {
    const { asked, engine, host } = facts;
    if (asked?.kind !== 'found' || engine === undefined || asked.platforms.length === 0) return undefined;
    if (asked.platforms.some((platform) => platform.split('/')[1] === engine.arch)) return undefined;
    return {
      id: 'platform-missing',
      rank: SURE.told,
      sentence: `The image is not built for ${engine.arch}, which ${host} is: it has ${asked.platforms.slice(0, 4).map(code).join(', ')}.`,
      evidence: [`platforms: ${asked.platforms.slice(0, 8).join(', ')}`, `${host}: ${engine.arch}`],
      advice: 'Build the image for this platform too: docker buildx build --platform.',
      next: [],
    };
  },
  (facts) => {
    const { asked, present, host, diskFreeBytes } = facts;
    if (asked?.kind !== 'found' || present !== 'missing') return undefined;
    const isFull = diskFreeBytes !== undefined && diskFreeBytes < LOW_DISK_BYTES;
    if (isFull)
      return {
        id: 'disk-nearly-full',
        rank: SURE.seen + 3,
        sentence: `${host} has only ${saySize(diskFreeBytes)} of disk left for images.`,
        evidence: [`free: ${saySize(diskFreeBytes)}`, 'the registry has the image, the host does not'],
        advice: 'Free disk space, then pull it.',
        next: [{ label: 'Find what to prune', line: `prune images --on ${host}` }],
      };
    return {
      id: 'not-pulled',
      rank: SURE.seen,
      sentence: `${host} does not have it yet; its registry has it and gives it to this host.`,
      evidence: [`digest ${asked.digest.slice(0, 19)}`, pingWords(facts)],
      advice: 'Pull it.',
      next: [pull(facts, familiar(facts.reference))],
    };
  },
  (facts) => {
    const { asked, present, host, reference } = facts;
    if (asked?.kind !== 'found' || present === undefined || present === 'missing' || reference.digest !== undefined)
      return undefined;
    if (present.digests.length === 0 || present.digests.some((name) => name.endsWith(asked.digest))) return undefined;
    return {
      id: 'tag-moved',
      rank: SURE.seen,
      sentence: `${host} has an older image of this tag: the registry's tag points to another one now.`,
      evidence: [
        `registry: ${asked.digest.slice(0, 19)}`,
        `${host}: ${present.digests[0]?.split('@')[1]?.slice(0, 19)}`,
      ],
      advice: 'Pull it again, then deploy.',
      next: [pull(facts, familiar(reference))],
    };
  },
];

const EXPIRED = /has expired or is not yet valid|certificate has expired/iu;

function certificateExpired(facts: ImageFacts, engineSaid: string): Cause {
  return {
    id: 'certificate-expired',
    rank: SURE.told,
    sentence: `The certificate of ${code(facts.reference.registry)} has expired, or the clock of ${facts.host} is wrong.`,
    evidence: [engineSaid, pingWords(facts)],
    advice: 'Renew the certificate of the registry; compare the clock of the host.',
    next: [],
  };
}

/** Registries say of a digest what they say of a tag. */
function digestMissing(facts: ImageFacts, engineSaid: string): Cause {
  const error = new EngineError('digest_not_found', engineSaid);
  const { summary, tryThis } = explain(error, { host: facts.host, reference: canonical(facts.reference) });
  const next = facts.nearTags.slice(0, 1).map((tag) => pull(facts, withTag(facts, tag)));
  return {
    id: 'digest-not-found',
    rank: SURE.told + 2,
    sentence: summary,
    evidence: [engineSaid],
    advice: tryThis,
    next,
  };
}

/** Faults by the name of the cause; the others have their own. */
function idOf({ hasAccount }: ImageFacts, fault: EngineFault): string {
  if (fault === 'auth_or_missing') return hasAccount ? 'image-missing-or-forbidden' : 'image-missing-or-private';
  if (fault === 'tag_not_found' || fault === 'repository_not_found') return 'image-missing';
  return fault.replaceAll('_', '-');
}

/** The causes of an image's trouble on one host, the likeliest first; none where it is there and current. Pure. */
export function diagnoseImage(facts: ImageFacts): Diagnosis {
  const causes = RULES.flatMap((rule) => rule(facts) ?? [])
    .map((cause) => ({ ...cause, evidence: cause.evidence.filter((line) => line !== '').slice(0, 3) }))
    .toSorted((a, b) => b.rank - a.rank);
  return { causes, lookedAt: lookedAt(facts), unread: facts.unread };
}

function lookedAt({ asked, present, ping, engine }: ImageFacts): string[] {
  return [
    'the spelling of the name',
    ...(asked ? ['what the registry tells the engine'] : []),
    ...(present ? ['the images of the host'] : []),
    ...(ping ? ['the registry from Fairlead'] : []),
    ...(engine ? ['platform, proxy and clock of the host'] : []),
  ];
}
