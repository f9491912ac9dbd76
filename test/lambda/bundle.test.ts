import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import config from '../../rolldown.lambda.config.ts';

it('no function has Bolt, a way to hosts over ssh, or the playground in it', async () => {
  const { output, ...input } = config;
  const build = await rolldown(input);
  const { output: files } = await build.generate(output);
  const modules = files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  await build.close();

  expect(modules.some((id) => id.includes('/@slack/web-api/'))).toBe(true);
  expect(modules.filter((id) => /\/@slack\/(?:bolt|socket-mode|oauth)\/|\/ssh2\/|\/playground\//u.test(id))).toEqual(
    [],
  );
  expect(files.map(({ fileName }) => fileName)).toEqual(
    expect.arrayContaining(['front.mjs', 'worker.mjs', 'schedule.mjs', 'package.json', 'LICENSES.txt']),
  );
});
