import { BlockList, isIP } from 'node:net'
import type { RuleCondition } from '@cloud-orrery/models/elbv2'
import { notModelled } from '../shared/not-modelled.ts'
import { validationError } from './errors.ts'
import { conditionValuesMax, wildcardsMax } from './limits.ts'
import { matchesWildcards } from './wildcards.ts'

/** What of a request conditions look at. */
export interface Conditioned {
  readonly host: string
  readonly method: string
  /** Raw. */
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly sourceIp: string
}

const fields = [
  ...['host-header', 'path-pattern', 'http-header', 'query-string', 'http-request-method'],
  'source-ip',
]

/** Conditions as answers show them; refuses those that are none. Source: ELB API reference, RuleCondition. */
export function checkedConditions(conditions: readonly RuleCondition[]): RuleCondition[] {
  if (conditions.length === 0) throw validationError('A condition must be specified')
  const checked = conditions.map(checkedCondition)
  const once = ['host-header', 'path-pattern', 'http-request-method', 'source-ip']
  for (const field of once) {
    if (checked.filter(({ Field }) => Field === field).length > 1) {
      throw validationError(`A rule can only have one '${field}' condition`)
    }
  }
  const values = checked.flatMap(valuesOf)
  if (values.length > conditionValuesMax) {
    throw validationError(`A rule can only have '${conditionValuesMax}' condition values`)
  }
  const wildcards = values.join('').replace(/[^*?]/g, '').length
  if (wildcards > wildcardsMax) {
    throw validationError(`A rule can only have '${wildcardsMax}' condition wildcards`)
  }
  return checked
}

