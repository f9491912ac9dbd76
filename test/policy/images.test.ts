import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import type { UserError } from '../../src/domain/errors.ts';
import { canonical, parseReference } from '../../src/domain/reference.ts';
import { checkImage } from '../../src/policy/images.ts';

const policy = (images: string) =>
  parseConfig(`slack: { team: T0TEAM }\nhosts: { a: { url: "unix:///a" } }\nimages: ${images}`, 'f.yml', {});
const check = (typed: string, images = '{}') => {
  const { reference, warnings } = checkImage(parseReference(typed), policy(images));
  return { reference: canonical(reference), warnings };
};

describe('an image', () => {
  it('off the list is refused, with the list', () => {
    expect(() => check('evil/app:1', '{ allow: ["docker.io/library/*"] }')).toThrow(
      'not on the list of allowed images',
    );
    expect(check('nginx:1.27', '{ allow: ["docker.io/library/*"] }')).toEqual({
      reference: 'docker.io/library/nginx:1.27',
      warnings: [],
    });
  });

  it('off the list that is called by its service is offered by its whole name', () => {
    const config = parseConfig(
      `slack: { team: T0TEAM }
hosts: { a: { url: "unix:///a" } }
images: { allow: ["registry.example.com/**"] }
services:
  basket: { image: registry.example.com/team/shop, hosts: a, container: { name: basket } }
  other: { image: quay.io/team/blog, hosts: a, container: { name: other } }`,
      'f.yml',
      {},
    );
    const insteadOf = (typed: string, seen = ['basket', 'other']) => {
      try {
        return checkImage(parseReference(typed), config, seen);
      } catch (error) {
        return (error as UserError).instead;
      }
    };
    const meant = 'registry.example.com/team/shop:1.5.0';
    for (const typed of ['shop:1.5.0', 'basket:1.5.0', 'quay.io/team/shpo:1.5.0'])
      expect(insteadOf(typed)).toEqual({ typed, meant });
    // One that is not allowed itself, or near none, is not offered.
    for (const typed of ['blog:1.5.0', 'nginx:1.5.0']) expect(insteadOf(typed)).toBeUndefined();
    // Nor is that of a service of which the person may not be told.
    expect(insteadOf('shop:1.5.0', ['other'])).toBeUndefined();
  });

  it('without a tag is latest with a warning, or refused where the config says so', () => {
    expect(check('nginx')).toEqual({
      reference: 'docker.io/library/nginx:latest',
      warnings: [expect.stringContaining('tomorrow it may be another image')],
    });
    expect(() => check('nginx', '{ requireTag: true }')).toThrow('`latest` is not implied');
    expect(check(`nginx@sha256:${'a'.repeat(64)}`, '{ requireTag: true }').warnings).toEqual([]);
  });

  it('whose first part only looks like a registry is named as what it is', () => {
    expect(check('harbor/app:1').warnings).toEqual([expect.stringContaining('Docker Hub')]);
    expect(check('harbor.example.com/app:1').warnings).toEqual([]);
  });
});
