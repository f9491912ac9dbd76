import { sayDuration } from '../../domain/duration.ts';
import { code } from '../../domain/errors.ts';
import { saySize } from '../../domain/size.ts';
import type { ContainerFacts } from './facts.ts';
import type { LogRule } from './log-rule.ts';
import { freeDisk } from './next.ts';

const limitOf = ({ limits }: ContainerFacts) =>
  limits.memoryBytes > 0 ? ` The container's limit is ${saySize(limits.memoryBytes)}.` : '';

/** What ran out: memory, disk, processes, files. */
export const LOG_RESOURCE_RULES: readonly LogRule[] = [
  {
    id: 'file-watchers',
    patterns: [/file watchers reached|inotify.{0,60}(?:limit|No space left)|ENOSPC.{0,80}watch/iu],
    say: () => ({
      sentence: 'The host has no file watchers left (inotify).',
      advice: 'On the host: sysctl fs.inotify.max_user_watches=524288.',
    }),
  },
  {
    id: 'heap-exhausted',
    patterns: [
      /java\.lang\.OutOfMemoryError(?:: ([\w ]{1,80}))?|JavaScript heap out of memory|Allowed memory size of \d+ bytes exhausted|fatal error: runtime: out of memory|\bMemoryError\b|std::bad_alloc|Cannot allocate memory|ENOMEM|out of memory/iu,
    ],
    say: (_, facts) => ({
      sentence: `The program ran out of its own memory (its heap), before the container's limit.${limitOf(facts)}`,
      advice: "Raise the program's own limit (-Xmx, --max-old-space-size), and the container's with it.",
    }),
  },
  {
    id: 'disk-full',
    patterns: [
      /no space left on device|\bENOSPC\b|disk (?:is )?full|not enough (?:free )?(?:disk )?space|Disk quota exceeded/iu,
    ],
    say: (_, facts, line) => ({
      sentence: /tmpfs|shm/iu.test(line)
        ? 'Its temporary or shared memory file system is full.'
        : 'It cannot write any more: the disk, or a volume or tmpfs of it, is full.',
      advice: 'Free space on the host, and look at what the container writes.',
      next: [freeDisk(facts)],
    }),
  },
  {
    id: 'too-many-processes',
    patterns: [
      /can't fork|(?:fork|clone|thread|process|exec)\w{0,10}:? .{0,40}Resource temporarily unavailable|unable to create (?:new )?(?:native )?thread|pthread_create failed|Cannot fork|newosproc/iu,
    ],
    say: (_, { limits }) => ({
      sentence:
        limits.pids > 0
          ? `It may start no more processes: its limit is ${limits.pids} (pids).`
          : 'It can start no more processes or threads.',
      advice: 'Raise --pids-limit, or find what starts so many.',
    }),
  },
  {
    id: 'too-many-files',
    patterns: [/too many open files|\bEMFILE\b|\bENFILE\b/iu],
    say: () => ({
      sentence: 'It has too many open files or connections.',
      advice: 'Raise --ulimit nofile, or find what does not close them.',
    }),
  },
  {
    id: 'memory-lock-limit',
    patterns: [
      /max virtual memory areas vm\.max_map_count|vm\.overcommit_memory.{0,80}(?:must|fail)|mlock.{0,60}(?:failed|not permitted)/iu,
    ],
    say: () => ({
      sentence: 'A memory setting of the host is too low for the program.',
      advice: 'On the host: sysctl vm.max_map_count=262144, or the setting that its log names.',
    }),
  },
  {
    id: 'certificate-expired',
    patterns: [
      /certificate has expired(?! or is not yet valid)|CERT_HAS_EXPIRED|certificate has expired or is not yet valid/iu,
    ],
    say: (_, { engine }, line) => {
      const early = /is before|not yet valid: current time \S{1,40} is before/iu.test(line);
      return {
        sentence: early
          ? 'A certificate is not valid yet: the clock of the host is behind.'
          : 'A server it connects to has an expired certificate, or the clock of the host is wrong.',
        advice: `Renew the certificate${engine?.time ? `; the host's clock says ${code(engine.time.slice(0, 19))}` : ''}.`,
      };
    },
  },
  {
    id: 'clock-wrong',
    patterns: [/not yet valid|CERT_NOT_YET_VALID|clock skew|system time is (?:before|wrong)/iu],
    say: (_, { engine }) => ({
      sentence: 'A certificate is not valid yet, or clocks differ: the clock of the host may be wrong.',
      advice: `Check the time on the host${engine?.time ? `: it says ${code(engine.time.slice(0, 19))}` : ''}.`,
    }),
  },
  {
    id: 'certificate-unknown',
    patterns: [
      /signed by unknown authority|self[- ]signed certificate|unable to get (?:local )?issuer certificate|UNABLE_TO_VERIFY|certificate verify failed|PKIX path building failed/iu,
    ],
    say: () => ({
      sentence: 'It does not trust the certificate of a server it connects to.',
      advice: "Put the server's CA into the image, or install ca-certificates.",
    }),
  },
  {
    id: 'startup-timeout',
    patterns: [
      /(?:timed out|timeout|gave up|giving up)(?: occurred)?(?: after(?: \d\S{0,20})?)? ?(?:waiting|trying)(?: \d{1,6} ?\w{0,10})? (?:for|to) (\S{1,200})/iu,
    ],
    say: ([what = ''], { state }) => ({
      sentence: `It gave up waiting for ${code(what)}${
        state.startedAt !== undefined && state.finishedAt !== undefined && state.finishedAt > state.startedAt
          ? `, after ${sayDuration(state.finishedAt - state.startedAt)}`
          : ''
      }.`,
      advice: 'Check that it runs and answers, and start it first.',
    }),
  },
];
