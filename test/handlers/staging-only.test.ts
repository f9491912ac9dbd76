import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { PROD, prodRecords, STAGING_ONLY, stagingDesk } from './staging-desk.ts';

/** Every granted and open command with words that name nothing of production, but may be near to it. */
const PLAIN = `
images|ps -a|ps @all|stats|df|events|hosts|status|registries|login-check|grants|locks|deployments|approvals|audit|whoami|home
help deploy|deploy|exec|restart|run|lint|logs nosuch|why nosuch|inspect nosuch|top nosuch|port nosuch|diff nosuch|slim nosuch
deploy bnk 1|deploy bnk 1 @staging-1|rollback bnk|lock bnk|unlock bnk|ask bnk|history bnk|tags bnk|scan bnk|search bnk|lint bnk
logs bnk-web|restart bnk-web|stop bnk|exec bnk-web ls /|grant exec bnk-web for 30m --reason x|cp-out bnk-web:/x|can deploy bnk 1
ps @valt-9|ps --on env=prod|deploy shop 1 @valt-9|prune images @all|update bnk -m 64m|rename bnk-web other|audit --since 24h
pull bnk:1 @staging-1|pull bnk:1|pull registry.test/bnk:1 @staging-1|run bnk:1|run bnk:1 @staging-1|deploy shop bnk:1|scan bnk:1|scan bnk
why bnk|why bnk:1|why registry.test/bnk:1|tags bnk:1|tags registry.test/bnk|tag bnk:1 bnk:2|push bnk:1|slim bnk:1|search registry.test/bnk
grant end|grant end till-web-1|abort OPEN|continue RUNS|abort RUNS|approve OPEN|reject OPEN --reason x|plan OPEN|plan RUNS|sign RUNS|grant end GIVEN|unfollow GIVEN
`;
/** Commands that name production. */
const NAMED = `
images @${PROD}|pull registry.test/bank:7.7.7 @${PROD}|slim bank @${PROD}|tags bank @${PROD}|scan bank|scan bank @${PROD}
ps @${PROD}|logs bank-web|logs bank-web @${PROD}|why bank-web|why bank @${PROD}|stats bank-web|stats @${PROD}|inspect bank-web
top bank-web|port bank-web|diff bank-web @${PROD}|run -m 64m busybox @${PROD}|exec bank-web ls /|exec bank-web @${PROD} ls /
cp-out bank-web:/etc/hosts|cp-out bank:/x @${PROD}|grant exec bank for 30m --reason x|prune images @${PROD}|prune containers @all
start bank|stop bank-web|restart bank @${PROD}|kill bank @all|pause bank|unpause bank|rm bank --on !staging-1|update bank -m 64m
rename bank-web other @${PROD}|deploy bank 7.7.8|deploy bank-web 7.7.8 @staging-1|deploy bank 7.7.8 @all|deploy bank 7.7.8 --plan
rollback bank|rollback bank --to 7.7.6 @${PROD}|lock bank|lock bank-web --take --reason x|lock bank --queue|unlock bank|ask bank-web
tags bank|why bank|why bank-web|search bank|history bank|audit --host ${PROD}|audit --person U0OPS1|df @${PROD}|events @${PROD}|login-check registry.test @${PROD}
can deploy bank 1|can rollback till-web|can ps @${PROD}|tag registry.test/bank:7.7.7 registry.test/bank:x|push registry.test/bank:7
logs till-web|restart till-web @all|stop till-web @staging-1|deploy till-web 7.7.8|deploy till-web 7.7.8 @staging-1|lock till-web|lock till-web --take --reason x
rollback till-web|history till-web|exec till-web ls /|rename shop-web till-web @staging-1|why till-web @${PROD}|ask till-web|grant exec till-web for 30m --reason x
run -d -m 64m --name till-web registry.test/shop:1 @staging-1|run -d -m 64m --name bank registry.test/shop:1 @staging-1|pull quay.io/x/y:1 @staging-1
run -d -m 64m quay.io/x/y:1 @staging-1|tag quay.io/x/y:1 registry.test/shop:2 @staging-1|push busybox:1 @staging-1|deploy shop quay.io/x/y:1|scan quay.io/x/y:1
`;
const lines = (text: string) => text.trim().split(/[|\n]/u);
/** The names that a line says itself, whole: a part of one may be another name. */
const wordsOf = (line: string) => new Set(line.split(/[\s:@]+/u).flatMap((word) => [word, `registry.test/${word}`]));
const nameOf = (line: string) => line.split(' ')[0] ?? '';

it('tries every command', () => {
  const tried = new Set(lines(`${PLAIN.trim()}\n${NAMED.trim()}`).map(nameOf));
  expect(SPECS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual(['totp']);
});

describe.each([
  ['staging', /vault-\w+|(?:registry\.test\/)?bank(?:-web)?|till-web|7\.7\.[67]|why-\w+/gu],
  ['one service', /(?:registry\.test\/)?bank(?:-web)?|till-web|7\.7\.[67]|why-\w+/gu],
] as const)('with a grant for %s', (granted, production) => {
  it.each([
    ['names nothing of', PLAIN],
    ['asks for', NAMED],
  ])('a command that %s production shows and changes nothing of it', async (_, text) => {
    await using it = await stagingDesk(granted);
    const before = await prodRecords(it.desk);
    const leaks: string[] = [];
    for (const typed of lines(granted === 'staging' ? text : text.replaceAll('@staging-1', ''))) {
      const line = typed.replace(/OPEN|RUNS|GIVEN/u, (word) => it.ids[word as keyof typeof it.ids]);
      const answer = await it.desk.say(`/dock ${line}`, STAGING_ONLY);
      const shown = JSON.stringify('result' in answer ? answer.result : answer);
      const found = [...shown.matchAll(production)].map(([word]) => word);
      const unasked = found.filter((word) => !wordsOf(line).has(word));
      if (unasked.length > 0) leaks.push(`${line}: ${unasked.join(', ')}`);
    }
    expect(leaks).toEqual([]);
    if (granted === 'staging') expect(it.prod.asked).toEqual([]);
    expect(await prodRecords(it.desk)).toEqual(before);
  });
});
