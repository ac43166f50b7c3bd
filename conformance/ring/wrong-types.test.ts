import { createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import {
  loadServiceModel,
  type Member,
  type OperationModel,
  type ServiceModel,
} from '@cloud-orrery/models'
import { registry } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import { queryForm } from './query-form.ts'
import { ValidValues } from './valid-values.ts'

/**
 * Values that no SDK would send: of another type than the model's, or past what the type holds. Each is refused
 * as unreadable, or read as AWS's decoders read it; none ends in an InternalFailure.
 */

const outsized = ['1e400', '99999999999999999999', '9223372036854775807', '-9223372036854775808']
const kinds = ['"text"', '""', '5', '-1.5', 'true', '["a"]', '[{}]', '{"a":1}', '{}', '[null]']
const texts = [...outsized, '2147483648', 'text', '', '-1.5', 'true', '<&>']

interface Sent {
  readonly headers: Record<string, string>
  readonly body: string
}

function* wrongJson(model: ServiceModel, operation: OperationModel, base: object): Generator<Sent> {
  const version = model.protocols[0] === 'awsJson1_0' ? '1.0' : '1.1'
  const headers = {
    'content-type': `application/x-amz-json-${version}`,
    'x-amz-target': `${model.targetPrefix}.${operation.name}`,
  }
  for (const { name } of membersOf(operation)) {
    for (const value of [...kinds, ...outsized]) {
      const body = JSON.stringify({ ...base, [name]: 'VALUE' }).replace('"VALUE"', value)
      yield { headers, body }
    }
  }
}

function* wrongForms(
  model: ServiceModel,
  operation: OperationModel,
  base: object,
): Generator<Sent> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const { name, xmlName = name } of membersOf(operation)) {
    const form = queryForm(operation, model.apiVersion, { ...base, [name]: undefined })
    for (const text of texts) {
      for (const key of [
        xmlName,
        `${xmlName}.1`,
        `${xmlName}.member.1`,
        `${xmlName}.entry.1.key`,
      ]) {
        yield { headers, body: `${form}&${key}=${encodeURIComponent(text)}` }
      }
    }
  }
}

function membersOf({ input }: OperationModel): Member[] {
  return Object.values(input.members ?? {})
}

async function serverFaults(model: ServiceModel, requests: Iterable<Sent>): Promise<string[]> {
  const cloud = createCloud({ deepFreeze: true })
  const found: string[] = []
  for (const { headers, body } of requests) {
    const fork = cloud.fork()
    const answering = fetchFromCloud(
      fork,
      `https://${model.endpointPrefix}.us-east-1.amazonaws.com/`,
      {
        method: 'POST',
        headers,
        body,
        credentials: fork.credentials(),
        service: model.signingName,
      },
    )
    const { status } = await answering
    if (status >= 500 && status !== 501) found.push(`${status} for ${body}`)
    fork.close()
  }
  return found
}

for (const [service, { load }] of Object.entries(registry)) {
  const model = loadServiceModel(service)
  const { operations } = await load()
  const json = model.protocols.some((it) => it.startsWith('awsJson'))
  const query = model.protocols.includes('awsQuery')
  if (!json && !query) continue
  describe(`${service}, model ${model.checksum.slice(0, 12)}`, () => {
    // Plain HTTP and work within a service are in no model, and no request can mean them.
    const named = operations.filter(({ isHttp, isInternal }) => !(isHttp || isInternal))
    test.each(named.map(({ descriptor }) => descriptor.name))(
      '%s survives values of other types',
      { timeout: 60_000 },
      async (name) => {
        const operation = model.operations[name]
        if (operation === undefined) throw new Error(`the model has no ${name}`)
        const base = new ValidValues(name, {}).structure(operation.input, '')
        const found: string[] = []
        if (json) found.push(...(await serverFaults(model, wrongJson(model, operation, base))))
        if (query) found.push(...(await serverFaults(model, wrongForms(model, operation, base))))
        expect(found).toEqual([])
      },
    )
  })
}
