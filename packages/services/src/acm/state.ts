import { table } from '@cloud-orrery/kernel'

/** A request that may come again: the answer is the same for an hour. */
export interface RequestTokenRecord {
  readonly token: string
  readonly fingerprint: string
  readonly certificateArn: string
  readonly expiresAtMs: number
}

export const requestTokens = table<RequestTokenRecord>('acm.request-tokens', {
  key: (it) => it.token,
  partition: 'region',
})

/** What a link in a mail approves: a domain of a certificate. */
export interface ApprovalRecord {
  readonly code: string
  readonly certificateArn: string
  readonly domain: string
  readonly accountId: string
  readonly region: string
}

export const approvals = table<ApprovalRecord, 'certificate'>('acm.approvals', {
  key: (it) => it.code,
  partition: 'cloud',
  indexes: { certificate: (it) => it.certificateArn },
})

export const accountConfigurations = table<{ readonly name: 'own'; readonly days: number }>(
  'acm.account-configurations',
  { key: (it) => it.name, partition: 'region' },
)
