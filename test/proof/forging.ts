import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { FoundCode } from '../../src/proof/types.ts';
import type { Shop } from './shop.ts';
import { type Layout, type Parts, type Recipe, signed } from './sign.ts';
import type { Identity, World } from './world.ts';

/** What a case has to work with. */
export interface Stage {
  readonly layout: Layout;
  readonly shop: Shop;
  /** The image that is asked about, and another. */
  readonly digest: string;
  readonly other: string;
  readonly world: World;
  /** The same names, other keys: what an attacker can set up. */
  readonly evil: World;
  /** The team's key, for cases of signatures by a key. */
  readonly key: KeyPairKeyObjectResult;
  /** Without certificates: every signature is by `key` unless a case says otherwise. */
  readonly byKey: boolean;
}

/** Puts a forged signature into the shop. */
export type Forgery = (stage: Stage) => Promise<void>;

/** A case: what is put there, and what Fairlead finds about it. */
export interface Row {
  readonly name: string;
  readonly found: FoundCode | 'none';
  readonly put: Forgery;
}

export const TEAM: Identity = {
  subject: 'https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
  repository: 'https://github.com/acme/shop',
  commit: 'c'.repeat(40),
  ref: 'refs/heads/main',
};

type Change = (parts: Parts, stage: Stage) => Parts | Promise<Parts>;

/** A good signature, changed by what the recipe says and then by `change`. */
export function forged(recipe: (stage: Stage) => Partial<Recipe>, change: Change = (parts) => parts): Forgery {
  return async (stage) => {
    const { layout, digest, world, shop, byKey, key } = stage;
    const parts = await signed({ layout, digest, world, by: byKey ? key : TEAM, ...recipe(stage) });
    shop.sign(digest, await change(parts, stage));
  };
}
