import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { CpOutResult } from '../../src/handlers/containers/cp-out.ts';
import { bed, container, describeWithEngine, type Running } from '../bed/bed.ts';
import { openDesk, resultOf } from './desk.ts';

const socket = () => bed().sockets[0] ?? '';
const desk = () => openDesk({ one: socket() }, ['cp-out']);

const MAKE = [
  'mkdir -p /app /hidden /run/secrets /app/.ssh',
  'printf "port = 80\\npassword = hunter2-Xy7\\nurl = postgres://a:S3cretPw@db/x\\n" > /app/app.conf',
  'printf "token=%s\\n" "$API_TOKEN" > /app/given.txt',
  'echo hello > /run/secrets/key; ln -s /run/secrets /hidden/etc; ln -s ../run/secrets/key /app/plain',
  'ln -s app.conf /app/current; ln -s /app/loop2 /app/loop1; ln -s /app/loop1 /app/loop2',
  'ln -s ../../../../../../etc/hostname /app/climb',
  'printf "A=1\\n" > /app/.env; printf "x" > /app/.ssh/config',
  'printf -- "-----BEGIN RSA PRIVATE KEY-----\\nabc\\n" > /app/notes.txt',
  'printf "\\377\\376\\000" > /app/binary; mkfifo /app/pipe; : > /app/empty',
  'dd if=/dev/zero of=/app/huge bs=1M count=3 2>/dev/null; touch /app/ready; exec sleep 600',
].join('; ');

const made = async (): Promise<Running> => {
  const box = await container(socket(), { cmd: ['sh', '-c', MAKE], env: ['API_TOKEN=tk_9f8e7d6c5b4a39281706f5e4'] });
  await using it = await desk();
  await expect
    .poll(async () => (await it.say(`dock cp-out ${box.name}:/app/ready`)).kind, { timeout: 20_000 })
    .toBe('result');
  return box;
};

describeWithEngine('cp-out', () => {
  it('sends a text file with its hash, secrets masked, through links', async () => {
    await using it = await desk();
    await using box = await made();

    const conf = resultOf<CpOutResult>(await it.say(`docker cp ${box.name}:app/current .`));
    const given = resultOf<CpOutResult>(await it.say(`dock cp-out ${box.name}:/app/given.txt`));
    const climbed = resultOf<CpOutResult>(await it.say(`dock cp-out ${box.name}:/app/climb`));
    const empty = resultOf<CpOutResult>(await it.say(`dock cp-out ${box.name}:/app/empty`));

    const whole = 'port = 80\npassword = hunter2-Xy7\nurl = postgres://a:S3cretPw@db/x\n';
    expect(conf).toMatchObject({ path: '/app/app.conf', bytes: whole.length, isMasked: true });
    expect(conf.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
    expect(conf.content).toContain('port = 80');
    expect(conf.content).not.toMatch(/hunter2|S3cretPw/u);
    expect(conf.audit).toContain(conf.sha256);
    expect(given.content).not.toContain('tk_9f8e7d6c5b4a39281706f5e4');
    // The host's own name is another one.
    expect(climbed.content.trim()).toBe(box.id.slice(0, 12));
    expect(empty).toMatchObject({ bytes: 0, content: '' });
  });

  it.each([
    ['/run/secrets/key', 'not_permitted'],
    ['/hidden/etc/key', 'not_permitted'],
    ['/app/plain', 'not_permitted'],
    ['/app/../run/secrets/key', 'not_permitted'],
    ['/app//.env', 'not_permitted'],
    ['/app/.ssh/config', 'not_permitted'],
    ['/proc/1/environ', 'not_permitted'],
    ['/app/notes.txt', 'not_permitted'],
    ['/app', 'bad_input'],
    ['/app/pipe', 'bad_input'],
    ['/app/binary', 'bad_input'],
    ['/app/huge', 'too_large'],
    ['/app/none', 'not_found'],
  ])('refuses %s: %s', async (path, reason) => {
    await using it = await desk();
    await using box = await made();

    expect(await it.say(`dock cp-out ${box.name}:${path}`)).toMatchObject({ kind: 'refused', reason });
  });

  it('comes to an end on links that lead in a circle', async () => {
    await using it = await desk();
    await using box = await made();

    expect(await it.say(`dock cp-out ${box.name}:/app/loop1`)).toMatchObject({ kind: 'refused' });
  });
});
