import { orderedKey } from '@cloud-orrery/kernel'
import {
  type ApiKey,
  CreateApiKey,
  DeleteApiKey,
  GetApiKey,
  GetApiKeys,
  ImportApiKeys,
  UpdateApiKey,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { apiKeyNotFound, badRequest, conflict, invalidPatchPath } from './errors.ts'
import { apiKeyNameLengthMax, apiKeyValueLength, apiKeyValueLengthMin } from './limits.ts'
import { page } from './pages.ts'
import { defined, flag, only, patchesOf } from './patches.ts'
import { needs, permission } from './permissions.ts'
import { type ApiKeyRecord, apiKeys, usagePlanKeys } from './state.ts'

const valueAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const idAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

export const createApiKey = operation(CreateApiKey, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/apikeys'),
  provenance: 'recorded',
  secretOutput: ['value'],
  run(ctx, input) {
    const record = addKey(ctx, input)
    const shown = shownKey(record, true)
    return Object.keys(record.tags).length === 0 ? withoutTags(shown) : shown
  },
})

function addKey(
  ctx: Context,
  input: {
    readonly name?: string | undefined
    readonly value?: string | undefined
    readonly description?: string | undefined
    readonly customerId?: string | undefined
    readonly enabled?: boolean | undefined
    readonly stageKeys?:
      | readonly {
          readonly restApiId?: string | undefined
          readonly stageName?: string | undefined
        }[]
      | undefined
    readonly tags?: Readonly<Record<string, string>> | undefined
  },
): ApiKeyRecord {
  const { name, value } = input
  if (name !== undefined && name.length > apiKeyNameLengthMax) {
    throw badRequest(`Invalid API Key name, can be at most ${apiKeyNameLengthMax} characters.`)
  }
  if (value !== undefined && value.length < apiKeyValueLengthMin) {
    throw badRequest(`API Key value should be at least ${apiKeyValueLengthMin} characters`)
  }
  if (value !== undefined) {
    const [same] = apiKeys.where(ctx, 'value', value)
    if (same !== undefined) throw conflict('API Key already exists')
  }
  const nowMs = Math.floor(ctx.now() / 1000) * 1000
  return apiKeys.put(
    ctx,
    defined({
      // Ids that sort the latest first. Recorded: apigateway, GetApiKeys: the order of its answers.
      id: newestFirst(nowMs) + ctx.ids.from(idAlphabet, 4),
      name: name === '' ? undefined : name,
      value: value ?? ctx.ids.from(valueAlphabet, apiKeyValueLength),
      customerId: input.customerId,
      description: input.description,
      enabled: input.enabled ?? false,
      stageKeys: (input.stageKeys ?? []).map(
        ({ restApiId = '', stageName = '' }) => `${restApiId}/${stageName}`,
      ),
      tags: input.tags ?? {},
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    }),
  )
}

/** Six characters that get smaller with time. */
function newestFirst(nowMs: number): string {
  const range = 36 ** 6
  return (range - 1 - (Math.floor(nowMs / 1000) % range)).toString(36).padStart(6, '0')
}

export const getApiKey = operation(GetApiKey, {
  authorize: needs('GET', '/apikeys/{apiKey}'),
  provenance: 'modelled',
  secretOutput: ['value'],
  run: (ctx, { apiKey, includeValue }) => shownKey(theKey(ctx, apiKey), includeValue === true),
})

export function theKey(ctx: Context, id: string): ApiKeyRecord {
  const key = apiKeys.get(ctx, id)
  if (key === undefined) throw apiKeyNotFound()
  return key
}

export const getApiKeys = operation(GetApiKeys, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/apikeys'),
  provenance: 'recorded',
  secretOutput: ({ items, ...rest }) => ({ ...rest, items: items?.map(noted) }),
  run(ctx, input) {
    const { nameQuery, customerId, includeValues = false } = input
    // Recorded: apigateway, GetApiKeys, `get-api-keys-invalid-limit`: answered, with no item.
    if (input.limit !== undefined && input.limit < 1) return { items: [] }
    return page(
      input,
      ['GetApiKeys', nameQuery, customerId],
      (start) => apiKeys.scan(ctx, start),
      ({ id }) => id,
      (key) => withoutEmptyTags(shownKey(key, includeValues)),
      (key) =>
        (nameQuery === undefined || key.name?.startsWith(nameQuery) === true) &&
        (customerId === undefined || key.customerId === customerId),
    )
  },
})

