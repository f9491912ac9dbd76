import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustCall } from '../playground/engine/api.ts';
import { ask } from './ask.ts';
import type { BenchEnvironment } from './environment.ts';
import { median, sideBySide } from './measure.ts';
import { OURS } from './process.ts';

const run = promisify(execFile);
const LOG_MB = Number(process.env['BENCH_LOG_MB'] ?? 200);
const ROUNDS = 3;
const LINE = '2026-03-01T04:00:00Z INFO request handled path=/basket status=200 took=12ms and some more words';

/**
 * Patterns to search for. The first has two words, one of which occurs once in the log; the second begins with a word
 * that is on every line.
 */
const PATTERNS = ['needle|haystack', 'took=[0-9]{3}ms|needle'];

/**
 * The time of `/logs --grep` to its reply, compared with `docker logs | grep`, and the memory it adds to the process.
 */
export async function logs(bench: BenchEnvironment): Promise<void> {
  const socket = await bench.engine();
  await writeLog(socket);
  const ours = await bench.start(OURS, await bench.config({ hosts: { local: { socket: socket } } }));
  const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}`, LC_ALL: 'C' };
  await ask(ours.slack, '/logs talker -n 5');
  const idle = ours.residentMb();
  ours.forgetPeak();
  for (const pattern of PATTERNS) {
    const seen = await sideBySide(ROUNDS, {
      ours: async () => {
        const { text } = await ask(ours.slack, `/logs talker --grep "${pattern}"`);
        if (!text.startsWith('1 line of')) throw new Error(`Unexpected reply: ${text}`);
      },
      cli: () => run('sh', ['-c', 'docker logs talker 2>&1 | grep -E "$1"', 'sh', pattern], { env }),
    });
    bench.row({
      what: `/logs --grep "${pattern}", ${LOG_MB} MB`,
      ours: median(seen.ours),
      beside: 'docker logs | grep -E',
      theirs: median(seen.cli),
      asked: 1,
    });
  }
  bench.fact('  memory added at the peak of these', ours.peakMb() - idle, 'MB', 64);
}

/** Runs a container that writes a log of `LOG_MB` megabytes. */
async function writeLog(socket: string): Promise<void> {
  const script = `yes "${LINE}" | head -c ${LOG_MB}000000; echo; echo "a needle in the hay"`;
  const created = await mustCall(socket, 'POST', '/containers/create?name=talker', {
    Image: 'busybox:1.0',
    Cmd: ['sh', '-c', script],
    HostConfig: { NetworkMode: 'none' },
  });
  const { Id } = JSON.parse(created) as { Id: string };
  await mustCall(socket, 'POST', `/containers/${Id}/start`);
  await mustCall(socket, 'POST', `/containers/${Id}/wait`);
}
