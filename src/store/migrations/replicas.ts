import type { Migration } from './migration.ts';

/**
 * Processes on the store; what each is doing that its person can stop; and the budgets of people, by the database's clock.
 * `beat` counts heartbeats.
 */
export const REPLICAS: Migration = {
  statements: [
    `create table replicas (
     id text primary key, role text not null, version text not null, machine text not null, config text not null,
     started_at bigint not null, seen_at bigint not null, beat bigint not null)`,
    `create table ongoing (
     id text primary key, person text not null, owner text not null, until bigint not null, stopped_by text)`,
    'create index ongoing_by_owner on ongoing (owner)',
    'create table budgets (person text primary key, used_until bigint not null)',
  ],
};
