import { describe, expect, it } from 'vitest';
import { scan } from '../../src/commands/images/scan.ts';
import { parse } from './told.ts';

const ID = 'ab'.repeat(32);

describe('commands about images', () => {
  it.each([
    ['/tag 0123456789ab shop:1.4.0 @web-1', { image: { by: 'id', id: '0123456789ab' } }],
    [`/tag sha256:${ID} shop:1.4.0 @web-1`, { image: { by: 'id', id: ID } }],
    [`/tag ${ID} shop:1.4.0 @web-1`, { image: { by: 'id', id: ID } }],
    ['/tag shop:1.4.0', { image: { by: 'name', reference: { path: 'library/shop', tag: '1.4.0' } } }],
    ['/tag shop:1.4.0 shop:stable -f', { force: true, target: { tag: 'stable' } }],
    ['/scan shop --severity critical,HIGH', { severity: ['CRITICAL', 'HIGH'] }],
    ['/scan shop --only-severity low', { severity: ['LOW'] }],
    ['/scan shop -q --only-fixed', { ignoreUnfixed: true }],
    ['/dock search nginx -f stars=10 -f is-official=true --limit 100', { limit: 100 }],
    ['/run -m 64m --net web --pids 20 busybox:1 id', { network: 'web', pidsLimit: 20, command: ['id'] }],
  ])('%s', (line, args) => {
    expect(parse(line)).toMatchObject({ args });
  });

  it.each([
    '/tag sha256:0123456789ab shop:1.4.0',
    '/scan shop --severity grave',
    '/scan shop --only-severity=',
    '/scan shop --exit-code 1',
    '/dock search nginx -f stars=many',
    '/dock search nginx --limit 0',
    '/run --net= busybox:1',
    '/run --pids= busybox:1',
    '/exec shop -',
  ])('%s is refused', (line) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ reason: 'bad_input' }));
  });

  it('a word that could be a service is judged as one', () => {
    const of = (image: string) => scan.serviceOf?.({ ...scan.args.parse({ image }) });
    expect([of('shop'), of('shop:1.4.0'), of('a/shop')]).toEqual(['shop', undefined, undefined]);
  });
});