function checkedCondition(condition: RuleCondition): RuleCondition {
  const { Field, Values } = condition
  if (Field === undefined || !fields.includes(Field)) {
    throw validationError(
      `Condition field '${Field ?? ''}' must be one of '[${fields.join(', ')}]'`,
    )
  }
  const configs = [
    condition.HostHeaderConfig,
    condition.PathPatternConfig,
    condition.HttpHeaderConfig,
  ]
  if (
    [condition, ...configs].some(
      (it) => it !== undefined && 'RegexValues' in it && it.RegexValues !== undefined,
    )
  ) {
    throw notModelled('RegexValues of conditions')
  }
  switch (Field) {
    case 'host-header': {
      const values = listOf(Field, Values, condition.HostHeaderConfig?.Values)
      for (const value of values) checkText(Field, value, /^[A-Za-z0-9*?.-]{1,128}$/)
      return { Field, Values: values, HostHeaderConfig: { Values: values } }
    }
    case 'path-pattern': {
      const values = listOf(Field, Values, condition.PathPatternConfig?.Values)
      for (const value of values)
        checkText(Field, value, /^[A-Za-z0-9_\-.$/~"'@:+&*?;,=()!%#^|{}[\]\\]{1,128}$/)
      return { Field, Values: values, PathPatternConfig: { Values: values } }
    }
    case 'http-header': {
      const { HttpHeaderName = '', Values: values = [] } = condition.HttpHeaderConfig ?? {}
      checkText('http-header name', HttpHeaderName, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}$/)
      if (values.length === 0) throw missingValues(Field)
      for (const value of values) checkText(Field, value, /^[\x20-\x7e]{1,128}$/)
      return { Field, HttpHeaderConfig: { HttpHeaderName, Values: values } }
    }
    case 'query-string': {
      const pairs = condition.QueryStringConfig?.Values ?? []
      if (pairs.length === 0) throw missingValues(Field)
      for (const { Value } of pairs) {
        if (Value === undefined) throw validationError('A query string condition must have a value')
        checkText(Field, Value, /^[\x20-\x7e]{1,128}$/)
      }
      return { Field, QueryStringConfig: { Values: pairs } }
    }
    case 'http-request-method': {
      const values = condition.HttpRequestMethodConfig?.Values ?? []
      if (values.length === 0) throw missingValues(Field)
      for (const value of values) checkText(Field, value, /^[A-Z_-]{1,40}$/)
      return { Field, HttpRequestMethodConfig: { Values: values } }
    }
    default: {
      const { Values: values = [], IpAddressType } = condition.SourceIpConfig ?? {}
      if (IpAddressType !== undefined) throw notModelled('IpAddressType of source-ip conditions')
      if (values.length === 0) throw missingValues(Field)
      for (const value of values) {
        if (!isBlock(value)) {
          throw validationError(
            `The value '${value}' of a source-ip condition must be a CIDR block`,
          )
        }
      }
      return { Field, SourceIpConfig: { Values: values } }
    }
  }
}

function listOf(
  field: string,
  values: readonly string[] | undefined,
  configured: readonly string[] | undefined,
): readonly string[] {
  if (
    values !== undefined &&
    values.length > 0 &&
    configured !== undefined &&
    values.join() !== configured.join()
  ) {
    throw validationError(`Only one of Values and the configuration of '${field}' can be specified`)
  }
  const list = configured ?? values ?? []
  if (list.length === 0) throw missingValues(field)
  return list
}

function missingValues(field: string) {
  return validationError(`A condition value must be specified for '${field}'`)
}

function checkText(field: string, value: string, legal: RegExp): void {
  if (!legal.test(value)) {
    throw validationError(`The value '${value}' is not valid for the condition '${field}'`)
  }
}

function isBlock(value: string): boolean {
  const [address = '', bits = ''] = value.split('/')
  const version = isIP(address)
  return version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

function valuesOf(condition: RuleCondition): string[] {
  const { HostHeaderConfig, PathPatternConfig, HttpHeaderConfig } = condition
  const { HttpRequestMethodConfig, SourceIpConfig, QueryStringConfig } = condition
  return [
    ...(HostHeaderConfig?.Values ?? []),
    ...(PathPatternConfig?.Values ?? []),
    ...(HttpHeaderConfig?.Values ?? []),
    ...(HttpRequestMethodConfig?.Values ?? []),
    ...(SourceIpConfig?.Values ?? []),
    ...(QueryStringConfig?.Values ?? []).map(({ Value = '' }) => Value),
  ]
}

/** Whether a request meets all conditions of a rule; of the values of each, one is enough. */
export function meets(request: Conditioned, conditions: readonly RuleCondition[]): boolean {
  return conditions.every((condition) => meetsOne(request, condition))
}

function meetsOne(request: Conditioned, condition: RuleCondition): boolean {
  switch (condition.Field) {
    case 'host-header': {
      const host = request.host.toLowerCase()
      return some(condition.HostHeaderConfig?.Values, (it) =>
        matchesWildcards(host, it.toLowerCase()),
      )
    }
    case 'path-pattern':
      return some(condition.PathPatternConfig?.Values, (it) => matchesWildcards(request.path, it))
    case 'http-header': {
      const { HttpHeaderName = '', Values } = condition.HttpHeaderConfig ?? {}
      const value = request.headers[HttpHeaderName.toLowerCase()]?.toLowerCase()
      return value !== undefined && some(Values, (it) => matchesWildcards(value, it.toLowerCase()))
    }
    case 'query-string':
      return meetsQuery(request.query, condition)
    case 'http-request-method':
      return some(condition.HttpRequestMethodConfig?.Values, (it) => it === request.method)
    default:
      return isFrom(request.sourceIp, condition)
  }
}

function some(values: readonly string[] | undefined, test: (value: string) => boolean): boolean {
  return (values ?? []).some(test)
}

/** Without a key, any parameter may have the value. Source: User Guide, "Query string conditions". */
function meetsQuery(query: string, { QueryStringConfig }: RuleCondition): boolean {
  const pairs = query.split('&').map((pair) => {
    const mark = pair.indexOf('=')
    const name = mark === -1 ? pair : pair.slice(0, mark)
    return [name.toLowerCase(), (mark === -1 ? '' : pair.slice(mark + 1)).toLowerCase()] as const
  })
  return (QueryStringConfig?.Values ?? []).some(({ Key, Value = '' }) =>
    pairs.some(
      ([name, value]) =>
        (Key === undefined || matchesWildcards(name, Key.toLowerCase())) &&
        matchesWildcards(value, Value.toLowerCase()),
    ),
  )
}

/** Blocks ready for use, by the condition that has them: a changed one is another object. */
const blocks = new WeakMap<RuleCondition, BlockList>()

function isFrom(address: string, condition: RuleCondition): boolean {
  let list = blocks.get(condition)
  if (list === undefined) {
    list = new BlockList()
    for (const value of condition.SourceIpConfig?.Values ?? []) {
      const [first = '', bits = ''] = value.split('/')
      list.addSubnet(first, Number(bits), isIP(first) === 4 ? 'ipv4' : 'ipv6')
    }
    blocks.set(condition, list)
  }
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
