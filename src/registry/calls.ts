import type { Response } from 'undici';
import type { ImageReference } from '../domain/reference.ts';
import type { Purpose } from './authorize.ts';
import type { Certificate } from './certificate.ts';
import type { KindFound } from './kind-found.ts';

export interface RegistryCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly accept?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An iterable can be sent once: such a call is not repeated after a 401 or a 429. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Follows redirects of a GET or HEAD, without credentials on another origin. Only blobs are kept elsewhere. */
  readonly follow?: boolean;
  readonly signal: AbortSignal;
}

/** One place of a registry. The account of the config is sent nowhere else, whatever address is asked. */
export interface Asked {
  readonly registry: string;
  /**
   * Resolves to any HTTP answer; its body has to be read or cancelled. Rejects with a `RegistryError` when none came, when it
   * is a redirect that is not followed, or when the account is wanted elsewhere.
   */
  ask(call: RegistryCall): Promise<Response>;
}

/** One repository through the Distribution API. */
export interface Repository extends Asked {
  /** `devops/shop`. */
  readonly path: string;
  /** Below the repository: `tags/list`. */
  url(path: string): URL;
}

/** A registry beyond its repositories. */
export interface RegistryHost extends Asked {
  /** `/v2/_catalog`, or an address of the product: `/api/v2.0/search`. */
  url(path: string): URL;
  /** The same where the product's own API is: for Docker Hub another host than the registry. */
  apiUrl(path: string): URL;
}

export interface Registries {
  /** `mountFrom` is a second repository of the same registry to read from: for mounting its blobs. */
  repository(reference: Pick<ImageReference, 'registry' | 'path'>, purpose?: Purpose, mountFrom?: string): Repository;
  host(registry: string, purpose?: Purpose): RegistryHost;
  /** Which product a registry is. Rejects with a `RegistryError` when it does not answer. */
  kind(registry: string, signal: AbortSignal): Promise<KindFound>;
  /**
   * What a registry says to the account of the config: an HTTP status, 401 when it refuses it. Rejects when it does not
   * answer, and with a `RealmRefused` when the account is wanted elsewhere.
   */
  tryAccount(registry: string, signal: AbortSignal, purpose?: Purpose): Promise<number>;
  /** Connects to a registry without an account. Never rejects. */
  ping(registry: string, signal: AbortSignal): Promise<Ping>;
  /** The certificate a registry of the config showed last; undefined over plain http, and before the first connection. */
  certificate(registry: string): Certificate | undefined;
  /** What a registry of the config asked to be told to people (`Warning: 299`), each once. */
  warnings(registry: string): readonly string[];
}

/** What a connection from Fairlead to a registry came to. */
export type Ping =
  | {
      readonly ok: true;
      readonly status: number;
      readonly ms: number;
      /** Whether it speaks the Distribution API. */
      readonly isRegistry: boolean;
      /** The registry's clock, Unix milliseconds; undefined when it does not say. */
      readonly date: number | undefined;
    }
  /** `code` is Node's: `ENOTFOUND`, `CERT_HAS_EXPIRED`; `refused` for an address that Fairlead does not connect to. */
  | { readonly ok: false; readonly code: string };
