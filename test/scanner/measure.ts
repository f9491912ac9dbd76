/** Scans one image with the program of its first argument, and prints what that cost this process. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Scanner } from '../../src/config/scanner.ts';
import { createFeeds } from '../../src/scanner/feeds.ts';
import { createScans } from '../../src/scanner/scans.ts';
import { createTrivy } from '../../src/scanner/trivy/trivy.ts';

/** What a scan cost. */
export interface Cost {
  readonly findings: number;
  /** The most memory the process ever had, bytes. */
  readonly peakBytes: number;
  /** The longest the event loop was held up, milliseconds. */
  readonly longestMs: number;
  readonly ms: number;
}

const [, , command = '', digest = ''] = process.argv;
const config = Scanner.parse({ kind: 'trivy', command, timeout: '2m' });
const stored = new Map<string, { at: number; body: string }>();
const scans = createScans({
  scanner: createTrivy({ config, registry: () => ({}), env: process.env }),
  config,
  cache: {
    get: async (key) => stored.get(JSON.stringify(key)),
    put: async (key, scan) => void stored.set(JSON.stringify(key), scan),
  },
  feeds: createFeeds({ folder: '/' }),
  now: Date.now,
});
const target = { repository: 'harbor.example.com/devops/shop', digest };
const { signal } = new AbortController();
// What modules take to be loaded is no scan.
await scans.version(signal);
await sleep(100);
// Time of the loop's thread on the processor: what others take of a busy machine is no block of this loop.
let before = process.threadCpuUsage();
let longestMs = 0;
const timer = setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  longestMs = Math.max(longestMs, (user + system) / 1000);
}, 5);
const began = performance.now();
const first = await scans.report(target, { signal });
const again = await scans.report(target, { signal });
const ms = performance.now() - began;
await sleep(20);
clearInterval(timer);
if (again.report.findings.length !== first.report.findings.length) throw new Error('The kept report is another.');
const cost: Cost = {
  findings: first.report.findings.length,
  // What `getrusage` says has that of the process which started this one.
  peakBytes: Number(/^VmHWM:\s+(\d+)/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024,
  longestMs,
  ms,
};
process.stdout.write(JSON.stringify(cost));
