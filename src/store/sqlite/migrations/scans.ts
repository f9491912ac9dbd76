/** Reports of scanners, kept to be shown again: what is lost is scanned anew. */
export const SCANS: readonly string[] = [
  `create table scans (
     digest text not null, platform text not null, scanner text not null, at bigint not null, body text not null,
     mac text not null, primary key (digest, platform, scanner))`,
  'create index scans_at on scans (at)',
];
