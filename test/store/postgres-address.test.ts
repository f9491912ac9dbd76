import { expect, it } from 'vitest';
import { shownDatabase } from '../../src/store/database.ts';

it.each([
  ['postgres://fairlead:secret@db.example.com/fairlead', 'postgres://fairlead@db.example.com:5432/fairlead'],
  ['POSTGRESQL://fairlead:secret@db:6432/fairlead', 'postgres://fairlead@db:6432/fairlead'],
  ['postgres://fair%40lead:se%2Fcret@db/fairlead?sslmode=verify-full', 'postgres://fair@lead@db:5432/fairlead'],
  [
    'postgres://fairlead@localhost/fairlead?host=/run/postgresql',
    'postgres://fairlead@%2Frun%2Fpostgresql:5432/fairlead',
  ],
  [
    'postgres://fairlead@%2Frun%2Fpostgresql/fairlead?sslmode=disable',
    'postgres://fairlead@%2Frun%2Fpostgresql:5432/fairlead',
  ],
  ['file:./data/fairlead.db', 'file:./data/fairlead.db'],
])('%s is shown without its password', (url, shown) => {
  expect(shownDatabase(url)).toBe(shown);
});

it.each([
  ['postgres://fairlead:secret@db:port/fairlead', 'is no address'],
  ['postgres://fairlead:secret@db/fairlead?application_name=x', 'has the option "application_name"'],
  ['postgres://:secret@db/fairlead', 'names no user'],
  ['postgres://fairlead:secret@db', 'names no database'],
  ['postgres://fairlead:secret@db/a/b', 'names no database'],
  ['postgres://fairlead:secret@db/fairlead?host=', 'names no host'],
  ['postgres://fairlead:secret@db/fairlead?sslmode=allow', 'has sslmode=allow'],
  ['postgres://fairlead:secret%@db/fairlead', 'has a % that begins no escape'],
  ['postgres://fairlead:7?secret@db/fairlead', 'has a /, ? or # in its password'],
  ['postgres://fairlead:7#secret@db/fairlead', 'has a /, ? or # in its password'],
  ['postgres://fairlead:secret/8@db/fairlead', 'has a /, ? or # in its password'],
  ['postgres://fair@lead:7?secret@db/fairlead', 'has a /, ? or # in its password'],
  ['fairlead:secret@db/fairlead', 'has an account in it'],
  ['file://fairlead:secret@db/fairlead', 'has an account in it'],
  ['postgres://fairlead:secret@db/fairlead?sslkey=/nowhere/key.pem', 'names a sslkey that cannot be read'],
])('%s is refused with the reason, and without its password', (url, why) => {
  expect(() => shownDatabase(url)).toThrow(
    expect.objectContaining({ reason: 'not_configured', hint: expect.stringMatching(/\.$/u) }),
  );
  expect(() => shownDatabase(url)).toThrow(why);
  expect(() => shownDatabase(url)).not.toThrow('secret');
});
