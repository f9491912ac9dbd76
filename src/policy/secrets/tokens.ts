/**
 * Tokens that are known by how they begin, and how long they are at least after it.
 *
 * Made by hand from the rules of gitleaks 8.30 (config/gitleaks.toml, https://github.com/gitleaks/gitleaks), which are
 * Copyright (c) 2019 Zachary Rice, MIT License: permission is granted, free of charge, to any person obtaining a copy of
 * them to deal in them without restriction, provided that this notice is included in all copies or substantial portions;
 * they are provided "as is", without warranty of any kind. Patterns became a beginning, an alphabet and a length, so that
 * looking for them takes linear time.
 */
export interface TokenRule {
  readonly begins: string;
  readonly of: Alphabet;
  /** Characters after the beginning, at least and, where other things begin so too, at most. */
  readonly least: number;
  readonly most?: number;
  /** The word is in the middle of the token, which has characters of the alphabet before it too. */
  readonly inside?: boolean;
}

/** What a token is made of, as the characters of a class. */
export const ALPHABETS = {
  hex: '0-9a-fA-F',
  upper: 'A-Z0-9',
  letters: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  upperDash: 'A-Z0-9-',
  hexDash: '0-9a-f-',
  word: 'A-Za-z0-9_-',
  dotted: 'A-Za-z0-9_.=-',
  base64: 'A-Za-z0-9+/=_-',
  tilde: 'A-Za-z0-9_~.-',
} as const;
export type Alphabet = keyof typeof ALPHABETS;

const rules = (of: Alphabet, least: number, ...begins: readonly string[]): readonly TokenRule[] =>
  begins.map((word) => ({ begins: word, of, least }));
const exactly = (of: Alphabet, count: number, ...begins: readonly string[]): readonly TokenRule[] =>
  begins.map((word) => ({ begins: word, of, least: count, most: count }));
const inside = (of: Alphabet, least: number, word: string): TokenRule => ({ begins: word, of, least, inside: true });

