import type { TableContext } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { configurationSetsMax } from './limits.ts'
import { type ConfigurationSet, configurationSets, identities } from './state.ts'
import type { MailWords } from './words.ts'

export function configurationSet(
  ctx: TableContext,
  name: string,
  words: MailWords,
): ConfigurationSet {
  const set = configurationSets.get(ctx, name)
  if (set === undefined) throw words.configurationSetNotFound(name)
  return set
}

/** Names are of letters, digits, hyphens and underscores, at most 64. Source: SES API v2 Reference, CreateConfigurationSet. */
export function createConfigurationSet(
  ctx: Context,
  name: string,
  fields: Partial<ConfigurationSet>,
  words: MailWords,
): ConfigurationSet {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw words.invalid(invalidSetName(name))
  if (configurationSets.has(ctx, name)) throw words.configurationSetExists(name)
  if (configurationSets.count(ctx) >= configurationSetsMax) {
    throw words.limitExceeded('You have reached the limit on the number of configuration sets.')
  }
  return configurationSets.put(ctx, {
    name,
    createdAtMs: ctx.now(),
    sendingEnabled: true,
    reputationMetrics: false,
    tlsPolicy: 'OPTIONAL',
    destinations: [],
    tags: {},
    ...fields,
  })
}

function invalidSetName(name: string): string {
  return name.length > 64
    ? 'Configuration set name cannot exceed 64 characters.'
    : `Invalid configuration set name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`
}

/** Identities that had it as their default have none afterwards. */
export function deleteConfigurationSet(ctx: Context, name: string, words: MailWords): void {
  configurationSet(ctx, name, words)
  configurationSets.delete(ctx, name)
  for (const identity of [...identities.scan(ctx)]) {
    if (identity.configurationSetName !== name) continue
    const { configurationSetName: _gone, ...rest } = identity
    identities.put(ctx, rest)
  }
}
