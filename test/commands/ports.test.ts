import { describe, expect, it } from 'vitest';
import { parsePorts } from '../../src/domain/ports.ts';
import { parseVolume } from '../../src/domain/volumes.ts';

describe("docker's -p", () => {
  it.each([
    ['80', [{ hostIp: '', hostPort: undefined, containerPort: 80, protocol: 'tcp' }]],
    ['8080:80', [{ hostIp: '', hostPort: 8080, containerPort: 80, protocol: 'tcp' }]],
    ['8080:80/udp', [{ hostIp: '', hostPort: 8080, containerPort: 80, protocol: 'udp' }]],
    ['127.0.0.1:8080:80', [{ hostIp: '127.0.0.1', hostPort: 8080, containerPort: 80, protocol: 'tcp' }]],
    ['127.0.0.1::80', [{ hostIp: '127.0.0.1', hostPort: undefined, containerPort: 80, protocol: 'tcp' }]],
    ['[::1]:8080:80', [{ hostIp: '::1', hostPort: 8080, containerPort: 80, protocol: 'tcp' }]],
    [
      '7000-7001:8000-8001',
      [
        { hostIp: '', hostPort: 7000, containerPort: 8000, protocol: 'tcp' },
        { hostIp: '', hostPort: 7001, containerPort: 8001, protocol: 'tcp' },
      ],
    ],
  ])('%s', (text, expected) => {
    expect(parsePorts(text)).toEqual(expected);
  });

  it.each([
    '',
    'http',
    '0',
    '65536',
    '80:0',
    '8080:80/icmp',
    '7000-7002:8000-8001',
    '7001-7000:1-2',
    '999.0.0.1:80:80',
    '127.0.0.1:80',
    '1:2:3:4',
    '[::zz]:80:80',
    ' 80',
  ])('refuses %j', (text) => {
    expect(parsePorts(text)).toBeUndefined();
  });
});

describe("docker's -v", () => {
  it.each([
    ['/data', { kind: 'anonymous', source: undefined, target: '/data', readOnly: false, mode: '' }],
    ['shop-data:/data', { kind: 'volume', source: 'shop-data', target: '/data', readOnly: false, mode: '' }],
    ['/srv/shop:/data:ro,z', { kind: 'bind', source: '/srv/shop', target: '/data', readOnly: true, mode: 'ro,z' }],
    ['/data/', { kind: 'anonymous', source: undefined, target: '/data', readOnly: false, mode: '' }],
    ['shop-data://data/.', { kind: 'volume', source: 'shop-data', target: '/data', readOnly: false, mode: '' }],
    ['/srv/shop:/data:rw', { kind: 'bind', source: '/srv/shop', target: '/data', readOnly: false, mode: 'rw' }],
  ])('%s', (text, expected) => {
    expect(parseVolume(text)).toEqual(expected);
  });

  it.each([
    '',
    'data',
    './data:/data',
    '../x:/data',
    '/srv/../etc:/data',
    '/srv/\u202e:/data',
    '/srv/a\nb:/data',
    'data:/d\u0000',
    'data:/d\u200b',
    'a:/data',
    'data:/',
    'data://',
    'data:/.',
    'data:/d:rx',
    'data:/d:ro:z',
    ':/data',
    'data:',
    '/srv:data',
    'data:/a/../b',
  ])('refuses %j', (text) => {
    expect(parseVolume(text)).toBeUndefined();
  });
});
