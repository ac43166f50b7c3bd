import { DescribeSSLPolicies, type SslPolicy } from '@cloud-orrery/models/elbv2'
import { operation } from '../define.ts'
import { sslPolicyNotFound } from './errors.ts'

const modern = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const forward = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
]
const classic = [
  ...['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ...['ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384'],
]
const old = [
  ...['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA'],
  ...['ECDHE-ECDSA-AES256-SHA', 'AES128-GCM-SHA256', 'AES128-SHA256', 'AES128-SHA'],
  ...['AES256-GCM-SHA384', 'AES256-SHA256', 'AES256-SHA'],
]

/**
 * Policies by name: protocols and ciphers.
 * Source: User Guide, "Security policies for your Application Load Balancer". Deviation: those in common use; others are
 * not found. TLS at the doors follows none of them.
 */
const policies: Readonly<Record<string, readonly [string[], string[]]>> = {
  'ELBSecurityPolicy-2016-08': [
    ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
    [...forward, ...classic, ...old],
  ],
  'ELBSecurityPolicy-TLS13-1-3-2021-06': [['TLSv1.3'], modern],
  'ELBSecurityPolicy-TLS13-1-2-2021-06': [
    ['TLSv1.2', 'TLSv1.3'],
    [...modern, ...forward, ...classic],
  ],
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': [
    ['TLSv1.2', 'TLSv1.3'],
    [...modern, ...forward],
  ],
  'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06': [
    ['TLSv1.2', 'TLSv1.3'],
    [
      ...modern,
      ...forward,
      ...classic,
      'AES128-GCM-SHA256',
      'AES128-SHA256',
      'AES256-GCM-SHA384',
      'AES256-SHA256',
    ],
  ],
  'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06': [
    ['TLSv1.2', 'TLSv1.3'],
    [...modern, ...forward, ...classic, ...old],
  ],
  'ELBSecurityPolicy-TLS13-1-1-2021-06': [
    ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    [...modern, ...forward, ...classic, ...old],
  ],
  'ELBSecurityPolicy-TLS13-1-0-2021-06': [
    ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    [...modern, ...forward, ...classic, ...old],
  ],
  'ELBSecurityPolicy-TLS-1-2-2017-01': [['TLSv1.2'], [...forward, ...classic]],
  'ELBSecurityPolicy-TLS-1-2-Ext-2018-06': [['TLSv1.2'], [...forward, ...classic, ...old]],
  'ELBSecurityPolicy-TLS-1-1-2017-01': [
    ['TLSv1.1', 'TLSv1.2'],
    [...forward, ...classic, ...old],
  ],
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': [['TLSv1.2'], forward],
  'ELBSecurityPolicy-FS-1-2-Res-2019-08': [['TLSv1.2'], [...forward, ...classic]],
  'ELBSecurityPolicy-FS-1-2-2019-08': [['TLSv1.2'], [...forward, ...classic]],
  'ELBSecurityPolicy-FS-1-1-2019-08': [
    ['TLSv1.1', 'TLSv1.2'],
    [...forward, ...classic],
  ],
  'ELBSecurityPolicy-FS-2018-06': [
    ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
    [...forward, ...classic],
  ],
}

/** Of HTTPS listeners whose maker names none. Source: CreateListener, `SslPolicy`. */
export const defaultSslPolicy = 'ELBSecurityPolicy-2016-08'

export function checkSslPolicy(name: string): void {
  if (!Object.hasOwn(policies, name)) throw sslPolicyNotFound(name)
}

export const describeSslPolicies = operation(DescribeSSLPolicies, {
  authorize: () => '*',
  provenance: 'simplified',
  run(_ctx, { Names = [] }) {
    for (const name of Names) checkSslPolicy(name)
    const wanted = Names.length === 0 ? Object.keys(policies) : Names
    return {
      SslPolicies: wanted.map((Name): SslPolicy => {
        const [SslProtocols, ciphers] = policies[Name] ?? [[], []]
        return {
          SslProtocols,
          Ciphers: ciphers.map((cipher, at) => ({ Name: cipher, Priority: at + 1 })),
          Name,
          SupportedLoadBalancerTypes: ['application', 'network'],
        }
      }),
    }
  },
})
