import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { KEYS } from './keys.ts';

/**
 * Runs `script` in several processes at once, each with the store of `url` open as `store` and its own number as `me`. They
 * start together; what each gives to `tell` comes back.
 */
export async function race<Told>(url: string, count: number, script: string, totpKey = ''): Promise<Told[]> {
  const program = `import { openStore } from './src/store/store.ts';
    import { once } from 'node:events';
    const store = await openStore(process.argv[1], { ...${JSON.stringify(KEYS)}, totp: process.argv[3] || undefined });
    const me = Number(process.argv[2]);
    const shuffled = (n) => Array.from({ length: n }, (_, i) => [Math.random(), i]).sort((a, b) => a[0] - b[0]).map(([, i]) => i);
    const tell = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    process.stdout.write('ready\\n');
    await once(process.stdin, 'data');
    ${script}
    await store.close();
    process.stdin.destroy();`;
  const told: Told[] = [];
  const children = Array.from({ length: count }, (_, me) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, url, String(me), totpKey], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    return { child, lines, ready: once(lines, 'line') };
  });
  await Promise.all(children.map(({ ready }) => ready));
  const ended = children.map(async ({ child, lines }) => {
    lines.on('line', (line) => told.push(JSON.parse(line)));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`a process ended with ${code}`);
  });
  for (const { child } of children) child.stdin.write('go\n');
  await Promise.all(ended);
  return told;
}