/** A key as the journal keeps it. */
export function noted<T extends { readonly value?: string | undefined }>(key: T): T {
  return key.value === undefined ? key : { ...key, value: '*** Sensitive Data Redacted ***' }
}

export const updateApiKey = operation(UpdateApiKey, {
  authorize: needs('PATCH', '/apikeys/{apiKey}'),
  provenance: 'recorded',
  run(ctx, { apiKey, patchOperations }) {
    let key = theKey(ctx, apiKey)
    for (const patch of patchesOf(patchOperations)) {
      const [head = ''] = patch.segments
      if (head === 'enabled') {
        only(patch, 'replace')
        key = { ...key, enabled: flag(patch.value) }
      } else if (head === 'name' || head === 'description' || head === 'customerId') {
        only(patch, 'replace')
        key = defined({ ...key, [head]: patch.value })
      } else if (head === 'stages') {
        const stage = patch.value ?? ''
        const rest = key.stageKeys.filter((it) => it !== stage)
        key = { ...key, stageKeys: patch.op === 'remove' ? rest : [...rest, stage] }
      } else throw invalidPatchPath(patch.path)
    }
    const updatedAtMs = Math.floor(ctx.now() / 1000) * 1000
    return shownKey(apiKeys.put(ctx, { ...key, updatedAtMs }), false)
  },
})

export const deleteApiKey = operation(DeleteApiKey, {
  authorize: needs('DELETE', '/apikeys/{apiKey}'),
  provenance: 'modelled',
  run(ctx, { apiKey }) {
    theKey(ctx, apiKey)
    for (const { planId, keyId } of [...usagePlanKeys.where(ctx, 'key', apiKey)]) {
      usagePlanKeys.delete(ctx, orderedKey(planId, keyId))
    }
    apiKeys.delete(ctx, apiKey)
    return {}
  },
})

/** Source: developer guide, "API Gateway API key file format". */
export const importApiKeys = operation(ImportApiKeys, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/apikeys'),
  provenance: 'modelled',
  run(ctx, { body, failOnWarnings }) {
    const [header = '', ...lines] = Buffer.from(body).toString().split(/\r?\n/)
    const columns = header.split(',').map((name) => name.trim().toLowerCase())
    if (!columns.includes('name') || !columns.includes('key')) {
      throw badRequest('Unable to parse API Keys from CSV: Name and key columns are required')
    }
    const ids: string[] = []
    const warnings: string[] = []
    for (const line of lines) {
      if (line.trim() === '') continue
      const fields = (line.match(/(?:"(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? []).map((field) =>
        field.replace(/,$/, '').replace(/^"|"$/g, '').replaceAll('""', '"'),
      )
      const value = (name: string) => fields[columns.indexOf(name)]
      const plans = (value('usageplanids') ?? '').split(',').filter((id) => id !== '')
      const [same] = apiKeys.where(ctx, 'value', value('key') ?? '')
      if (same !== undefined) {
        if (failOnWarnings === true) throw conflict('API Key already exists')
        warnings.push(`API Key with name '${value('name')}' already exists`)
        continue
      }
      const { id } = addKey(ctx, {
        name: value('name'),
        value: value('key'),
        description: value('description'),
        enabled: flag(value('enabled') ?? 'true'),
      })
      ids.push(id)
      for (const planId of plans) usagePlanKeys.put(ctx, { planId, keyId: id })
    }
    return { ids, warnings }
  },
})

export function shownKey(record: ApiKeyRecord, withValue: boolean): ApiKey {
  const { createdAtMs, updatedAtMs, value, ...shown } = record
  return {
    ...shown,
    ...(withValue ? { value } : {}),
    createdDate: createdAtMs,
    lastUpdatedDate: updatedAtMs,
  }
}

function withoutTags({ tags: _, ...key }: ApiKey): ApiKey {
  return key
}

function withoutEmptyTags(key: ApiKey): ApiKey {
  return Object.keys(key.tags ?? {}).length === 0 ? withoutTags(key) : key
}
