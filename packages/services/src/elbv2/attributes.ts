import { validationError } from './errors.ts'

/** An attribute: what it is at first, and which values it may have. */
interface AttributeRule {
  readonly initial: string
  readonly legal: RegExp | ((value: string) => boolean)
}

const flag = (initial: boolean): AttributeRule => ({
  initial: String(initial),
  legal: /^(true|false)$/,
})
const text = (initial = ''): AttributeRule => ({ initial, legal: /^[\s\S]{0,1024}$/ })
const oneOf = (initial: string, ...others: string[]): AttributeRule => ({
  initial,
  legal: (value) => [initial, ...others].includes(value),
})
const between = (initial: number, min: number, max: number): AttributeRule => ({
  initial: String(initial),
  legal: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
})

export type AttributeRules = Readonly<Record<string, AttributeRule>>

/** Source: ELB API reference, LoadBalancerAttribute: those of Application Load Balancers. */
export const balancerAttributes: AttributeRules = {
  'access_logs.s3.enabled': flag(false),
  'access_logs.s3.bucket': text(),
  'access_logs.s3.prefix': text(),
  'connection_logs.s3.enabled': flag(false),
  'connection_logs.s3.bucket': text(),
  'connection_logs.s3.prefix': text(),
  'health_check_logs.s3.enabled': flag(false),
  'health_check_logs.s3.bucket': text(),
  'health_check_logs.s3.prefix': text(),
  'client_keep_alive.seconds': between(3600, 60, 604_800),
  'deletion_protection.enabled': flag(false),
  'idle_timeout.timeout_seconds': between(60, 1, 4000),
  'ipv6.deny_all_igw_traffic': flag(false),
  'load_balancing.cross_zone.enabled': oneOf('true'),
  'routing.http.desync_mitigation_mode': oneOf('defensive', 'monitor', 'strictest'),
  'routing.http.drop_invalid_header_fields.enabled': flag(false),
  'routing.http.preserve_host_header.enabled': flag(false),
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': flag(false),
  'routing.http.xff_client_port.enabled': flag(false),
  'routing.http.xff_header_processing.mode': oneOf('append', 'preserve', 'remove'),
  'routing.http2.enabled': flag(true),
  'waf.fail_open.enabled': flag(false),
  'zonal_shift.config.enabled': flag(false),
}

const ofAllGroups: AttributeRules = {
  'stickiness.enabled': flag(false),
}

/** Source: ELB API reference, TargetGroupAttribute: those of groups of Application Load Balancers. */
export const groupAttributes: AttributeRules = {
  ...ofAllGroups,
  'deregistration_delay.timeout_seconds': between(300, 0, 3600),
  'stickiness.type': oneOf('lb_cookie', 'app_cookie'),
  'stickiness.lb_cookie.duration_seconds': between(86_400, 1, 604_800),
  'stickiness.app_cookie.cookie_name': text(),
  'stickiness.app_cookie.duration_seconds': between(86_400, 1, 604_800),
  'slow_start.duration_seconds': between(0, 0, 900),
  'load_balancing.algorithm.type': oneOf(
    'round_robin',
    'least_outstanding_requests',
    'weighted_random',
  ),
  'load_balancing.algorithm.anomaly_mitigation': oneOf('off', 'on'),
  'load_balancing.cross_zone.enabled': oneOf('use_load_balancer_configuration', 'true', 'false'),
  'target_group_health.dns_failover.minimum_healthy_targets.count': text('1'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': text('off'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': text('1'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': text('off'),
}

/** Functions are called, not connected to. */
export const functionGroupAttributes: AttributeRules = {
  'lambda.multi_value_headers.enabled': flag(false),
  'target_group_health.dns_failover.minimum_healthy_targets.count': text('1'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': text('off'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': text('1'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': text('off'),
}

const headerNames = [
  ...['x_amzn_mtls_clientcert_serial_number', 'x_amzn_mtls_clientcert_issuer'],
  ...['x_amzn_mtls_clientcert_subject', 'x_amzn_mtls_clientcert_validity'],
  ...['x_amzn_mtls_clientcert_leaf', 'x_amzn_mtls_clientcert', 'x_amzn_tls_version'],
  'x_amzn_tls_cipher_suite',
]

const responseHeaders = [
  ...[
    'access_control_allow_origin',
    'access_control_allow_methods',
    'access_control_allow_headers',
  ],
  ...['access_control_allow_credentials', 'access_control_expose_headers'],
  ...['access_control_max_age', 'content_security_policy', 'strict_transport_security'],
  ...['x_content_type_options', 'x_frame_options'],
]

/** Source: ELB API reference, ListenerAttribute. */
export const listenerAttributes: AttributeRules = {
  'routing.http.response.server.enabled': flag(true),
  ...Object.fromEntries(
    responseHeaders.map((name) => [`routing.http.response.${name}.header_value`, text()]),
  ),
}

/** Only where the balancer ends TLS. */
export const tlsListenerAttributes: AttributeRules = {
  ...listenerAttributes,
  ...Object.fromEntries(
    headerNames.map((name) => [
      `routing.http.request.${name}.header_name`,
      text(name.split('_').map(capitalised).join('-')),
    ]),
  ),
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

export interface GivenAttribute {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
}

/** What is left of attributes after some were set; refuses those that are none. */
export function withAttributes(
  known: AttributeRules,
  before: Readonly<Record<string, string>>,
  given: readonly GivenAttribute[],
): Record<string, string> {
  const after = { ...before }
  for (const { Key = '', Value = '' } of given) {
    const rule = Object.hasOwn(known, Key) ? known[Key] : undefined
    if (rule === undefined) throw validationError(`Key '${Key}' not recognized`)
    const isLegal = rule.legal instanceof RegExp ? rule.legal.test(Value) : rule.legal(Value)
    if (!isLegal) throw validationError(`'${Key}' value '${Value}' is not valid`)
    after[Key] = Value
  }
  return after
}

export function shownAttributes(
  known: AttributeRules,
  set: Readonly<Record<string, string>>,
): { Key: string; Value: string }[] {
  return Object.entries(known).map(([Key, { initial }]) => ({ Key, Value: set[Key] ?? initial }))
}

export function attribute(
  known: AttributeRules,
  { attributes }: { readonly attributes: Readonly<Record<string, string>> },
  key: string,
): string {
  return attributes[key] ?? known[key]?.initial ?? ''
}

export function isOn(
  known: AttributeRules,
  record: { readonly attributes: Readonly<Record<string, string>> },
  key: string,
): boolean {
  return attribute(known, record, key) === 'true'
}