export const TOKENS: readonly TokenRule[] = [
  ...exactly('upper', 16, 'AKIA', 'ASIA', 'ABIA', 'ACCA'),
  ...rules('upperDash', 33, 'A3-'),
  ...rules(
    'base64',
    60,
    'ops_eyJ',
    'glc_eyJ',
    'eyJrIjoi',
    'IQoJb3Jp',
    'FwoGZXIv',
    'ABSK',
    'ZXlK',
    'fm1a_',
    'fm1r_',
    'fm2_',
  ),
  ...rules('base64', 30, 'bedrock-api-key-', 'glc_'),
  ...rules('alnum', 30, 'p8e-'),
  ...rules('upper', 50, 'AGE-SECRET-KEY-1'),
  // How the bodies of private keys begin, without the line that says what they are: OpenSSH, Ed25519, and EC in both forms.
  ...rules('base64', 20, 'b3BlbnNzaC1rZXktdjE', 'MC4CAQAwBQYDK2Vw', 'MIGHAgEAMBMGByqGSM49', 'MHcCAQEEI'),
  ...exactly('alnum', 20, 'LTAI'),
  ...rules('word', 30, 'sk-ant-', 'sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-'),
  ...rules('alnum', 59, 'AKCp', 'cmVmd'),
  ...rules('dotted', 60, 'ATATT3', 'ATCTT3'),
  ...rules('hexDash', 100, 'v1.0-'),
  ...exactly('alnum', 38, '4b1d'),
  ...rules('alnum', 50, 'CLOJARS_'),
  ...rules('hexDash', 32, 'dapi'),
  ...rules('word', 60, 'dnkey-'),
  ...rules('hex', 60, 'doo_v1_', 'dop_v1_', 'dor_v1_'),
  ...rules('alnum', 40, 'dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'),
  ...rules('dotted', 40, 'duffel_test_', 'duffel_live_'),
  ...rules('dotted', 80, 'dt0c01.', 'dt0s01.'),
  ...rules('alnum', 50, 'EZAK', 'EZTK'),
  ...rules('alnum', 80, 'EAAC', 'EAAM'),
  ...rules('word', 12, 'FLWSECK_TEST-', 'FLWPUBK_TEST-', 'FLWSECK-'),
  ...rules('word', 40, 'fo1_', 'fio-u-', 'gloas-', 'glagent-'),
  ...rules('word', 30, 'AIza'),
  ...rules('dotted', 30, 'ya29.'),
  ...rules('word', 20, 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'),
  ...rules(
    'dotted',
    16,
    'glpat-',
    'gldt-',
    'glft-',
    'glrt-',
    'glsoat-',
    'glcbt-',
    'glptt-',
    'glimt-',
    'glffct-',
    'glwt-',
  ),
  ...rules('word', 20, 'GR1348941', 'glsa_', 'GOCSPX-'),
  ...rules('alnum', 30, '_gitlab_session='),
  ...rules('word', 36, 'live_pub_', 'test_pub_'),
  ...rules('dotted', 60, 'pat.', 'sat.'),
  inside('dotted', 70, '.atlasv1.'),
  ...rules('word', 50, 'HRKU-AA'),
  ...exactly('letters', 34, 'hf_', 'api_org_'),
  ...exactly('alnum', 32, 'ico-'),
  ...rules('hex', 60, 's-s4t2ud-', 's-s4t2af-', 'sntryu_'),
  ...rules('word', 36, 'lin_api_', 'lin_oauth_'),
  inside('word', 36, '_mmk'),
  ...rules('upper', 20, 'NRAK-', 'NRIQ-'),
  ...rules('word', 15, 'NRJS-', 'NRII-', 'NRRA-'),
  ...rules('alnum', 40, 'ntn_'),
  ...rules('alnum', 30, 'npm_'),
  ...exactly('upper', 26, 'API-'),
  inside('word', 40, 'T3BlbkFJ'),
  ...rules('word', 40, 'sha256~'),
  ...rules('alnum', 36, 'pplx-', 'gsk_', 'xai-', 'r8_', 'nvapi-'),
  ...rules('dotted', 30, 'pscale_tkn_', 'pscale_oauth_', 'pscale_pw_'),
  ...rules('hexDash', 50, 'PMAK-'),
  ...rules('alnum', 30, 'pnu_', 'pnb_'),
  ...exactly('hex', 40, 'pul-'),
  ...rules('word', 50, 'pypi-AgEI'),
  ...rules('alnum', 60, 'rdme_'),
  ...rules('hex', 40, 'rubygems_'),
  ...rules('word', 40, 'tk-us-'),
  ...rules('dotted', 50, 'SG.'),
  ...rules('word', 60, 'xkeysib-', 'xsmtpsib-'),
  ...rules('base64', 60, 'sntrys_'),
  ...rules('alnum', 16, 'sm_aat_', 'sm_pat_', 'sm_sat_'),
  ...rules('hex', 30, 'shippo_live_', 'shippo_test_', 'shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_'),
  ...rules(
    'word',
    8,
    'xoxa-',
    'xoxb-',
    'xoxc-',
    'xoxd-',
    'xoxe-',
    'xoxe.',
    'xoxo-',
    'xoxp-',
    'xoxr-',
    'xoxs-',
    'xapp-',
  ),
  ...rules('word', 36, 'sgp_', 'squ_', 'sqp_', 'sqa_'),
  ...rules('word', 20, 'sq0atp-', 'sq0csp-', 'EAAA'),
  ...rules('alnum', 10, 'sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_', 'whsec_'),
  ...[...'0123456789abcdefABCDEF'].flatMap((digit) => exactly('hex', 31, `SK${digit}`)),
  ...rules('dotted', 40, 'tfp_'),
  ...rules('word', 20, 'hvs.', 'hvb.', 'hvr.'),
  ...rules('word', 35, 'AQVN', 'YCA', 'YCM'),
  ...rules('word', 25, 'dckr_pat_', 'dckr_oat_', 'tskey-auth-', 'tskey-api-', 'tskey-client-', 'figd_'),
  ...['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => inside('tilde', 34, `${digit}Q~`)),
  // Of services that gitleaks has no rules for, after their documentation.
  ...exactly('hex', 32, 'sk-', 'key-'),
  ...exactly('hex', 48, 'sk_'),
  ...rules('word', 40, 'lsv2_pt_', 'lsv2_sk_'),
  ...rules('hex', 40, 'sbp_', 'bkua_'),
  ...rules('hexDash', 36, 'access-production-', 'access-sandbox-', 'access-development-'),
  ...exactly('hexDash', 36, 'sdk-'),
  ...rules('alnum', 24, 'vcp_', 'vci_', 'vca_', 'vcr_', 'vck_', 'rnd_'),
  ...rules('alnum', 32, 'ATBB', 'nfp_'),
  ...exactly('alnum', 43, 'secret_', 'oy2'),
  ...rules('alnum', 50, 'napi_'),
  ...rules('word', 30, 'sb_secret_'),
  ...rules('word', 40, 'CFPAT-'),
  ...rules('word', 50, 'CCIPAT_', 'CCIPRJ_', 'y0_'),
  ...rules('word', 100, 'APA91b'),
  ...['sc_', 'ext_', 'scauth_', 'authress_'].flatMap((word) => rules('dotted', 60, word)),
];
